package org.reservoir.placement.roadef;

import java.util.Arrays;

/**
 * What each machine carries and what that costs. Over capacity is allowed here and counted, in units: whoever moves
 * processes decides what a unit over is worth, and whether it is worth anything.
 */
final class Loads {
    /** More than any machine costs. */
    static final long TOO_MUCH = Long.MAX_VALUE >>> 2;
    /** Stands for no process: needs nothing, lives nowhere. */
    final int nobody;
    private final int R;
    private final Instance in;
    private final int[] home;
    private final long[] needs;
    /** What counts for load and balance. */
    private final long[] used;
    /** What those that left still take; counts, with what is used, for capacity. */
    private final long[] lingering;
    private final long[] cost;
    private final long[] over;
    private long totalCost;
    private long totalOver;
    private long lastOver;

    Loads(Instance instance, int[] before, int[] at) {
        in = instance;
        R = in.resources;
        nobody = in.processes;
        home = Arrays.copyOf(before, nobody + 1);
        home[nobody] = -1;
        needs = Arrays.copyOf(in.requirement, (nobody + 1) * R);
        used = new long[in.machines * R];
        lingering = new long[in.machines * R];
        cost = new long[in.machines];
        over = new long[in.machines];
        for (int p = 0; p < nobody; p++) {
            for (int r = 0; r < R; r++) {
                used[at[p] * R + r] += needs[p * R + r];
                lingering[home[p] * R + r] += at[p] != home[p] && in.isTransient[r] ? needs[p * R + r] : 0;
            }
        }
        for (int m = 0; m < in.machines; m++) {
            settle(m);
        }
    }

    /** Counts a machine anew after its processes have changed. */
    void settle(int m) {
        settle(m, weigh(m, nobody, nobody, Long.MAX_VALUE), lastOver);
    }

    long cost() {
        return totalCost;
    }

    long over() {
        return totalOver;
    }

    long cost(int m) {
        return cost[m];
    }

    long over(int m) {
        return over[m];
    }

    /** How far over its capacity the machine last weighed would be, summed over its resources. */
    long lastOver() {
        return lastOver;
    }

    /**
     * What machine {@code m} would cost were one process to enter and another to leave; counts no further, and answers
     * {@link #TOO_MUCH}, once it is over capacity by more than {@code enough}.
     */
    long weigh(int m, int entering, int leaving, long enough) {
        int i = m * R;
        int e = entering * R;
        int l = leaving * R;
        boolean returns = home[entering] == m;
        boolean departs = home[leaving] == m;
        long sum = 0;
        long above = 0;
        for (int r = 0; r < R; r++) {
            long enters = needs[e + r];
            long leaves = needs[l + r];
            long usage = used[i + r] + enters - leaves;
            long take = usage + lingering[i + r];
            if (in.isTransient[r]) {
                take += (departs ? leaves : 0) - (returns ? enters : 0);
            }
            sum += in.loadWeight[r] * Math.max(0, usage - in.safety[i + r]);
            if (take > in.capacity[i + r]) {
                above += take - in.capacity[i + r];
                if (above > enough) {
                    return TOO_MUCH;
                }
            }
        }
        lastOver = above;
        return in.balances == 0 ? sum : sum + imbalance(i, e, l);
    }

    private long imbalance(int i, int e, int l) {
        long sum = 0;
        for (int b = 0; b < in.balances; b++) {
            int of = in.balanceOf[b];
            int by = in.balanceBy[b];
            long lacking = in.balanceTarget[b] * (in.capacity[i + of] - used[i + of] - needs[e + of] + needs[l + of])
                    - (in.capacity[i + by] - used[i + by] - needs[e + by] + needs[l + by]);
            sum += in.balanceWeight[b] * Math.max(0, lacking);
        }
        return sum;
    }

    /** As {@link #settle(int)} when what it costs has been weighed before. */
    void settle(int m, long newCost, long newOver) {
        totalCost += newCost - cost[m];
        totalOver += newOver - over[m];
        cost[m] = newCost;
        over[m] = newOver;
    }

    /** Moves a process; the two machines must be settled afterwards. */
    void move(int p, int from, int to) {
        int h = home[p];
        int i = p * R;
        for (int r = 0; r < R; r++) {
            long need = needs[i + r];
            used[from * R + r] -= need;
            used[to * R + r] += need;
            if (in.isTransient[r]) {
                if (from == h) {
                    lingering[h * R + r] += need;
                } else if (to == h) {
                    lingering[h * R + r] -= need;
                }
            }
        }
    }
}
