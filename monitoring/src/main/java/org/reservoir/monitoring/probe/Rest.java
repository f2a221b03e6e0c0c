package org.reservoir.monitoring.probe;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

import org.reservoir.kernel.Guard;

/** The sleep of whoever turns a source: it ends when something is due, and sooner when something new is due before that. Guarded by its source's lock. */
final class Rest {
    private final Condition sooner;
    /** Milliseconds; 0 while nobody rests. */
    private long planned;

    Rest(Guard lock) {
        sooner = lock.newCondition();
    }

    /** Lets go of the lock meanwhile. It may end for nothing, which costs a turn. */
    void last(long millis) throws InterruptedException {
        planned = millis;
        try {
            sooner.await(millis, TimeUnit.MILLISECONDS);
        } finally {
            planned = 0;
        }
    }

    /** Something is due in so long, counted from the last turn. */
    void dueIn(long millis) {
        if (millis < planned) {
            sooner.signal();
        }
    }
}
