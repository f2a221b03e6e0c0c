package org.reservoir.placement.search;

import java.util.function.LongSupplier;

/**
 * How long a solver may go on. Iterations make it repeatable; the deadline is a guard, and a solution cut short by it says so.
 * Placement reads no clock: whoever calls passes a ticker.
 *
 * @param seed       of all that is random
 * @param iterations blocks of {@link #BLOCK} trial moves for a search
 * @param ticker     nanoseconds, as {@code System::nanoTime}
 * @param deadline   in the ticker's time
 */
public record Budget(long seed, long iterations, LongSupplier ticker, long deadline) {
    public static final int BLOCK = 256;
    private static final long FOREVER = 1L << 40;

    /** The same solution each time. */
    public static Budget ofIterations(long seed, long iterations) {
        return new Budget(seed, iterations, () -> 0, Long.MAX_VALUE);
    }

    /** As good as can be in so long a time. */
    public static Budget until(long seed, LongSupplier ticker, long deadline) {
        return new Budget(seed, FOREVER, ticker, deadline);
    }

    public Budget guarded(LongSupplier ticker, long deadline) {
        return new Budget(seed, iterations, ticker, deadline);
    }

    /** Of the time that is left so much. */
    public Budget part(double share) {
        return deadline == Long.MAX_VALUE ? this : guarded(ticker, ticker.getAsLong() + (long) (share * left()));
    }

    public Budget seeded(long seed) {
        return new Budget(seed, iterations, ticker, deadline);
    }

    public boolean expired() {
        return deadline != Long.MAX_VALUE && ticker.getAsLong() - deadline >= 0;
    }

    /** Nanoseconds that are left; more than a year without a deadline. */
    public long left() {
        return deadline == Long.MAX_VALUE ? 1L << 56 : Math.max(0, deadline - ticker.getAsLong());
    }

    public boolean timed() {
        return iterations == FOREVER;
    }
}
