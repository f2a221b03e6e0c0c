package org.reservoir.placement.roadef;

import java.util.Arrays;

/** Where the processes of each service are, and how far that is from what spread and dependencies ask. */
final class Sites {
    private final Instance in;
    private final long[] there;
    private final int[][] inLocation;
    private final int[] locationsUsed;
    private final int[][] inNeighbourhood;
    private final int[][] dependencies;
    private final int[][] dependants;
    private int lacking;

    Sites(Instance instance, int[] at) {
        in = instance;
        there = new long[(int) (((long) in.services * in.machines + 63) / 64)];
        inLocation = new int[in.services][];
        locationsUsed = new int[in.services];
        inNeighbourhood = new int[in.services][];
        dependencies = new int[in.services][];
        for (int s = 0; s < in.services; s++) {
            int self = s;
            dependencies[s] = Arrays.stream(in.dependencies[s]).filter(o -> o != self).distinct().toArray();
        }
        dependants = reversed(dependencies);
        for (int s = 0; s < in.services; s++) {
            inLocation[s] = in.spreadMin[s] > 1 ? new int[in.locations] : null;
            inNeighbourhood[s] = dependencies[s].length + dependants[s].length > 0 ? new int[in.neighbourhoods] : null;
            lacking += inLocation[s] != null ? in.spreadMin[s] : 0;
        }
        for (int p = 0; p < in.processes; p++) {
            int s = in.service[p];
            lacking += enter(s, at[p]);
        }
    }

    private static int[][] reversed(int[][] lists) {
        var count = new int[lists.length];
        for (var list : lists) {
            for (int s : list) {
                count[s]++;
            }
        }
        var reversed = new int[lists.length][];
        for (int s = 0; s < lists.length; s++) {
            reversed[s] = new int[count[s]];
        }
        for (int s = 0; s < lists.length; s++) {
            for (int other : lists[s]) {
                reversed[other][--count[other]] = s;
            }
        }
        return reversed;
    }

    boolean isThere(int s, int m) {
        long bit = (long) s * in.machines + m;
        return (there[(int) (bit >>> 6)] & 1L << bit) != 0;
    }

    /** Whether where a process of this service goes may break anything but the conflict rule. */
    boolean isFree(int s) {
        return inLocation[s] == null && inNeighbourhood[s] == null;
    }

    int lacking() {
        return lacking;
    }

    /** One of the rules that are broken, each as likely as another; there must be some. */
    Mending.Broken broken(Dice dice) {
        int seen = 0;
        Mending.Broken drawn = null;
        for (int s = 0; s < in.services; s++) {
            if (inLocation[s] != null && locationsUsed[s] < in.spreadMin[s] && dice.below(++seen) == 0) {
                drawn = Mending.Broken.spread(s);
            }
            for (int other : dependencies[s]) {
                for (int n = 0; n < in.neighbourhoods; n++) {
                    if (inNeighbourhood[s][n] > 0 && inNeighbourhood[other][n] == 0 && dice.below(++seen) == 0) {
                        drawn = new Mending.Broken(s, n, other);
                    }
                }
            }
        }
        return drawn;
    }

    /** Moves one process and says how many more rules are broken by it; moving it back takes that back. */
    int move(int s, int from, int to) {
        int change = 0;
        mark(s, from);
        mark(s, to);
        if (inLocation[s] != null && in.location[from] != in.location[to]) {
            change = leaveLocation(s, in.location[from]) + enterLocation(s, in.location[to]);
        }
        if (inNeighbourhood[s] != null && in.neighbourhood[from] != in.neighbourhood[to]) {
            change += leaveNeighbourhood(s, in.neighbourhood[from]) + enterNeighbourhood(s, in.neighbourhood[to]);
        }
        lacking += change;
        return change;
    }

    /** What {@link #move} would say, without moving. */
    int weigh(int s, int from, int to) {
        int change = 0;
        if (inLocation[s] != null && in.location[from] != in.location[to]) {
            int goes = inLocation[s][in.location[from]] == 1 ? 1 : 0;
            int comes = inLocation[s][in.location[to]] == 0 ? 1 : 0;
            int lack = in.spreadMin[s] - locationsUsed[s];
            change = Math.max(0, lack + goes - comes) - Math.max(0, lack);
        }
        if (inNeighbourhood[s] != null && in.neighbourhood[from] != in.neighbourhood[to]) {
            change += inNeighbourhood[s][in.neighbourhood[from]] == 1 ? -presence(s, in.neighbourhood[from]) : 0;
            change += inNeighbourhood[s][in.neighbourhood[to]] == 0 ? presence(s, in.neighbourhood[to]) : 0;
        }
        return change;
    }

    private void mark(int s, int m) {
        long bit = (long) s * in.machines + m;
        there[(int) (bit >>> 6)] ^= 1L << bit;
    }

    private int enter(int s, int m) {
        mark(s, m);
        int change = inLocation[s] == null ? 0 : enterLocation(s, in.location[m]);
        return change + (inNeighbourhood[s] == null ? 0 : enterNeighbourhood(s, in.neighbourhood[m]));
    }

    private int enterLocation(int s, int l) {
        return inLocation[s][l]++ > 0 || locationsUsed[s]++ >= in.spreadMin[s] ? 0 : -1;
    }

    private int leaveLocation(int s, int l) {
        return --inLocation[s][l] > 0 || --locationsUsed[s] >= in.spreadMin[s] ? 0 : 1;
    }

    private int enterNeighbourhood(int s, int n) {
        return inNeighbourhood[s][n]++ > 0 ? 0 : presence(s, n);
    }

    private int leaveNeighbourhood(int s, int n) {
        return --inNeighbourhood[s][n] > 0 ? 0 : -presence(s, n);
    }

    /** How many more dependencies are unmet in a neighbourhood when the service is there than when it is not. */
    private int presence(int s, int n) {
        int unmet = 0;
        for (int other : dependencies[s]) {
            unmet += inNeighbourhood[other][n] == 0 ? 1 : 0;
        }
        for (int other : dependants[s]) {
            unmet -= inNeighbourhood[other][n] > 0 ? 1 : 0;
        }
        return unmet;
    }
}
