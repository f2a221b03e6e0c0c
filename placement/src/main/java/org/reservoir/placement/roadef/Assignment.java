package org.reservoir.placement.roadef;

import java.util.Arrays;

/**
 * An assignment with everything that makes a move cheap to judge: usage, cost of each machine, counts by location and
 * neighbourhood. Always feasible: a move that would break a rule is refused. Costs are exact.
 */
final class Assignment {
    final Instance in;
    final int[] before;
    final int[] at;
    private final int R;
    /** What counts for load and balance. */
    private final long[] used;
    /** What counts for capacity: usage and what those that left still take. */
    private final long[] taken;
    private final long[] machineCost;
    private final long[] there;
    private final int[][] inLocation;
    private final int[] locationsUsed;
    private final int[][] inNeighbourhood;
    private final int[][] dependants;
    private final int[] moved;
    private final int[] servicesWithMoved;
    private int mostMoved;
    private long cost;

    Assignment(Instance instance, int[] before, int[] after) {
        in = instance;
        R = in.resources;
        this.before = before.clone();
        at = after.clone();
        used = new long[in.machines * R];
        taken = new long[in.machines * R];
        machineCost = new long[in.machines];
        there = new long[(int) (((long) in.services * in.machines + 63) / 64)];
        inLocation = new int[in.services][];
        locationsUsed = new int[in.services];
        inNeighbourhood = new int[in.services][];
        dependants = dependants(in);
        moved = new int[in.services];
        servicesWithMoved = new int[in.processes + 2];
        servicesWithMoved[0] = in.services;
        for (int s = 0; s < in.services; s++) {
            inLocation[s] = in.spreadMin[s] > 1 ? new int[in.locations] : null;
            inNeighbourhood[s] = in.dependencies[s].length + dependants[s].length > 0 ? new int[in.neighbourhoods] : null;
        }
        for (int p = 0; p < in.processes; p++) {
            settle(p);
        }
        for (int m = 0; m < in.machines; m++) {
            machineCost[m] = machineCost(m, -1, -1);
            cost += machineCost[m];
        }
    }

    private static int[][] dependants(Instance in) {
        var count = new int[in.services];
        for (var list : in.dependencies) {
            for (int s : list) {
                count[s]++;
            }
        }
        var dependants = new int[in.services][];
        for (int s = 0; s < in.services; s++) {
            dependants[s] = new int[count[s]];
        }
        for (int s = 0; s < in.services; s++) {
            for (int other : in.dependencies[s]) {
                dependants[other][--count[other]] = s;
            }
        }
        return dependants;
    }

    private void settle(int p) {
        int m = at[p];
        int home = before[p];
        for (int r = 0; r < R; r++) {
            long need = in.requirement[p * R + r];
            used[m * R + r] += need;
            taken[m * R + r] += need;
            taken[home * R + r] += m != home && in.isTransient[r] ? need : 0;
        }
        mark(in.service[p], m);
        count(p, m, 1);
        if (m != home) {
            countMoved(in.service[p], 1);
        }
        cost += moveCost(p, m);
    }

    long cost() {
        return cost + in.serviceMoveWeight * mostMoved;
    }

    private long moveCost(int p, int m) {
        int home = before[p];
        return m == home ? 0 : in.processMoveWeight * in.processMoveCost[p] + in.machineMoveWeight * in.machineMoveCost[home * in.machines + m];
    }

    /** Of machine {@code m} when process {@code in} is added and {@code out} taken away; -1 is none. */
    private long machineCost(int m, int entering, int leaving) {
        long sum = 0;
        for (int r = 0; r < R; r++) {
            long over = usage(m, r, entering, leaving) - in.safety[m * R + r];
            sum += over > 0 ? in.loadWeight[r] * over : 0;
        }
        for (int b = 0; b < in.balances; b++) {
            int of = in.balanceOf[b];
            int by = in.balanceBy[b];
            long lacking = in.balanceTarget[b] * (in.capacity[m * R + of] - usage(m, of, entering, leaving))
                    - (in.capacity[m * R + by] - usage(m, by, entering, leaving));
            sum += lacking > 0 ? in.balanceWeight[b] * lacking : 0;
        }
        return sum;
    }

    private long usage(int m, int r, int entering, int leaving) {
        long usage = used[m * R + r];
        if (entering >= 0) {
            usage += in.requirement[entering * R + r];
        }
        return leaving >= 0 ? usage - in.requirement[leaving * R + r] : usage;
    }

    /** Whether machine m has room for {@code entering} once {@code leaving} (or -1) has gone. */
    private boolean room(int m, int entering, int leaving) {
        boolean home = before[entering] == m;
        boolean stays = leaving >= 0 && before[leaving] == m;
        for (int r = 0, i = m * R; r < R; r++, i++) {
            long take = taken[i];
            boolean lingers = in.isTransient[r];
            if (!(lingers && home)) {
                take += in.requirement[entering * R + r];
            }
            if (leaving >= 0 && !(lingers && stays)) {
                take -= in.requirement[leaving * R + r];
            }
            if (take > in.capacity[i]) {
                return false;
            }
        }
        return true;
    }

    boolean isThere(int s, int m) {
        long bit = (long) s * in.machines + m;
        return (there[(int) (bit >>> 6)] & 1L << bit) != 0;
    }

    private void mark(int s, int m) {
        long bit = (long) s * in.machines + m;
        there[(int) (bit >>> 6)] ^= 1L << bit;
    }

    /** Tells whether the cost of a move is worth it; asked before the dearer rules are looked at. */
    interface Judge {
        boolean accepts(long delta);
    }

    /** Moves a process if that is feasible and accepted. */
    boolean shift(int p, int to, Judge judge) {
        int from = at[p];
        int s = in.service[p];
        if (from == to || isThere(s, to) || !room(to, p, -1)) {
            return false;
        }
        long fromCost = machineCost(from, -1, p);
        long toCost = machineCost(to, p, -1);
        long delta = fromCost + toCost - machineCost[from] - machineCost[to] + moveCost(p, to) - moveCost(p, from);
        long service = serviceDelta(s, (to != before[p] ? 1 : 0) - (from != before[p] ? 1 : 0), -1, 0);
        if (!judge.accepts(delta + service) || !spreads(s, from, to) || !dependsWell(s, from, to)) {
            return false;
        }
        go(p, to);
        machineCost[from] = fromCost;
        machineCost[to] = toCost;
        cost += delta;
        return true;
    }

    /** Lets two processes change machines if that is feasible and accepted. */
    boolean swap(int p, int q, Judge judge) {
        int mp = at[p];
        int mq = at[q];
        int sp = in.service[p];
        int sq = in.service[q];
        if (mp == mq || sp != sq && (isThere(sp, mq) || isThere(sq, mp)) || !room(mq, p, q) || !room(mp, q, p)) {
            return false;
        }
        long costP = machineCost(mp, q, p);
        long costQ = machineCost(mq, p, q);
        long delta = costP + costQ - machineCost[mp] - machineCost[mq] + moveCost(p, mq) - moveCost(p, mp) + moveCost(q, mp) - moveCost(q, mq);
        long service = serviceDelta(sp, (mq != before[p] ? 1 : 0) - (mp != before[p] ? 1 : 0), sq, (mp != before[q] ? 1 : 0) - (mq != before[q] ? 1 : 0));
        if (!judge.accepts(delta + service) || sp != sq && !(spreads(sp, mp, mq) && spreads(sq, mq, mp) && swapDependsWell(p, q))) {
            return false;
        }
        go(p, mq);
        go(q, mp);
        machineCost[mp] = costP;
        machineCost[mq] = costQ;
        cost += delta;
        return true;
    }

    private void go(int p, int to) {
        int from = at[p];
        int s = in.service[p];
        int home = before[p];
        for (int r = 0; r < R; r++) {
            long need = in.requirement[p * R + r];
            used[from * R + r] -= need;
            used[to * R + r] += need;
            taken[from * R + r] -= in.isTransient[r] && from == home ? 0 : need;
            taken[to * R + r] += in.isTransient[r] && to == home ? 0 : need;
        }
        mark(s, from);
        mark(s, to);
        count(p, from, -1);
        count(p, to, 1);
        int change = (to != home ? 1 : 0) - (from != home ? 1 : 0);
        if (change != 0) {
            countMoved(s, change);
        }
        at[p] = to;
    }

    private void count(int p, int m, int change) {
        int s = in.service[p];
        if (inLocation[s] != null) {
            int now = inLocation[s][in.location[m]] += change;
            locationsUsed[s] += change > 0 ? (now == 1 ? 1 : 0) : now == 0 ? -1 : 0;
        }
        if (inNeighbourhood[s] != null) {
            inNeighbourhood[s][in.neighbourhood[m]] += change;
        }
    }

    private void countMoved(int s, int change) {
        servicesWithMoved[moved[s]]--;
        moved[s] += change;
        servicesWithMoved[moved[s]]++;
        if (moved[s] > mostMoved) {
            mostMoved = moved[s];
        } else if (servicesWithMoved[mostMoved] == 0) {
            mostMoved--;
        }
    }

    private long serviceDelta(int s, int change, int other, int otherChange) {
        if (change == 0 && otherChange == 0) {
            return 0;
        }
        int old = mostMoved;
        countIf(s, change);
        countIf(other, otherChange);
        long delta = in.serviceMoveWeight * (mostMoved - old);
        countIf(other, -otherChange);
        countIf(s, -change);
        return delta;
    }

    private void countIf(int s, int change) {
        if (change != 0) {
            countMoved(s, change);
        }
    }

    private boolean spreads(int s, int from, int to) {
        if (inLocation[s] == null || in.location[from] == in.location[to]) {
            return true;
        }
        int after = locationsUsed[s] - (inLocation[s][in.location[from]] == 1 ? 1 : 0) + (inLocation[s][in.location[to]] == 0 ? 1 : 0);
        return after >= in.spreadMin[s];
    }

    private boolean dependsWell(int s, int from, int to) {
        int leaves = in.neighbourhood[from];
        int enters = in.neighbourhood[to];
        if (inNeighbourhood[s] == null || leaves == enters) {
            return true;
        }
        if (inNeighbourhood[s][enters] == 0) {
            for (int other : in.dependencies[s]) {
                if (other != s && inNeighbourhood[other][enters] == 0) {
                    return false;
                }
            }
        }
        if (inNeighbourhood[s][leaves] == 1) {
            for (int other : dependants[s]) {
                if (other != s && inNeighbourhood[other][leaves] > 0) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Two services change neighbourhoods at once: counted first, judged then. */
    private boolean swapDependsWell(int p, int q) {
        int np = in.neighbourhood[at[p]];
        int nq = in.neighbourhood[at[q]];
        if (np == nq) {
            return true;
        }
        exchange(in.service[p], np, nq);
        exchange(in.service[q], nq, np);
        boolean well = holdsIn(in.service[p], np, nq) && holdsIn(in.service[q], np, nq);
        exchange(in.service[p], nq, np);
        exchange(in.service[q], np, nq);
        return well;
    }

    private void exchange(int s, int leaves, int enters) {
        if (inNeighbourhood[s] != null) {
            inNeighbourhood[s][leaves]--;
            inNeighbourhood[s][enters]++;
        }
    }

    private boolean holdsIn(int s, int one, int two) {
        if (inNeighbourhood[s] == null) {
            return true;
        }
        for (int other : in.dependencies[s]) {
            if (lacks(s, other, one) || lacks(s, other, two)) {
                return false;
            }
        }
        for (int other : dependants[s]) {
            if (lacks(other, s, one) || lacks(other, s, two)) {
                return false;
            }
        }
        return true;
    }

    private boolean lacks(int s, int needs, int neighbourhood) {
        return inNeighbourhood[s][neighbourhood] > 0 && inNeighbourhood[needs][neighbourhood] == 0;
    }

    int[] copy() {
        return Arrays.copyOf(at, at.length);
    }
}
