package org.reservoir.testbed.demo;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting, with an end. */
final class Pause {
    private static final Duration STEP = Duration.ofMillis(400);

    private Pause() {}

    static void of(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Demo.Failed("interrupted");
        }
    }

    /** Looks until it holds. @param what for the message when it does not in time */
    static void until(String what, Duration patience, BooleanSupplier holds) {
        var end = System.nanoTime() + patience.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new Demo.Failed("%s: not within %d s".formatted(what, patience.toSeconds()));
            }
            of(STEP);
        }
    }
}
