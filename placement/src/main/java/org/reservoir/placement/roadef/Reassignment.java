package org.reservoir.placement.roadef;

import org.reservoir.placement.roadef.Assignment.Judge;

/**
 * Searches for a cheaper assignment by simulated annealing over shifts and swaps. Deterministic by seed when the budget
 * is; whoever calls it may run several with different seeds and take the best.
 */
public final class Reassignment {
    private static final int CHECK_EVERY = 4096;
    private final Assignment now;
    private final Instance in;
    private long seed;
    private double temperature;
    private long delta;
    private final Judge metropolis = d -> {
        boolean accepted = d <= 0 || temperature > 0 && d < 40 * temperature && chance() < Math.exp(-d / temperature);
        delta = d;
        return accepted;
    };

    /** How much of the time or the iterations is used up. */
    @FunctionalInterface
    public interface Budget {
        /** From 0 to 1, at which the search ends. */
        double spent();

        /** The same search each time: so many blocks of 4096 trial moves. */
        static Budget blocks(long blocks) {
            var done = new long[1];
            return () -> Math.min(1, (double) done[0]++ / blocks);
        }
    }

    private Reassignment(Instance instance, int[] before, int[] start, long seed) {
        in = instance;
        now = new Assignment(instance, before, start);
        this.seed = seed * 0x9E3779B97F4A7C15L + 0x632BE59BD9B4E019L;
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

    private double chance() {
        return (bits() >>> 11) * 0x1.0p-53;
    }

    /**
     * @param before the original assignment, feasible
     * @return a feasible assignment that costs no more
     */
    public static int[] search(Instance instance, int[] before, long seed, Budget budget) {
        return new Reassignment(instance, before, before, seed).anneal(budget);
    }

    private int[] anneal(Budget budget) {
        double hot = hotTemperature();
        double cold = Math.max(0.5, hot * 1e-6);
        int[] best = now.copy();
        long lowest = now.cost();
        for (double spent = budget.spent(); spent < 1; spent = budget.spent()) {
            temperature = hot * Math.pow(cold / hot, spent);
            for (int i = 0; i < CHECK_EVERY; i++) {
                tryOne();
            }
            if (now.cost() < lowest) {
                lowest = now.cost();
                System.arraycopy(now.at, 0, best, 0, best.length);
            }
        }
        return best;
    }

    private boolean tryOne() {
        int p = below(in.processes);
        return (bits() & 1) == 0 ? now.shift(p, below(in.machines), metropolis) : now.swap(p, below(in.processes), metropolis);
    }

    /** Such that a typical feasible move for the worse has a fair chance. */
    private double hotTemperature() {
        temperature = 0;
        double sum = 0;
        int worse = 0;
        for (int i = 0; i < 20_000; i++) {
            delta = 0;
            if (!tryOne() && delta > 0) {
                sum += Math.log(delta);
                worse++;
            }
        }
        return worse == 0 ? 1 : Math.exp(sum / worse) * HEAT;
    }

    static double HEAT = Double.parseDouble(System.getProperty("heat", "30"));
}
