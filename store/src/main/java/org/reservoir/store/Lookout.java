package org.reservoir.store;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Lets any number of readers wait for news of the outbox with one query at a time between them: whoever finds nobody looking
 * looks, and tells the others. Own commits are heard at once, those of other site servers within {@link #LOOK_AGAIN}; an event that
 * is hidden behind a transaction still running is found by looking again soon.
 */
final class Lookout {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);
    private static final Duration SOON = Duration.ofMillis(5);

    private final Supplier<Cursor> newest;
    private final Bell bell;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Cursor seen = Cursor.START;
    private boolean somebodyLooks;

    Lookout(Supplier<Cursor> newest, Bell bell) {
        this.newest = newest;
        this.bell = bell;
    }

    boolean await(Cursor cursor, Duration longest) throws InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        long heard = bell.rung();
        Duration pause = SOON;
        while (true) {
            if (becomeTheOneWhoLooks(end)) {
                look();
            }
            long left = end - System.nanoTime();
            if (isNews(cursor)) {
                return true;
            }
            if (left <= 0) {
                return false;
            }
            if (bell.await(heard, shorter(pause, Duration.ofNanos(left)))) {
                heard = bell.rung();
                pause = SOON;
            } else {
                pause = shorter(pause.multipliedBy(2), LOOK_AGAIN);
            }
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** False when another looked meanwhile, or the time is over. */
    private boolean becomeTheOneWhoLooks(long end) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (!somebodyLooks) {
                somebodyLooks = true;
                return true;
            }
            changed.awaitNanos(Math.max(0, end - System.nanoTime()));
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void look() {
        var found = Cursor.START;
        try {
            found = newest.get();
        } finally {
            lock.lock();
            try {
                somebodyLooks = false;
                if (found.compareTo(seen) > 0) {
                    seen = found;
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean isNews(Cursor cursor) {
        lock.lock();
        try {
            return seen.compareTo(cursor) > 0;
        } finally {
            lock.unlock();
        }
    }
}
