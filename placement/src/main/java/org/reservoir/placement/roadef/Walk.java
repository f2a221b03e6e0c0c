package org.reservoir.placement.roadef;

import java.util.Arrays;

/** One search's random walk: where it is, how warm, and the best feasible assignment it has met. Deterministic by seed. */
final class Walk {
    static final int BLOCK = 4096;
    private static final double[] EXPONENTIAL = exponential();
    final Assignment now;
    private final Instance in;
    private long seed;
    private int[] best;
    private long lowest;

    Walk(Instance instance, int[] before, long seed) {
        in = instance;
        now = new Assignment(instance, before, before);
        this.seed = seed * 0x9E3779B97F4A7C15L + 0x632BE59BD9B4E019L;
        best = before.clone();
        lowest = now.cost();
    }

    /** Quantiles of an exponential distribution, so that a threshold costs one look-up. */
    private static double[] exponential() {
        var quantiles = new double[4096];
        Arrays.setAll(quantiles, i -> -Math.log((i + 0.5) / quantiles.length));
        return quantiles;
    }

    int[] best() {
        return best;
    }

    long lowest() {
        return lowest;
    }

    /** SplitMix64 (Steele, Lea, Flood 2014): a trial move costs less than most generators. */
    private long bits() {
        long z = seed += 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    private int below(int bound) {
        return (int) ((bits() >>> 32) * bound >>> 32);
    }

    /** Sizes of what single moves change, sorted; broken rules left out. */
    long[] sample(int most) {
        now.prices(0, 0);
        var sizes = new long[most];
        int found = 0;
        for (int i = 0; i < 10 * most && found < most; i++) {
            int p = below(in.processes);
            int from = now.at[p];
            if (now.shift(p, below(in.machines), Assignment.ANYTHING)) {
                sizes[found] = Math.abs(now.delta());
                found += sizes[found] > 0 ? 1 : 0;
                now.shift(p, from, Assignment.ANYTHING);
            }
        }
        Arrays.sort(sizes, 0, found);
        return Arrays.copyOf(sizes, found);
    }

    /** 4096 trial moves at one temperature; the best is noted between blocks only, to keep a trial cheap. @return accepted */
    int block(double temperature) {
        int accepted = 0;
        for (int i = 0; i < BLOCK; i++) {
            int p = below(in.processes);
            long random = bits();
            long limit = (long) (temperature * EXPONENTIAL[(int) (random >>> 52)]);
            boolean done = (random & 1) == 0 ? now.shift(p, below(in.machines), limit) : now.swap(p, below(in.processes), limit);
            accepted += done ? 1 : 0;
        }
        note();
        return accepted;
    }

    private void note() {
        if (now.cost() < lowest && now.isFeasible()) {
            lowest = now.cost();
            best = now.copy();
        }
    }

    /** Goes on from another place. */
    void jump(int[] to) {
        now.become(to);
        note();
    }
}
