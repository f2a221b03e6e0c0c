package org.reservoir.bench;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Lets a bench that a signal ends (Ctrl-C, SIGTERM) take away what it has made: hosts, guests, a PostgreSQL, files. A JVM that is told to end
 * runs no {@code finally}; so the bench's thread is interrupted and waited for, until it has left all that it was in. A bench that has nothing to take away,
 * as one that only computes, is not waited for.
 */
final class Ending {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final BooleanSupplier hasSomething;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread bench = Thread.currentThread();
    private volatile boolean ordered;

    /** For a bench on the calling thread. @param hasSomething tells whether it has something to take away */
    Ending(BooleanSupplier hasSomething) {
        this.hasSomething = hasSomething;
    }

    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    /** What goes wrong because it was interrupted is nobody's trouble. */
    void during(Work work) throws Exception {
        try {
            work.run();
        } catch (Exception trouble) {
            if (!ordered) {
                throw trouble;
            }
        } finally {
            over.countDown();
        }
    }

    /** The process is to end. Returns when the bench has; at once when it has already. */
    void order() {
        ordered = true;
        if (over.getCount() == 0 || !hasSomething.getAsBoolean()) {
            return;
        }
        System.err.println("Taking away what the bench has made …");
        bench.interrupt();
        try {
            if (!over.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                System.err.println("It has not ended; the next bench takes its files away, bin/testbed down its hosts.");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
