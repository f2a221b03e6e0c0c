package org.reservoir.monitoring;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Supplier;

import org.reservoir.monitoring.history.Pen;

/**
 * The latest samples of one series, in the order of time, in a plain array that grows up to a bound and then go round.
 * A sample that comes up to a minute late takes its place among the others; one with the time of another replaces it.
 * When a sample is older still, the clock was set back: the samples kept are moved back with it, so that no gap and no
 * future is seen and nothing is dropped. Guarded by its own monitor.
 */
final class Ring implements Blocks.Samples {
    private static final long LATE_MILLIS = 60_000;
    private static final long LEAST_REACH = 1_000;
    private static final long MOST_REACH = 90_000;
    private static final long FIRST_REACH = 30_000;
    private static final int GAPS_LOOKED_AT = 16;

    private final int most;
    /** Time and the bits of the value of each sample, side by side: to add one touches one place in memory. */
    private long[] cells;
    private int first;
    private int count;
    /** Samples that were let go: the number of the sample at place 0, by which blocks are counted. */
    private long gone;
    private final Blocks blocks;
    /** Null until it is asked for. */
    private volatile Pen pen;
    private volatile boolean left;

    Ring(int most) {
        this.most = most;
        blocks = new Blocks(most);
        cells = new long[2 * Math.min(16, most)];
    }

    synchronized void add(long at, double value) {
        if (count > 0 && at < time(count - 1) - LATE_MILLIS) {
            moveBack(time(count - 1) + typicalGap() - at);
        }
        makeRoom();
        int place = count;
        while (place > 0 && time(place - 1) > at) {
            place--;
        }
        if (place > 0 && time(place - 1) == at) {
            put(place - 1, at, value);
            closeBlocks(place - 1);
            return;
        }
        insert(place, at, value);
    }

    /** Who keeps what the ring forgets. @param asked for one when there is none */
    Pen pen(Supplier<Pen> asked) {
        var known = pen;
        if (known == null) {
            known = asked.get();
            pen = known;
        }
        return known;
    }

    void forgetPen() {
        pen = null;
    }

    /** It is no longer the ring of its series. */
    void leave() {
        left = true;
    }

    boolean isLeft() {
        return left;
    }

    /**
     * What the samples of {@code (now - length, now]} come to. Its cost is that of at most 62 samples at the window's edges and of one step for each
     * 32 between them, as long as no gap is longer than the reach.
     */
    synchronized Figures figures(Duration length, Instant now) {
        long to = now.toEpochMilli();
        long from = to - length.toMillis();
        int begin = firstAfter(from);
        int end = firstAfter(to);
        long reach = reach();
        var summing = blocks.new Summing(this, reach);
        for (int i = begin; i < end;) {
            boolean whole = (gone + i) % Blocks.SIZE == 0 && i + Blocks.SIZE <= end && summing.block((gone + i) / Blocks.SIZE, i);
            if (!whole) {
                summing.sample(i);
            }
            i += whole ? Blocks.SIZE : 1;
        }
        return summing.figures(edges(from, to, begin, end, reach), to - from);
    }

    /** What the sample before the window and the last one in it speak for. */
    private long edges(long from, long to, int begin, int end, long reach) {
        long before = begin == 0 ? 0 : Math.max(0, Math.min(time(begin - 1) + reach, begin < end ? time(begin) : to) - from);
        return before + (begin < end ? Math.min(reach, to - time(end - 1)) : 0);
    }

    synchronized Window window(Duration length, Instant now) {
        long to = now.toEpochMilli();
        long from = to - length.toMillis();
        int begin = firstAfter(from);
        int end = firstAfter(to);
        var windowTimes = new long[end - begin];
        var windowValues = new double[end - begin];
        for (int i = begin; i < end; i++) {
            windowTimes[i - begin] = time(i);
            windowValues[i - begin] = value(i);
        }
        return new Window(now.minus(length), now, windowTimes, windowValues, coverage(from, to, begin, end));
    }

    /** Epoch milliseconds of the newest sample; {@link Long#MIN_VALUE} when there is none. */
    synchronized long lastTime() {
        return count == 0 ? Long.MIN_VALUE : time(count - 1);
    }

    /** The newest value; NaN when there is none. */
    synchronized double lastValue() {
        return count == 0 ? Double.NaN : value(count - 1);
    }

    /**
     * For how many milliseconds a sample speaks when no other follows: three times the usual gap (median of the last 16),
     * from one second to 90; 30 seconds until the gap is known.
     */
    synchronized long reach() {
        return count < 3 ? FIRST_REACH : Math.clamp(3 * typicalGap(), LEAST_REACH, MOST_REACH);
    }

    synchronized int capacity() {
        return cells.length / 2;
    }

    private double coverage(long from, long to, int begin, int end) {
        if (to <= from) {
            return 0;
        }
        long reach = reach();
        long covered = 0;
        for (int i = Math.max(0, begin - 1); i < end; i++) {
            long until = Math.min(time(i) + reach, i + 1 < end ? time(i + 1) : to);
            covered += Math.max(0, Math.min(until, to) - Math.max(time(i), from));
        }
        return (double) covered / (to - from);
    }

    private long typicalGap() {
        int gaps = Math.min(count - 1, GAPS_LOOKED_AT);
        if (gaps <= 0) {
            return LEAST_REACH;
        }
        var lengths = new long[gaps];
        for (int i = 0; i < gaps; i++) {
            lengths[i] = time(count - 1 - i) - time(count - 2 - i);
        }
        Arrays.sort(lengths);
        return lengths[gaps / 2];
    }

    private void moveBack(long by) {
        for (int i = 0; i < count; i++) {
            cells[2 * index(i)] -= by;
        }
    }

    /** Blocks from {@code place} on that are whole are counted anew: one when a sample came at the end, more when one came late. */
    private void closeBlocks(int place) {
        long block = (gone + place) / Blocks.SIZE;
        for (long begin = block * Blocks.SIZE - gone; begin + Blocks.SIZE <= count; begin += Blocks.SIZE, block++) {
            if (begin >= 0) {
                blocks.close(block, this, (int) begin);
            }
        }
    }

    /** The first place whose time is after {@code time}; {@code count} when there is none. */
    private int firstAfter(long time) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (time(middle) <= time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void insert(int place, long at, double value) {
        if (count == most) { // the oldest goes; a late sample older than all kept is the oldest itself
            if (place == 0) {
                return;
            }
            first = index(1);
            count--;
            place--;
            gone++;
        }
        for (int i = count; i > place; i--) {
            put(i, time(i - 1), value(i - 1));
        }
        put(place, at, value);
        count++;
        closeBlocks(place);
    }

    private void makeRoom() {
        int room = capacity();
        if (count < room || room == most) {
            return;
        }
        var more = new long[2 * Math.min(most, room * 2)];
        System.arraycopy(cells, 2 * first, more, 0, 2 * (room - first));
        System.arraycopy(cells, 0, more, 2 * (room - first), 2 * first);
        cells = more;
        first = 0;
    }

    private void put(int place, long at, double value) {
        int cell = 2 * index(place);
        cells[cell] = at;
        cells[cell + 1] = Double.doubleToRawLongBits(value);
    }

    private int index(int place) {
        int index = first + place;
        return index < cells.length / 2 ? index : index - cells.length / 2;
    }

    /** Whatever lies where the next sample will. Without the lock, so of no meaning: only to have been looked at. */
    long seen() {
        var now = cells;
        int cell = 2 * first + 2 * count;
        return now[Math.clamp(cell < now.length ? cell : cell - now.length, 0, now.length - 1)];
    }

    @Override
    public long time(int place) {
        return cells[2 * index(place)];
    }

    @Override
    public double value(int place) {
        return Double.longBitsToDouble(cells[2 * index(place) + 1]);
    }
}
