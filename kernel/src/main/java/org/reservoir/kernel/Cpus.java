package org.reservoir.kernel;

import java.math.BigDecimal;

/** A share of processors, in thousandths of one CPU: what a VEE is promised (not the number of its virtual CPUs). Written {@code 0.5}, {@code 2}. */
public record Cpus(int milli) implements Comparable<Cpus> {
    public static final Cpus ZERO = new Cpus(0);
    private static final BigDecimal LARGEST = BigDecimal.valueOf(Integer.MAX_VALUE, 3);

    public Cpus {
        if (milli < 0) {
            throw Refused.invalid("BAD_CPU", "A CPU share cannot be negative: %d milli-CPUs.".formatted(milli), "Give a number of CPUs from 0 up.");
        }
    }

    public static Cpus of(int cpus) {
        return new Cpus(Math.multiplyExact(cpus, 1000));
    }

    /** @throws Refused {@code BAD_CPU} when {@code text} is no number from 0 up with at most three decimals */
    public static Cpus parse(String text) {
        try {
            var value = new BigDecimal(text.strip());
            if (text.length() <= 20 && value.signum() >= 0 && value.compareTo(LARGEST) <= 0) {
                return new Cpus(value.movePointRight(3).intValueExact());
            }
        } catch (NumberFormatException | ArithmeticException _) {
            // told below, the same for every shape of nonsense
        }
        throw Refused.invalid("BAD_CPU", "'%s' is no CPU share.".formatted(text), "Write it like 2 or 0.25 (at most three decimals).");
    }

    public Cpus plus(Cpus other) {
        return new Cpus(Math.addExact(milli, other.milli));
    }

    @Override
    public int compareTo(Cpus other) {
        return Integer.compare(milli, other.milli);
    }

    @Override
    public String toString() {
        return BigDecimal.valueOf(milli, 3).stripTrailingZeros().toPlainString();
    }
}
