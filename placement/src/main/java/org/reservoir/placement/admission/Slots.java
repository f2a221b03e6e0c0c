package org.reservoir.placement.admission;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import org.reservoir.placement.Amounts;
import org.reservoir.placement.State;

/**
 * Proves by counting that there are places for everyone who lost theirs and for what is wanted besides. Needs are rounded up and room down to one unit of all resources, which leaves items and bins:
 * items of powers of two, put in from the largest on, fit when for each size all that are as large or larger fit into the bins in whole pieces of that size; items of any size
 * up to {@code w} fit when they are no more than the bins with {@code w − 1} taken off each. Members that must be on different hosts (spread) take the fullest others off besides.
 * VEEs with other wishes are not counted: where one of them is concerned, nothing is proved. That nothing is proved says nothing.
 */
final class Slots {
    /** Of the mean need, or little more. */
    private static final double[] GRAINS = {1 / 8.0, 1 / 6.7, 1 / 5.6, 1 / 4.7};
    private static final int MOST_UNITS = 1 << 20;

    private final List<Scale> scales;

    private Slots(List<Scale> scales) {
        this.scales = scales;
    }

    /** @param wanted VEEs without a place, of which some may be wanted */
    static Slots of(Needs needs, int[] wanted) {
        if (!needs.plain) {
            return new Slots(List.of());
        }
        var state = needs.state;
        var all = IntStream.concat(Arrays.stream(needs.placed), Arrays.stream(wanted)).toArray();
        var mean = new double[state.resources()];
        for (int vee : all) {
            for (int r = 0; r < mean.length; r++) {
                mean[r] += (double) state.asked(vee, r) / all.length;
            }
        }
        int apart = needs.taken();
        return new Slots(Arrays.stream(GRAINS).mapToObj(grain -> new Scale(needs, apart, Arrays.stream(mean).map(it -> it * grain).toArray(), wanted)).toList());
    }

    /** @param down hosts that are gone; @param more how many of {@code wanted} are, from the first on of each stretch that {@code begins} names */
    boolean suffice(int[] down, int[] begins, int[] more) {
        return scales.stream().anyMatch(scale -> scale.suffices(down, begins, more));
    }

    /** Everything in units of one size. */
    private static final class Scale {
        private final int[] units;
        private final boolean[] special;
        /** Of each host by class: whole pieces of that size that are free, and VEEs that are lost with it. */
        private final int[][] free;
        private final int[][] lost;
        private final long[] allFree;
        private final long[] taken;
        /** The same for items of any size up to the largest: units free with that taken off, and units lost. */
        private final int[] loose;
        private final int[] weight;
        private long allLoose;
        private long looseTaken;

        private final int[] wanted;

        Scale(Needs needs, int apart, double[] unit, int[] wanted) {
            this.wanted = wanted;
            var state = needs.state;
            int hosts = state.hosts();
            units = new int[state.vees()];
            var unitsOf = Arrays.stream(needs.sizes).mapToInt(size -> needs(size, unit)).toArray(); // there are few sizes and many VEEs
            int largest = Math.max(1, Math.max(count(needs, needs.placed, unitsOf), count(needs, wanted, unitsOf)));
            int classes = size(largest) + 1;
            special = new boolean[hosts];
            free = new int[hosts][classes];
            lost = new int[hosts][classes];
            loose = new int[hosts];
            weight = new int[hosts];
            for (int vee : needs.placed) {
                lose(state.hostOf(vee), units[vee]);
            }
            for (int host = 0; host < hosts; host++) {
                int slots = needs.rules.takes(state, host) ? has(state, host, unit) : 0;
                for (int size = 0; size < classes; size++) {
                    free[host][size] = slots >> size;
                }
                loose[host] = Math.max(0, slots - largest + 1);
            }
            allFree = new long[classes];
            taken = new long[classes];
            var column = new int[hosts];
            for (int size = 0; size < classes; size++) {
                for (int host = 0; host < hosts; host++) {
                    column[host] = free[host][size];
                }
                allFree[size] = most(column, hosts);
                taken[size] = most(column, apart);
            }
            System.arraycopy(loose, 0, column, 0, hosts);
            allLoose = most(column, hosts);
            looseTaken = most(column, apart);
        }

        /** @return the most that one of them takes */
        private int count(Needs needs, int[] vees, int[] unitsOf) {
            int largest = 0;
            for (int vee : vees) {
                units[vee] = needs.sizeOf[vee] == Needs.SPECIAL ? 0 : unitsOf[needs.sizeOf[vee]];
                largest = Math.max(largest, units[vee]);
            }
            return largest;
        }

        private void lose(int host, int need) {
            if (need == 0) {
                special[host] = true;
            } else {
                lost[host][size(need)]++;
                weight[host] += need;
            }
        }

        /** The sum of so many of the largest; they are in order afterwards. */
        private static long most(int[] some, int count) {
            if (count < some.length) {
                Arrays.sort(some);
            }
            long sum = 0;
            for (int i = Math.max(0, some.length - count); i < some.length; i++) {
                sum += some[i];
            }
            return sum;
        }

        /** Which power of two is not less. */
        private static int size(int need) {
            return 32 - Integer.numberOfLeadingZeros(need - 1);
        }

        private static int needs(Amounts size, double[] unit) {
            double most = 1;
            for (int r = 0; r < unit.length; r++) {
                most = unit[r] > 0 ? Math.max(most, Math.ceil(size.at(r) / unit[r])) : most;
            }
            return most <= MOST_UNITS ? (int) most : 0;
        }

        /** Whole units that are free; a hair less, for the sake of what division rounds. */
        private static int has(State state, int host, double[] unit) {
            double least = MOST_UNITS;
            for (int r = 0; r < unit.length; r++) {
                least = unit[r] > 0 ? Math.min(least, Math.floor(Math.max(0, state.free(host, r)) / unit[r] * (1 - 1e-12))) : least;
            }
            return (int) least;
        }

        boolean suffices(int[] down, int[] begins, int[] more) {
            int classes = allFree.length;
            var items = new long[classes];
            long units = 0;
            for (int host : down) {
                if (special[host]) {
                    return false;
                }
                for (int size = 0; size < classes; size++) {
                    items[size] += lost[host][size];
                }
                units += weight[host];
            }
            for (int wave = 0; wave < more.length; wave++) {
                if (more[wave] > 0) {
                    int need = this.units[wanted[begins[wave]]];
                    if (need == 0) {
                        return false;
                    }
                    items[size(need)] += more[wave];
                    units += (long) need * more[wave];
                }
            }
            return inPieces(items, down) || loosely(units, down);
        }

        private boolean inPieces(long[] items, int[] down) {
            long larger = 0;
            for (int size = items.length - 1; size >= 0; size--) {
                larger = 2 * larger + items[size];
                if (items[size] > 0) {
                    long room = allFree[size] - taken[size];
                    for (int host : down) {
                        room -= free[host][size];
                    }
                    if (larger > room) {
                        return false;
                    }
                }
            }
            return true;
        }

        private boolean loosely(long units, int[] down) {
            long room = allLoose - looseTaken;
            for (int host : down) {
                room -= loose[host];
            }
            return units <= room;
        }
    }
}
