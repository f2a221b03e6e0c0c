package org.reservoir.store;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts how often something happened and wakes those who wait for the next time. */
final class Bell {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition rang = lock.newCondition();
    private volatile long count;

    long rung() {
        return count;
    }

    void ring() {
        lock.lock();
        try {
            count++;
            rang.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the count is no longer {@code heard}; false when the time is over. */
    boolean await(long heard, Duration longest) throws InterruptedException {
        long left = longest.toNanos();
        lock.lockInterruptibly();
        try {
            while (count == heard) {
                if (left <= 0) {
                    return false;
                }
                left = rang.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
