package org.reservoir.placement.roadef;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.reservoir.placement.roadef.Assignment.Judge;

/**
 * Searches for a cheaper assignment by simulated annealing over shifts and swaps. Deterministic by seed when the budget
 * is; whoever calls it may run several with different seeds and take the best.
 */
public final class Reassignment {
    private static final int CHECK_EVERY = 4096;
    private final Assignment now;
    private final Instance in;
    private final RandomGenerator random;
    private double temperature;
    private long delta;
    private final Judge metropolis = d -> {
        boolean accepted = d <= 0 || temperature > 0 && random().nextDouble() < Math.exp(-d / temperature);
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
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    private RandomGenerator random() {
        return random;
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
        int p = random.nextInt(in.processes);
        return random.nextInt(2) == 0 ? now.shift(p, random.nextInt(in.machines), metropolis)
                : now.swap(p, random.nextInt(in.processes), metropolis);
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

    static double HEAT = Double.parseDouble(System.getProperty("heat", "0.3"));
}
