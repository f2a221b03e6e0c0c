package org.reservoir.monitoring.probe;

import java.util.ArrayDeque;

/**
 * Streams that are to be told of again: a moment after something new was told of them, and now and then. Words in datagrams get lost, of very many at
 * once above all, and whoever missed one passes over all that the stream measures. A few at each turn, so that they are no burst again. Guarded by its source's lock.
 */
final class Lately {
    /** So long nothing new is told before it is told again, or this many times as long at the most. */
    static final long QUIET_MILLIS = 1_000;
    private static final int PATIENCE = 10;
    /** Words at a turn: what a listener takes in also when it has just begun and the processor is not its own. */
    static final int AT_ONCE = 100;

    private ArrayDeque<Running> told = new ArrayDeque<>();
    private ArrayDeque<Running> again = new ArrayDeque<>();
    private boolean fresh;
    private long firstAt = Long.MAX_VALUE;
    private long lastAt;

    /** Something new was told of it. */
    void told(Running running) {
        fresh = true;
        if (!running.toBeTold) {
            running.toBeTold = true;
            told.add(running);
        }
    }

    /** It is its turn to be told of again. */
    void again(Running running) {
        if (!running.toBeTold) {
            running.toBeTold = true;
            again.add(running);
        }
    }

    /** Whether there are some to be told at the next turn. */
    boolean isTelling() {
        return !again.isEmpty();
    }

    void turn(long now) {
        if (fresh) {
            fresh = false;
            firstAt = Math.min(firstAt, now);
            lastAt = now;
        }
        if (!told.isEmpty() && (now - lastAt >= QUIET_MILLIS || now - firstAt >= PATIENCE * QUIET_MILLIS)) {
            again.addAll(told);
            told = new ArrayDeque<>(); // it may have grown large
            firstAt = Long.MAX_VALUE;
        }
        for (int i = 0; i < AT_ONCE && !again.isEmpty(); i++) {
            var running = again.poll();
            running.toBeTold = false;
            if (!running.removed) {
                Listeners.tell(running);
            }
        }
    }
}
