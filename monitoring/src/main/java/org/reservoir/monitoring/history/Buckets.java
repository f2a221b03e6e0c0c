package org.reservoir.monitoring.history;

import java.util.Arrays;
import java.util.Comparator;

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

    /** Adds up samples and finer buckets, in any order; those in the order of time at little cost. Not for several threads. */
    public static final class Gathering {
        private final long step;
        /** One for each change of the bucket; those of one time become one in the end. */
        private Sum[] sums = new Sum[16];
        private int size;
        private boolean sorted = true;

        private static final class Sum {
            private final long start;
            private double count;
            private double sum;
            private double min = Double.POSITIVE_INFINITY;
            private double max = Double.NEGATIVE_INFINITY;
            private long lastAt = Long.MIN_VALUE;
            private double last;

            Sum(long start) {
                this.start = start;
            }

            void add(double moreCount, double moreSum, double moreMin, double moreMax, long at, double value) {
                count += moreCount;
                sum += moreSum;
                min = Math.min(min, moreMin);
                max = Math.max(max, moreMax);
                if (at >= lastAt) {
                    lastAt = at;
                    last = value;
                }
            }
        }

        /** @param step milliseconds */
        public Gathering(long step) {
            this.step = step;
        }

        public Gathering add(Points points) {
            for (int i = 0; i < points.count(); i++) {
                double value = points.values()[i];
                bucket(points.times()[i]).add(1, value, value, value, points.times()[i], value);
            }
            return this;
        }

        public Gathering add(Buckets finer) {
            for (int i = 0; i < finer.count(); i++) {
                bucket(finer.starts[i]).add(finer.counts[i], finer.sums[i], finer.mins[i], finer.maxs[i], finer.starts[i], finer.last[i]);
            }
            return this;
        }

        private Sum bucket(long time) {
            var newest = size == 0 ? null : sums[size - 1];
            if (newest != null && time >= newest.start && time - newest.start < step) {
                return newest;
            }
            var next = new Sum(Math.floorDiv(time, step) * step);
            sorted &= newest == null || next.start > newest.start;
            if (size == sums.length) {
                sums = Arrays.copyOf(sums, 2 * size);
            }
            sums[size++] = next;
            return next;
        }

        public Buckets buckets(Series series) {
            if (!sorted) {
                sort();
            }
            var made = new Buckets(series, step, new long[size], new double[size], new double[size], new double[size], new double[size], new double[size]);
            for (int i = 0; i < size; i++) {
                made.starts[i] = sums[i].start;
                made.counts[i] = sums[i].count;
                made.sums[i] = sums[i].sum;
                made.mins[i] = sums[i].min;
                made.maxs[i] = sums[i].max;
                made.last[i] = sums[i].last;
            }
            return made;
        }

        /** Stable, so that of samples of one time the one that was added last is the last. */
        private void sort() {
            Arrays.sort(sums, 0, size, Comparator.comparingLong(sum -> sum.start));
            int kept = 0;
            for (int i = 1; i < size; i++) {
                if (sums[i].start == sums[kept].start) {
                    sums[kept].add(sums[i].count, sums[i].sum, sums[i].min, sums[i].max, sums[i].lastAt, sums[i].last);
                } else {
                    sums[++kept] = sums[i];
                }
            }
            size = kept + 1;
            sorted = true;
        }
    }
}
