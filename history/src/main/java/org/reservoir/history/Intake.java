package org.reservoir.history;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The bounded queue between those who measure and the one who writes: two batches, one filling while the other is written. */
final class Intake {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filling = lock.newCondition();
    private final int hurry;
    private Batch open;
    private Batch spare;
    private long taken;
    private long dropped;
    private boolean hurried;

    Intake(int most) {
        open = new Batch(most);
        spare = new Batch(most);
        hurry = most / 2;
    }

    /** Never waits for the disk. */
    boolean offer(Line line, long at, double[] row) {
        lock.lock();
        try {
            if (!open.add(line, at, row)) {
                dropped++;
                return false;
            }
            taken++;
            if (open.used >= hurry && !hurried) {
                hurried = true;
                filling.signalAll();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** What came within {@code patience}, or sooner when it is much or {@link #hurry() somebody asks}. To be given {@link #back}. */
    Batch take(Duration patience) throws InterruptedException {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (!hurried && left > 0) {
                left = filling.awaitNanos(left);
            }
            hurried = false;
            var full = open;
            open = spare;
            spare = null;
            return full;
        } finally {
            lock.unlock();
        }
    }

    void back(Batch batch) {
        batch.clear();
        lock.lock();
        try {
            spare = batch;
        } finally {
            lock.unlock();
        }
    }

    void hurry() {
        lock.lock();
        try {
            hurried = true;
            filling.signalAll();
        } finally {
            lock.unlock();
        }
    }

    long taken() {
        lock.lock();
        try {
            return taken;
        } finally {
            lock.unlock();
        }
    }

    void drop(long rows) {
        lock.lock();
        try {
            dropped += rows;
        } finally {
            lock.unlock();
        }
    }

    long dropped() {
        lock.lock();
        try {
            return dropped;
        } finally {
            lock.unlock();
        }
    }
}
