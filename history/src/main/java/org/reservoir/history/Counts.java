package org.reservoir.history;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.LongStream;

import org.reservoir.monitoring.history.Points;

/**
 * How many samples there are in each step of time that has any, and nothing else of them: so little is counted and compared fast where a whole folder is.
 *
 * @param step   milliseconds
 * @param starts epoch milliseconds at which the steps begin, rising
 */
record Counts(long step, long[] starts, double[] counts) {
    static Counts none(long step) {
        return new Counts(step, new long[0], new double[0]);
    }

    /** @param times of samples, rising */
    static Counts of(long step, long[] times) {
        return of(step, times, _ -> 1);
    }

    /** @param finer how many samples there are in steps that are this one or a part of it, by when they begin */
    static Counts of(long step, Points finer) {
        return of(step, finer.times(), i -> finer.values()[i]);
    }

    private static Counts of(long step, long[] times, IntToDoubleFunction count) {
        var starts = new long[times.length];
        var counts = new double[times.length];
        int last = -1;
        for (int i = 0; i < times.length; i++) {
            if (last < 0 || times[i] - starts[last] >= step) {
                starts[++last] = Math.floorDiv(times[i], step) * step;
            }
            counts[last] += count.applyAsDouble(i);
        }
        return new Counts(step, Arrays.copyOf(starts, last + 1), Arrays.copyOf(counts, last + 1));
    }

    /** Both together. */
    Counts with(Counts other) {
        if (starts.length == 0 || other.starts.length == 0) {
            return starts.length == 0 ? other : this;
        }
        var all = LongStream.concat(Arrays.stream(starts), Arrays.stream(other.starts)).sorted().distinct().toArray();
        return new Counts(step, all, Arrays.stream(all).mapToDouble(start -> at(start) + other.at(start)).toArray());
    }

    /** How many there are in the step that begins then. */
    double at(long start) {
        int place = Arrays.binarySearch(starts, start);
        return place < 0 ? 0 : counts[place];
    }

    /** Begins of the steps in which there are more than of the other. */
    long[] beyond(Counts other) {
        var beyond = LongStream.builder();
        int there = 0;
        for (int i = 0; i < starts.length; i++) {
            while (there < other.starts.length && other.starts[there] < starts[i]) {
                there++;
            }
            if (counts[i] > (there < other.starts.length && other.starts[there] == starts[i] ? other.counts[there] : 0)) {
                beyond.add(starts[i]);
            }
        }
        return beyond.build().toArray();
    }
}
