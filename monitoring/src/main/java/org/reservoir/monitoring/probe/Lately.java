package org.reservoir.monitoring.probe;

import java.util.ArrayDeque;

/**
 * Streams of which something new was told, to be told once more a moment later: words in datagrams get lost, of very many at once above all, and
 * whoever missed one passes over all that the stream measures. Guarded by its source's lock.
 */
final class Lately {
    /** So long nothing new is told before it is told again, or this many times as long at the most. */
    static final long QUIET_MILLIS = 1_000;
    private static final int PATIENCE = 10;
    /** Words at a turn: what the socket of a listener surely holds. */
    private static final int AT_ONCE = 500;

    private ArrayDeque<Running> told = new ArrayDeque<>();
    private ArrayDeque<Running> again = new ArrayDeque<>();
    private long firstAt;
    private long lastAt;

    void add(Running running, long now) {
        if (!running.lately) {
            running.lately = true;
            firstAt = told.isEmpty() ? now : firstAt;
            told.add(running);
        }
        lastAt = now;
    }

    void turn(long now) {
        if (again.isEmpty() && !told.isEmpty() && (now - lastAt >= QUIET_MILLIS || now - firstAt >= PATIENCE * QUIET_MILLIS)) {
            again = told;
            told = new ArrayDeque<>();
        }
        for (int i = 0; i < AT_ONCE && !again.isEmpty(); i++) {
            var running = again.poll();
            running.lately = false;
            if (!running.removed) {
                Listeners.tell(running);
            }
        }
    }
}
