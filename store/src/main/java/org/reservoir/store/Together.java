package org.reservoir.store;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A reading that many ask for at once is made once for all who wait: each is given one that began after it asked, so that it sees what was committed before, and
 * the more there are, the less each costs. Nobody waits for longer than two readings take.
 *
 * @param <T> what is read, not null; it is given to several threads
 */
public final class Together<T> {
    private final Supplier<T> reading;
    private final long patience;
    private final ReentrantLock lock = new ReentrantLock();
    /** Whether a reading is being made, or is about to be. */
    private boolean busy;
    private long begun;
    /** The reading that begins next, and whether anybody asks for it. */
    private CompletableFuture<T> next = new CompletableFuture<>();
    private boolean wanted;

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
        return awaited().map(Together::result).orElseGet(reading);
    }

    /** Nothing while one hangs. Who finds nobody reading makes it, and lets those first who are about to ask as well. */
    private Optional<CompletableFuture<T>> awaited() {
        CompletableFuture<T> mine;
        boolean first;
        lock.lock();
        try {
            if (busy && System.nanoTime() - begun > patience) {
                return Optional.empty();
            }
            first = !busy;
            begun = first ? System.nanoTime() : begun;
            busy = true;
            wanted = true;
            mine = next;
        } finally {
            lock.unlock();
        }
        if (first) {
            Thread.yield();
            make();
        }
        return Optional.of(mine);
    }

    private void make() {
        begin().completeAsync(reading, Runnable::run);
        if (goesOn()) {
            Thread.startVirtualThread(this::make);
        }
    }

    private CompletableFuture<T> begin() {
        lock.lock();
        try {
            var begins = next;
            next = new CompletableFuture<>();
            wanted = false;
            begun = System.nanoTime();
            return begins;
        } finally {
            lock.unlock();
        }
    }

    private boolean goesOn() {
        lock.lock();
        try {
            busy = wanted;
            return busy;
        } finally {
            lock.unlock();
        }
    }

    private static <T> T result(CompletableFuture<T> made) {
        try {
            return made.join();
        } catch (CompletionException failure) {
            throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
        }
    }
}
