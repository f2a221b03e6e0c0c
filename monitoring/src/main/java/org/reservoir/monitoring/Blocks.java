package org.reservoir.monitoring;

/**
 * What each 32 samples of a ring come to, kept as they come, so that a window over many costs no more than its edges and a few of these. Guarded
 * by its ring.
 */
final class Blocks {
    static final int SIZE = 32;

    /** Of a block: sum, least, most, growth, longest gap in milliseconds. */
    private static final int FIGURES = 5;

    /** Side by side, for all blocks of a hundred thousand rings may close in the same second. */
    private final double[] kept;

    /** @param samples that the ring keeps at most */
    Blocks(int samples) {
        kept = new double[FIGURES * (samples / SIZE + 2)];
    }

    /** Samples by their place. */
    interface Samples {
        long time(int place);

        double value(int place);
    }

    /** The block that begins at {@code place} is whole. */
    void close(long block, Samples samples, int place) {
        double sum = samples.value(place);
        double min = sum;
        double max = sum;
        double growth = 0;
        long gap = 0;
        for (int i = place + 1; i < place + SIZE; i++) {
            double value = samples.value(i);
            double before = samples.value(i - 1);
            sum += value;
            min = Math.min(min, value);
            max = Math.max(max, value);
            growth += grown(before, value);
            gap = Math.max(gap, samples.time(i) - samples.time(i - 1));
        }
        int slot = slot(block);
        kept[slot] = sum;
        kept[slot + 1] = min;
        kept[slot + 2] = max;
        kept[slot + 3] = growth;
        kept[slot + 4] = gap;
    }

    /** Where its figures begin. */
    private int slot(long block) {
        return (int) (block % (kept.length / FIGURES)) * FIGURES;
    }

    /** Of a counter; where it falls it began again from 0. */
    private static double grown(double before, double after) {
        return after >= before ? after - before : after;
    }

    /** Adds up single samples and whole blocks, in the order of time. */
    final class Summing {
        private final Samples samples;
        private final long reach;
        private int count;
        private double sum;
        private double min = Double.POSITIVE_INFINITY;
        private double max = Double.NEGATIVE_INFINITY;
        private double growth;
        private long covered;
        private int first;
        private int last;

        Summing(Samples samples, long reach) {
            this.samples = samples;
            this.reach = reach;
        }

        void sample(int place) {
            join(place);
            double value = samples.value(place);
            count++;
            sum += value;
            min = Math.min(min, value);
            max = Math.max(max, value);
            last = place;
        }

        /** False when a gap in it is too long to be counted without looking at the samples. */
        boolean block(long block, int place) {
            int slot = slot(block);
            if (kept[slot + 4] > reach) {
                return false;
            }
            join(place);
            count += SIZE;
            sum += kept[slot];
            min = Math.min(min, kept[slot + 1]);
            max = Math.max(max, kept[slot + 2]);
            growth += kept[slot + 3];
            last = place + SIZE - 1;
            covered += samples.time(last) - samples.time(place);
            return true;
        }

        private void join(int place) {
            if (count == 0) {
                first = place;
            } else {
                growth += grown(samples.value(last), samples.value(place));
                covered += Math.min(reach, samples.time(place) - samples.time(last));
            }
        }

        /** @param edges milliseconds that are covered before the first and after the last sample */
        Figures figures(long edges, long length) {
            double coverage = length <= 0 ? 0 : (double) (covered + edges) / length;
            return new Figures(count, coverage, sum, min, max, count == 0 ? Double.NaN : samples.value(last), growth, count == 0 ? 0 : samples.time(last) - samples.time(first));
        }
    }
}
