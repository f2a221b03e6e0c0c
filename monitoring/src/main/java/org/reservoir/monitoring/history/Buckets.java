package org.reservoir.monitoring.history;

import java.util.TreeMap;

/**
 * What the samples of one series come to in each step of time. Buckets without a sample are not there: silence is never read as zero.
 *
 * @param step   milliseconds; a bucket begins at a multiple of it since 1970
 * @param starts epoch milliseconds at which the buckets begin, rising
 * @param last   the newest value in each
 */
public record Buckets(Series series, long step, long[] starts, double[] counts, double[] sums, double[] mins, double[] maxs, double[] last) {

    public int count() {
        return starts.length;
    }

    public double mean(int bucket) {
        return sums[bucket] / counts[bucket];
    }

    /** One number of a bucket. */
    public enum Figure {
        AVG, MIN, MAX, SUM, COUNT, LAST;

        public double of(Buckets buckets, int bucket) {
            return switch (this) {
                case AVG -> buckets.mean(bucket);
                case MIN -> buckets.mins[bucket];
                case MAX -> buckets.maxs[bucket];
                case SUM -> buckets.sums[bucket];
                case COUNT -> buckets.counts[bucket];
                case LAST -> buckets.last[bucket];
            };
        }
    }

    /** Adds up samples and finer buckets, in any order. Not for several threads. */
    public static final class Gathering {
        private final long step;
        private final TreeMap<Long, Sum> sums = new TreeMap<>();
        private long newest = Long.MIN_VALUE;
        private Sum newestSum;

        private static final class Sum {
            private double count;
            private double sum;
            private double min = Double.POSITIVE_INFINITY;
            private double max = Double.NEGATIVE_INFINITY;
            private long lastAt = Long.MIN_VALUE;
            private double last;
        }

        /** @param step milliseconds */
        public Gathering(long step) {
            this.step = step;
        }

        public void add(Points points) {
            for (int i = 0; i < points.count(); i++) {
                add(points.times()[i], 1, points.values()[i], points.values()[i], points.values()[i], points.values()[i]);
            }
        }

        public void add(Buckets finer) {
            for (int i = 0; i < finer.count(); i++) {
                add(finer.starts[i], finer.counts[i], finer.sums[i], finer.mins[i], finer.maxs[i], finer.last[i]);
            }
        }

        private void add(long time, double count, double sum, double min, double max, double last) {
            var bucket = bucket(Math.floorDiv(time, step) * step);
            bucket.count += count;
            bucket.sum += sum;
            bucket.min = Math.min(bucket.min, min);
            bucket.max = Math.max(bucket.max, max);
            if (time >= bucket.lastAt) {
                bucket.lastAt = time;
                bucket.last = last;
            }
        }

        private Sum bucket(long start) {
            if (newestSum == null || start != newest) { // most samples fall into the bucket of the one before
                newest = start;
                newestSum = sums.computeIfAbsent(start, _ -> new Sum());
            }
            return newestSum;
        }

        public Buckets buckets(Series series) {
            int size = sums.size();
            var made = new Buckets(series, step, new long[size], new double[size], new double[size], new double[size], new double[size], new double[size]);
            int i = 0;
            for (var entry : sums.entrySet()) {
                made.starts[i] = entry.getKey();
                made.counts[i] = entry.getValue().count;
                made.sums[i] = entry.getValue().sum;
                made.mins[i] = entry.getValue().min;
                made.maxs[i] = entry.getValue().max;
                made.last[i++] = entry.getValue().last;
            }
            return made;
        }
    }
}
