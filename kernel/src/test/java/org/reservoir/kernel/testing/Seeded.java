package org.reservoir.kernel.testing;

import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Runs a property over many seeds and, when it fails, says which seed to run again.
 * {@code Seeded.forAll(200, seed -> { var random = Seeded.random(seed); … });}
 * A single seed is run again with {@code -Dseed=N}.
 */
public final class Seeded {
    private static final int LEAST = 10;

    private Seeded() {}

    /** Runs {@code law} for the seeds 1..{@code tries}, of which a quick run has {@link #some}, or for the one that the system property {@code seed} names. */
    public static void forAll(int tries, LongConsumer law) {
        var only = Long.getLong("seed");
        if (only != null) {
            law.accept(only);
            return;
        }
        for (long seed = 1; seed <= some(tries); seed++) {
            try {
                law.accept(seed);
            } catch (Throwable failure) {
                throw new AssertionError("failed for seed %d; run it alone with -Dseed=%d".formatted(seed, seed), failure);
            }
        }
    }

    /** As many of {@code all} tries as this run is for: the percentage in the system property {@code seeded.percent}, but ten at least. */
    public static int some(int all) {
        return Math.max(Math.min(all, LEAST), all * Integer.getInteger("seeded.percent", 100) / 100);
    }

    /** A generator that gives the same numbers for the same seed on every machine. */
    public static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }
}
