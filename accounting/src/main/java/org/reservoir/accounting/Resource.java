package org.reservoir.accounting;

import java.math.BigDecimal;

/** What a price can be set on; the unit is what one price buys for an hour. */
public enum Resource {
    VCPU("vCPU") {
        @Override
        BigDecimal quantity(Amounts amounts) {
            return BigDecimal.valueOf(amounts.vcpus());
        }
    },
    CPU("CPU") {
        @Override
        BigDecimal quantity(Amounts amounts) {
            return BigDecimal.valueOf(amounts.cpu(), 3);
        }
    },
    MEMORY("GiB") {
        @Override
        BigDecimal quantity(Amounts amounts) {
            return gibibytes(amounts.memory());
        }
    },
    DISK("GiB") {
        @Override
        BigDecimal quantity(Amounts amounts) {
            return gibibytes(amounts.disk());
        }
    },
    ADDRESS("address") {
        @Override
        BigDecimal quantity(Amounts amounts) {
            return BigDecimal.valueOf(amounts.addresses());
        }
    };

    private static final BigDecimal GIBIBYTE = BigDecimal.valueOf(1L << 30);
    private final String unit;

    Resource(String unit) {
        this.unit = unit;
    }

    public String unit() {
        return unit;
    }

    /** In {@link #unit()}s, exact. */
    abstract BigDecimal quantity(Amounts amounts);

    /** A power of two divides every decimal fraction exactly. */
    private static BigDecimal gibibytes(long bytes) {
        return BigDecimal.valueOf(bytes).divide(GIBIBYTE);
    }
}
