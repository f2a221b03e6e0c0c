package org.reservoir.store;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A reading that many ask for at once is made once for all who wait: each is given one that began after it asked, so that it sees what was committed before, and
 * the more there are, the less each costs. Nobody waits for longer than two readings take.
 *
 * @param <T> what is read; it is given to several threads
 */
public final class Together<T> {
    private static final Executor OWN_THREAD = Runnable::run;

    private final Supplier<T> reading;
    private final long patience;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean busy;
    private long begun;
    /** For those who have come since the reading began that is being made. */
    private CompletableFuture<T> next = new CompletableFuture<>();
    private int waiting;

    /**
     * @param patience a reading that takes longer hangs, perhaps for its connection alone: who comes then makes one of its own. That no time is watched while one waits
     *                 is on purpose: a timer costs a virtual thread more than the reading
     */
    public Together(Duration patience, Supplier<T> reading) {
        this.patience = patience.toNanos();
        this.reading = reading;
    }

    /** A failure of the reading is told to all for whom it was made. */
    public T get() {
        return switch (enter()) {
            case Part.Reads(var round) -> result(made(round, OWN_THREAD));
            case Part.Waits(var round) -> result(round);
            case Part.Apart<T> _ -> reading.get();
        };
    }

    private sealed interface Part<T> {
        record Reads<T>(CompletableFuture<T> round) implements Part<T> {}

        record Waits<T>(CompletableFuture<T> round) implements Part<T> {}

        record Apart<T>() implements Part<T> {}
    }

    private Part<T> enter() {
        lock.lock();
        try {
            if (busy && System.nanoTime() - begun > patience) {
                return new Part.Apart<>();
            }
            if (busy) {
                waiting++;
                return new Part.Waits<>(next);
            }
            return new Part.Reads<>(begin());
        } finally {
            lock.unlock();
        }
    }

    private CompletableFuture<T> begin() {
        var round = next;
        next = new CompletableFuture<>();
        waiting = 0;
        busy = true;
        begun = System.nanoTime();
        return round;
    }

    private CompletableFuture<T> made(CompletableFuture<T> round, Executor by) {
        round.whenComplete((_, _) -> follow());
        return round.completeAsync(reading, by);
    }

    private void follow() {
        CompletableFuture<T> round = null;
        lock.lock();
        try {
            if (waiting > 0) {
                round = begin();
            } else {
                busy = false;
            }
        } finally {
            lock.unlock();
        }
        if (round != null) {
            made(round, Thread::startVirtualThread);
        }
    }

    private static <T> T result(CompletableFuture<T> round) {
        try {
            return round.join();
        } catch (CompletionException failure) {
            throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
        }
    }
}
