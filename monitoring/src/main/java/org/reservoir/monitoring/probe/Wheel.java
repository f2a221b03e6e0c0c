package org.reservoir.monitoring.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Who is due when: a timing wheel of 10 ms slots, so that fifty thousand probes cost no more to order than fifty. Times are
 * of a clock that never goes back. Firings missed while nobody turned the wheel are left out, not made up for in a burst.
 */
final class Wheel {
    static final int TICK_MILLIS = 10;
    private static final int SLOTS = 1024;

    /** Something that is due from time to time. */
    static class Spoke {
        private long due = -1;
        private int slot = -1;
        private int place;
    }

    private final List<List<Spoke>> slots = new ArrayList<>(SLOTS);
    private long tick;

    Wheel(long nowMillis) {
        tick = nowMillis / TICK_MILLIS;
        for (int i = 0; i < SLOTS; i++) {
            slots.add(new ArrayList<>(0));
        }
    }

    /** Due next in {@code millis}, at least one tick; no longer when it was due before. */
    void schedule(Spoke spoke, long millis) {
        cancel(spoke);
        place(spoke, tick + Math.max(1, millis / TICK_MILLIS));
    }

    /** Due again one period after it was due last; when that is past, at the next whole period from there. */
    void again(Spoke spoke, long periodMillis) {
        long period = Math.max(1, periodMillis / TICK_MILLIS);
        long due = spoke.due + period;
        if (due <= tick) {
            due += (tick - due + period) / period * period;
        }
        place(spoke, due);
    }

    /** The last one of the slot takes its place, so that it costs the same however many are in it. */
    void cancel(Spoke spoke) {
        if (spoke.slot >= 0) {
            var slot = slots.get(spoke.slot);
            var last = slot.removeLast();
            if (last != spoke) {
                put(slot, spoke.place, last);
            }
            spoke.slot = -1;
        }
    }

    private static void put(List<Spoke> slot, int place, Spoke spoke) {
        slot.set(place, spoke);
        spoke.place = place;
    }

    /** Takes out all that is due up to now, and calls {@code due} for each. */
    void turn(long nowMillis, Consumer<Spoke> due) {
        long until = nowMillis / TICK_MILLIS;
        long from = Math.max(tick + 1, until - SLOTS + 1);
        var fired = new ArrayList<Spoke>();
        tick = Math.max(tick, until);
        for (long at = from; at <= until; at++) {
            takeDue(slots.get((int) (at % SLOTS)), until, fired);
        }
        fired.forEach(due);
    }

    private static void takeDue(List<Spoke> slot, long until, List<Spoke> fired) {
        int kept = 0;
        for (int i = 0; i < slot.size(); i++) {
            var spoke = slot.get(i);
            if (spoke.due <= until) {
                spoke.slot = -1;
                fired.add(spoke);
            } else {
                put(slot, kept++, spoke);
            }
        }
        slot.subList(kept, slot.size()).clear();
    }

    private void place(Spoke spoke, long due) {
        spoke.due = due;
        spoke.slot = (int) (due % SLOTS);
        var slot = slots.get(spoke.slot);
        spoke.place = slot.size();
        slot.add(spoke);
    }
}
