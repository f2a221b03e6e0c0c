package org.reservoir.accounting;

import java.math.BigDecimal;

/**
 * What one resource of one stretch of usage costs by one price book.
 *
 * @param usage       cut to the time that this charge is for
 * @param unitSeconds units of the resource times seconds charged, exact
 * @param price       of one unit for an hour
 */
public record Charge(Usage usage, Resource resource, BigDecimal unitSeconds, BigDecimal price) {
    /** The amount times 3600, exact: it is divided and rounded only when all are summed. */
    BigDecimal moneySeconds() {
        return unitSeconds.multiply(price);
    }
}
