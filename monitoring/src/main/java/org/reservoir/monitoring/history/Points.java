package org.reservoir.monitoring.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Samples of one series: epoch milliseconds, rising, and a value for each. Not to be written to. */
public record Points(Series series, long[] times, double[] values) {
    public Points {
        if (times.length != values.length) {
            throw new IllegalStateException("%d times and %d values".formatted(times.length, values.length));
        }
    }

    public int count() {
        return times.length;
    }

    public Points within(Span span) {
        int from = place(span.from());
        int to = span.to() == Long.MAX_VALUE ? times.length : Math.max(from, place(span.to() + 1));
        return from == 0 && to == times.length ? this : new Points(series, Arrays.copyOfRange(times, from, to), Arrays.copyOfRange(values, from, to));
    }

    /** The first place whose time is {@code time} or later. */
    public int place(long time) {
        int found = Arrays.binarySearch(times, time);
        return found >= 0 ? found : -found - 1;
    }

    /** One line of all of them; of samples of one time the one of the later part stays. */
    public static Points merged(Series series, List<Points> parts) {
        var some = parts.stream().filter(part -> part.count() > 0).toList();
        if (some.size() == 1) {
            return new Points(series, some.getFirst().times, some.getFirst().values);
        }
        var gathered = new Gathering();
        apart(some).forEach(gathered::add);
        return gathered.points(series);
    }

    /** In the order of time when no two share any of it, for then it says nothing which of them is the later part, and nothing is left to be sorted. */
    private static List<Points> apart(List<Points> parts) {
        var rising = parts.stream().sorted(Comparator.comparingLong(part -> part.times[0])).toList();
        for (int i = 1; i < rising.size(); i++) {
            var before = rising.get(i - 1);
            if (before.times[before.count() - 1] >= rising.get(i).times[0]) {
                return parts;
            }
        }
        return rising;
    }

    /** Puts samples that come in any order in the order of time. Not for several threads. */
    public static final class Gathering {
        private long[] times = new long[64];
        private double[] values = new double[64];
        private int count;
        private boolean sorted = true;

        public void add(long time, double value) {
            if (count == times.length) {
                room(count + 1);
            }
            sorted &= count == 0 || time > times[count - 1];
            times[count] = time;
            values[count++] = value;
        }

        public void add(Points more) {
            int many = more.count();
            room(count + many);
            long before = count == 0 ? Long.MIN_VALUE : times[count - 1];
            for (int i = 0; i < many; i++) {
                sorted &= more.times[i] > before || count == 0 && i == 0;
                before = more.times[i];
            }
            System.arraycopy(more.times, 0, times, count, many);
            System.arraycopy(more.values, 0, values, count, many);
            count += many;
        }

        public int count() {
            return count;
        }

        public Points points(Series series) {
            if (!sorted) {
                sort();
            }
            return new Points(series, Arrays.copyOf(times, count), Arrays.copyOf(values, count));
        }

        private void room(int needed) {
            if (needed > times.length) {
                int size = Math.max(needed, times.length + times.length / 2);
                times = Arrays.copyOf(times, size);
                values = Arrays.copyOf(values, size);
            }
        }

        /** Stable, so that the last of those with one time is the one that was added last. */
        private void sort() {
            var order = new ArrayList<Integer>(count);
            for (int i = 0; i < count; i++) {
                order.add(i);
            }
            order.sort((a, b) -> Long.compare(times[a], times[b]));
            var newTimes = new long[count];
            var newValues = new double[count];
            int kept = 0;
            for (int i : order) {
                kept -= kept > 0 && newTimes[kept - 1] == times[i] ? 1 : 0;
                newTimes[kept] = times[i];
                newValues[kept++] = values[i];
            }
            times = newTimes;
            values = newValues;
            count = kept;
            sorted = true;
        }
    }
}
