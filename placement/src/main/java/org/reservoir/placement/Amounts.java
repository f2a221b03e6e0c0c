package org.reservoir.placement;

import java.util.Arrays;
import org.reservoir.kernel.Refused;

/** One amount for each {@link Resource} of the snapshot, in its smallest units (milli-CPUs, bytes, bytes, …). None is negative. */
public final class Amounts {
    private final long[] amounts;

    private Amounts(long[] amounts) {
        this.amounts = amounts;
        for (long amount : amounts) {
            if (amount < 0) {
                throw Refused.invalid("BAD_AMOUNT", "An amount of a resource cannot be negative: %s.".formatted(Arrays.toString(amounts)), "");
            }
        }
    }

    public static Amounts of(long... amounts) {
        return new Amounts(amounts.clone());
    }

    public long at(int resource) {
        return amounts[resource];
    }

    public int size() {
        return amounts.length;
    }

    void copyTo(long[] target, int from) {
        System.arraycopy(amounts, 0, target, from, amounts.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Amounts mine && Arrays.equals(amounts, mine.amounts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(amounts);
    }

    @Override
    public String toString() {
        return Arrays.toString(amounts);
    }
}
