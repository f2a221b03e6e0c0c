package org.reservoir.history;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;

/** Arrays in which heads keep their rows, used again by the next head: they are neither cleared nor moved by the collector each time. Safe for many threads. */
final class Slabs {
    /** Numbers in a slab. */
    static final int SIZE = 1 << 17;

    private final Deque<long[]> free = new ArrayDeque<>();
    private final int most;

    /** @param values that a head holds at most */
    Slabs(int values) {
        most = 2 + values / SIZE * 2;
    }

    /** What is in it is of no meaning. */
    synchronized long[] take() {
        var slab = free.poll();
        return slab == null ? new long[SIZE] : slab;
    }

    synchronized void giveBack(Collection<long[]> slabs) {
        slabs.stream().limit(most - free.size()).forEach(free::push);
    }
}
