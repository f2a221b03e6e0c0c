package org.reservoir.kernel;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** A lock that one piece of work holds from its begin to its end. */
public final class Guard extends ReentrantLock {
    private static final long serialVersionUID = 1;

    /** Does the work while no other thread is within this guard. */
    public void hold(Runnable work) {
        lock();
        try {
            work.run();
        } finally {
            unlock();
        }
    }

    /** The same for work that comes to something. */
    public <T> T hold(Supplier<T> work) {
        lock();
        try {
            return work.get();
        } finally {
            unlock();
        }
    }
}
