package org.reservoir.accounting;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Currency;
import java.util.EnumMap;
import java.util.Map;

import org.reservoir.kernel.Money;
import org.reservoir.kernel.Refused;

/**
 * What things cost from a moment on: for each holding and resource the price of one unit for an hour. What has no price
 * costs nothing.
 *
 * @param validFrom   in force from here to the next book's begin
 * @param currency    the same in all books of a site
 * @param granularity the shortest time charged, 1 second to 1 day; each begun granule counts whole, counted from the first
 *                    moment that the VEE was charged, so that cutting time into pieces changes no sum
 * @param prices      each 0 to 1 000 000, at most 9 decimals
 */
public record PriceBook(Instant validFrom, Currency currency, Duration granularity, Map<Holding, Map<Resource, BigDecimal>> prices) {
    static final BigDecimal SECONDS_PER_HOUR = BigDecimal.valueOf(3600);
    private static final BigDecimal DEAREST = BigDecimal.valueOf(1_000_000);

    public PriceBook {
        if (granularity.compareTo(Duration.ofSeconds(1)) < 0 || granularity.compareTo(Duration.ofDays(1)) > 0 || granularity.getNano() != 0) {
            throw Refused.invalid("BAD_PRICE_BOOK", "A price book cannot charge by %s.".formatted(granularity), "Give whole seconds from PT1S to P1D.");
        }
        var copy = new EnumMap<Holding, Map<Resource, BigDecimal>>(Holding.class);
        prices.forEach((holding, byResource) -> {
            byResource.forEach((resource, price) -> check(holding, resource, price));
            if (!byResource.isEmpty()) {
                copy.put(holding, java.util.Collections.unmodifiableMap(new EnumMap<>(byResource)));
            }
        });
        prices = java.util.Collections.unmodifiableMap(copy);
    }

    private static void check(Holding holding, Resource resource, BigDecimal price) {
        if (price == null || price.signum() < 0 || price.compareTo(DEAREST) > 0 || price.stripTrailingZeros().scale() > 9) {
            throw Refused.invalid("BAD_PRICE_BOOK", "%s of %s cannot cost %s.".formatted(resource, holding, price),
                    "Give prices from 0 to 1000000 with at most 9 decimals.");
        }
    }

    /** Price of one unit for an hour; 0 when none is set. */
    public BigDecimal price(Holding holding, Resource resource) {
        return prices.getOrDefault(holding, Map.of()).getOrDefault(resource, BigDecimal.ZERO);
    }

    /** What an hour of running with so much costs, exact. */
    public Money hourly(Amounts amounts) {
        var sum = BigDecimal.ZERO;
        for (var resource : Resource.values()) {
            sum = sum.add(resource.quantity(amounts).multiply(price(Holding.RUNNING, resource)));
        }
        return new Money(sum, currency);
    }

    /** From money times seconds per hour to money; the one place where it is divided, to 12 decimals, half even. */
    static BigDecimal perHour(BigDecimal moneySeconds) {
        return moneySeconds.divide(SECONDS_PER_HOUR, 12, RoundingMode.HALF_EVEN);
    }
}
