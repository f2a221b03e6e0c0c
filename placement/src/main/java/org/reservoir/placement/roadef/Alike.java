package org.reservoir.placement.roadef;

import java.util.Arrays;

/**
 * For each process some that need about the same. Two such change places at little cost when it is long too cold for two of any kind to do so, and where others
 * follow them, what had frozen comes to rest lower, as in a glass of particles of several sizes (Grigera and Parisi 2001). Looked for among those that are near
 * in the order of at least one resource, since to compare all takes time by the square of how many there are; a few of the nearest are missed.
 */
final class Alike {
    private static final int MOST = 20;
    /** So many on either side are looked at in the order of each resource. */
    private static final int WINDOW = 32;
    private final Instance in;
    /** How many each process has. */
    private final int each;
    private final int[] alike;
    /** Of the process whose like is sought: what each found so far differs by, ascending, and how many those are. */
    private final double[] differences;
    private int found;
    /** For whom a process was last looked at. */
    private final int[] seen;

    Alike(Instance instance) {
        in = instance;
        each = Math.min(MOST, in.processes - 1);
        alike = new int[in.processes * each];
        differences = new double[each + 1];
        seen = new int[in.processes];
        Arrays.fill(seen, -1);
        var orders = new int[in.resources][];
        var ranks = new int[in.resources][in.processes];
        for (int r = 0; r < in.resources; r++) {
            orders[r] = order(r);
            for (int i = 0; i < in.processes; i++) {
                ranks[r][orders[r][i]] = i;
            }
        }
        for (int p = 0; p < in.processes; p++) {
            seek(p, orders, ranks);
        }
    }

    /** One of those that need about what a process needs; itself where it is the only one. */
    int of(int p, Dice dice) {
        return each == 0 ? p : alike[p * each + dice.below(each)];
    }

    /** Processes by what they need of a resource, which is below 2 to the power of 31. */
    private int[] order(int r) {
        var keys = new long[in.processes];
        Arrays.setAll(keys, p -> in.requirement[p * in.resources + r] << 32 | p);
        Arrays.sort(keys);
        return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
    }

    private void seek(int p, int[][] orders, int[][] ranks) {
        found = 0;
        seen[p] = p;
        for (int r = 0; r < in.resources; r++) {
            int rank = ranks[r][p];
            for (int i = Math.max(0, rank - WINDOW); i <= Math.min(in.processes - 1, rank + WINDOW); i++) {
                look(p, orders[r][i]);
            }
        }
    }

    private void look(int p, int q) {
        if (seen[q] == p) {
            return;
        }
        seen[q] = p;
        double most = found < each ? Double.POSITIVE_INFINITY : differences[each - 1];
        double difference = difference(p, q, most);
        if (difference < most) {
            insert(p * each, q, difference);
        }
    }

    /** What two processes need differently, as it costs, or no less than is asked about. */
    private double difference(int p, int q, double most) {
        int R = in.resources;
        double sum = 0;
        for (int r = 0; r < R && sum < most; r++) {
            sum += (double) Math.max(1, in.loadWeight[r]) * Math.abs(in.requirement[p * R + r] - in.requirement[q * R + r]);
        }
        return sum;
    }

    private void insert(int first, int q, double difference) {
        int i = found < each ? found++ : each - 1;
        for (; i > 0 && differences[i - 1] > difference; i--) {
            differences[i] = differences[i - 1];
            alike[first + i] = alike[first + i - 1];
        }
        differences[i] = difference;
        alike[first + i] = q;
    }
}
