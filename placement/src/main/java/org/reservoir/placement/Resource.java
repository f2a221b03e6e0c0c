package org.reservoir.placement;

import java.math.BigDecimal;
import java.util.List;
import org.reservoir.kernel.expression.Dimension;
import org.reservoir.kernel.expression.Value;

/**
 * Something of which a host has a countable amount and a VEE takes a part.
 *
 * @param name      as in expressions: {@code free_memory}, {@code total_memory}
 * @param dimension of the amount as people write it
 * @param decimals  amounts are whole numbers of 10^-decimals: CPUs are kept in thousandths
 */
public record Resource(String name, Dimension dimension, int decimals) {
    public static final Resource CPU = new Resource("cpu", Dimension.COUNT, 3);
    public static final Resource MEMORY = new Resource("memory", Dimension.DATA, 0);
    public static final Resource DISK = new Resource("disk", Dimension.DATA, 0);
    /** What every host has, in the order of {@link Amounts}. A snapshot may have more, behind these. */
    public static final List<Resource> USUAL = List.of(CPU, MEMORY, DISK);

    /** For people: {@code 512 MiB}, {@code 1.5}. */
    public String written(long amount) {
        return value(amount).toString();
    }

    Value.Amount value(long amount) {
        return new Value.Amount(BigDecimal.valueOf(amount, decimals), dimension);
    }

    /** So many of its whole numbers are one base unit. */
    double unit() {
        return Math.pow(10, decimals);
    }
}
