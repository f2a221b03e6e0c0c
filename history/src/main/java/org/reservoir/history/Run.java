package org.reservoir.history;

import java.util.Arrays;

import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;
import org.reservoir.monitoring.history.Span;

/**
 * The rows of one line in a {@link Head}, in the order in which they came. They lie in blocks that never move, time and values of a row side by
 * side: to add one touches one place in memory. Guarded by its head.
 */
final class Run {
    private static final int LEAST_ROWS = 4;
    private static final int MOST_ROWS = 256;

    final Line line;
    /** By which the head's log knows it. */
    final int number;
    boolean logged;
    private final Head head;
    private final int stride;
    /** Where blocks of times in milliseconds and the bits of values lie: slab and place. All but the last one are full. */
    private long[][] slabs = new long[1][];
    private int[] places = new int[1];
    private int begun;
    private long[] open = new long[0];
    private int used;
    private int full;
    private int count;
    private boolean rising = true;
    private long latest = Long.MIN_VALUE;

    Run(Line line, int number, Head head) {
        this.line = line;
        this.number = number;
        this.head = head;
        stride = 1 + line.width();
    }

    void add(long at, double[] row, int from) {
        if (used == full) {
            next();
        }
        var into = open;
        int place = used + 1;
        into[used] = at;
        for (int i = 0; i < stride - 1; i++) {
            into[place + i] = Double.doubleToRawLongBits(row[from + i]);
        }
        used += stride;
        count++;
        rising &= at > latest;
        latest = at;
    }

    private void next() {
        if (begun == slabs.length) {
            slabs = Arrays.copyOf(slabs, 2 * begun);
            places = Arrays.copyOf(places, 2 * begun);
        }
        int size = size(begun);
        open = head.room(size);
        used = head.placeOf(size);
        full = used + size;
        slabs[begun] = open;
        places[begun++] = used;
    }

    /** Blocks of a run grow, for many runs are short. */
    private int size(int block) {
        return Math.min(MOST_ROWS, LEAST_ROWS << Math.min(block, Integer.SIZE / 2)) * stride;
    }

    private int end(int block) {
        return block == begun - 1 ? used : places[block] + size(block);
    }

    /** The samples of a column; rows without it are left out. */
    Points points(Series series, int column, Span span) {
        var gathering = new Points.Gathering();
        for (int b = 0; b < begun; b++) {
            var block = slabs[b];
            for (int i = places[b], end = end(b); i < end; i += stride) {
                double value = Double.longBitsToDouble(block[i + 1 + column]);
                if (!Double.isNaN(value) && span.contains(block[i])) {
                    gathering.add(block[i], value);
                }
            }
        }
        return gathering.points(series);
    }

    /** Whether the columns have the times of the rows as they are: none came late. */
    boolean isRising() {
        return rising;
    }

    long[] times() {
        var times = new long[count];
        int to = 0;
        for (int b = 0; b < begun; b++) {
            var block = slabs[b];
            for (int i = places[b], end = end(b); i < end; i += stride) {
                times[to++] = block[i];
            }
        }
        return times;
    }

    /** A value of each row, NaN where it lacks. */
    double[] values(int column) {
        var values = new double[count];
        int to = 0;
        for (int b = 0; b < begun; b++) {
            var block = slabs[b];
            for (int i = places[b] + 1 + column, end = end(b); i < end; i += stride) {
                values[to++] = Double.longBitsToDouble(block[i]);
            }
        }
        return values;
    }
}
