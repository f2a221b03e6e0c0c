package org.reservoir.placement.lease;

import java.util.Arrays;
import java.util.List;

/**
 * How much of each of a site's resources ({@link LeaseSite#resources}), in their order. A resource is either one amount (memory in MB),
 * or comes in instances that a wish cannot straddle: two processors of 100 % each cannot serve one wish for 150 %. Instances are filled first fit.
 */
public final class Quantity {
    private static final long[][] NO_INSTANCES = {};

    private final long[] single;
    private final long[][] instances;

    private Quantity(long[] single, long[][] instances) {
        this.single = single;
        this.instances = instances;
    }

    /** @param amounts one for each resource; none of them comes in instances */
    public static Quantity of(long... amounts) {
        return new Quantity(amounts.clone(), NO_INSTANCES);
    }

    /**
     * @param amounts   of the resources that are one amount each, in the site's order
     * @param instances of those that come in instances, in the site's order
     */
    public static Quantity of(long[] amounts, long[][] instances) {
        return new Quantity(amounts.clone(), Arrays.stream(instances).map(long[]::clone).toArray(long[][]::new));
    }

    /** As much of everything as {@code other}, but nothing. */
    Quantity none() {
        return new Quantity(new long[single.length], Arrays.stream(instances).map(each -> new long[0]).toArray(long[][]::new));
    }

    boolean simple() {
        return instances.length == 0;
    }

    public long amount(int resource) {
        return resource < single.length ? single[resource] : Arrays.stream(instances[resource - single.length]).sum();
    }

    public int size() {
        return single.length + instances.length;
    }

    public List<Long> amounts() {
        return java.util.stream.IntStream.range(0, size()).mapToObj(this::amount).toList();
    }

    public boolean fitsIn(Quantity free) {
        for (int r = 0; r < single.length; r++) {
            if (single[r] > free.single[r]) {
                return false;
            }
        }
        for (int r = 0; r < instances.length; r++) {
            if (!take(instances[r], free.instances[r].clone())) {
                return false;
            }
        }
        return true;
    }

    private static boolean take(long[] wishes, long[] from) {
        for (long wish : wishes) {
            int i = 0;
            while (i < from.length && from[i] < wish) {
                i++;
            }
            if (i == from.length) {
                return false;
            }
            from[i] -= wish;
        }
        return true;
    }

    public Quantity plus(Quantity more) {
        var sum = single.clone();
        for (int r = 0; r < sum.length; r++) {
            sum[r] += more.single[r];
        }
        var all = new long[instances.length][];
        for (int r = 0; r < all.length; r++) {
            all[r] = Arrays.copyOf(instances[r], instances[r].length + more.instances[r].length);
            System.arraycopy(more.instances[r], 0, all[r], instances[r].length, more.instances[r].length);
        }
        return new Quantity(sum, instances.length == 0 ? NO_INSTANCES : all);
    }

    /** What is left when {@code wish} is taken. Single amounts may become negative; a wish for instances must fit. */
    public Quantity minus(Quantity wish) {
        var rest = single.clone();
        for (int r = 0; r < rest.length; r++) {
            rest[r] -= wish.single[r];
        }
        if (instances.length == 0) {
            return new Quantity(rest, NO_INSTANCES);
        }
        var left = Arrays.stream(instances).map(long[]::clone).toArray(long[][]::new);
        for (int r = 0; r < left.length; r++) {
            if (!take(wish.instances[r], left[r])) {
                throw new IllegalStateException("%s cannot be taken from %s".formatted(wish, this));
            }
        }
        return new Quantity(rest, left);
    }

    /** The lesser of each; both must have the same instances. */
    Quantity least(Quantity other) {
        var least = single.clone();
        for (int r = 0; r < least.length; r++) {
            least[r] = Math.min(least[r], other.single[r]);
        }
        var all = new long[instances.length][];
        for (int r = 0; r < all.length; r++) {
            all[r] = instances[r].clone();
            for (int i = 0; i < all[r].length; i++) {
                all[r][i] = Math.min(all[r][i], other.instances[r][i]);
            }
        }
        return new Quantity(least, instances.length == 0 ? NO_INSTANCES : all);
    }

    /** How often this fits into {@code free}; only for quantities without instances. A wish for nothing fits without end. */
    long timesIn(Quantity free) {
        long times = Long.MAX_VALUE;
        for (int r = 0; r < single.length; r++) {
            if (single[r] > 0) {
                times = Math.min(times, Math.max(0, free.single[r]) / single[r]);
            }
        }
        return times;
    }

    /** A measure of size for sorting: each single amount over the largest one asked for, summed. */
    double share(long[] largest) {
        double sum = 0;
        for (int r = 0; r < single.length; r++) {
            sum += largest[r] > 0 ? single[r] / (double) largest[r] : 0;
        }
        return sum;
    }

    void raise(long[] largest) {
        for (int r = 0; r < single.length; r++) {
            largest[r] = Math.max(largest[r], single[r]);
        }
    }

    int singles() {
        return single.length;
    }

    boolean negative() {
        return Arrays.stream(single).anyMatch(amount -> amount < 0) || Arrays.stream(instances).flatMapToLong(Arrays::stream).anyMatch(amount -> amount < 0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Quantity it && Arrays.equals(single, it.single) && Arrays.deepEquals(instances, it.instances);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(single) + Arrays.deepHashCode(instances);
    }

    @Override
    public String toString() {
        return Arrays.toString(single) + (instances.length == 0 ? "" : Arrays.deepToString(instances));
    }
}
