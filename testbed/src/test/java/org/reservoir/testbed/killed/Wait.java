package org.reservoir.testbed.killed;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting for a condition, with an end. */
final class Wait {
    private Wait() {}

    static void until(String what, Duration patience, BooleanSupplier holds) {
        var end = System.nanoTime() + patience.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within %s: %s".formatted(patience, what));
            }
            of(100);
        }
    }

    static void of(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
