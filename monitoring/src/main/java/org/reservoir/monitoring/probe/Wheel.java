package org.reservoir.monitoring.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Who is due when: a timing wheel of 10 ms slots, so that fifty thousand probes cost no more to order than fifty. Those of a slot are chained, so
 * that slots that were full once keep no room. Times are of a clock that never goes back. Firings missed while nobody turned the wheel are left out,
 * not made up for in a burst.
 */
final class Wheel {
    static final int TICK_MILLIS = 10;
    private static final int SLOTS = 1024;
    private static final int SHARE_OF_PERIOD = 10;
    private static final int MOST_TICKS_LATER = 100;

    /** Something that is due from time to time. */
    static class Spoke {
        private long due = -1;
        private Spoke before;
        private Spoke after;

        private boolean isIn() {
            return before != null;
        }
    }

    /** The beginning and the end of each slot's chain. */
    private final Spoke[] slots = new Spoke[SLOTS];
    private final List<Spoke> fired = new ArrayList<>();
    private long tick;

    Wheel(long nowMillis) {
        tick = nowMillis / TICK_MILLIS;
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Spoke();
            slots[i].before = slots[i];
            slots[i].after = slots[i];
        }
    }

    /** Due next in {@code millis}, at least one tick; no longer when it was due before. */
    void schedule(Spoke spoke, long millis) {
        cancel(spoke);
        place(spoke, tick + Math.max(1, millis / TICK_MILLIS));
    }

    /** The same for those of long periods, which need not be due to the tick: up to a tenth of it and a second later, so that several are due at once and it rests in between. */
    void scheduleTogether(Spoke spoke, long millis, long periodMillis) {
        cancel(spoke);
        long grain = Math.clamp(periodMillis / TICK_MILLIS / SHARE_OF_PERIOD, 1, MOST_TICKS_LATER);
        place(spoke, Math.ceilDiv(tick + Math.max(1, millis / TICK_MILLIS), grain) * grain);
    }

    /** Due again one period after it was due last; when that is past, at the next whole period from there. */
    void again(Spoke spoke, long periodMillis) {
        long period = Math.max(1, periodMillis / TICK_MILLIS);
        long due = spoke.due + period;
        if (due <= tick) {
            due += (tick - due + period) / period * period;
        }
        cancel(spoke);
        place(spoke, due);
    }

    /** Costs the same however many are in its slot. */
    void cancel(Spoke spoke) {
        if (spoke.isIn()) {
            spoke.before.after = spoke.after;
            spoke.after.before = spoke.before;
            spoke.before = null;
            spoke.after = null;
        }
    }

    /** Takes out all that is due up to now, and calls {@code due} for each. */
    void turn(long nowMillis, Consumer<Spoke> due) {
        long until = nowMillis / TICK_MILLIS;
        long from = Math.max(tick + 1, until - SLOTS + 1);
        tick = Math.max(tick, until);
        for (long at = from; at <= until; at++) {
            takeDue(slots[(int) (at % SLOTS)], until);
        }
        try {
            fired.forEach(due);
        } finally {
            fired.clear();
        }
    }

    /** Whole slots from now on in which nothing is, so that it need not be turned for so long; {@code most} at most. */
    int quiet(int most) {
        int quiet = 0;
        while (quiet < most && isEmpty(slots[(int) ((tick + 1 + quiet) % SLOTS)])) {
            quiet++;
        }
        return quiet;
    }

    private static boolean isEmpty(Spoke slot) {
        return slot.after == slot;
    }

    private void takeDue(Spoke slot, long until) {
        for (var spoke = slot.after; spoke != slot;) {
            var next = spoke.after;
            if (spoke.due <= until) {
                cancel(spoke);
                fired.add(spoke);
            }
            spoke = next;
        }
    }

    private void place(Spoke spoke, long due) {
        spoke.due = due;
        var slot = slots[(int) (due % SLOTS)];
        spoke.before = slot.before;
        spoke.after = slot;
        slot.before.after = spoke;
        slot.before = spoke;
    }
}
