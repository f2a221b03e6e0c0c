package org.reservoir.accounting;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.reservoir.kernel.Interval;

/**
 * Usage and price books make charges. Pure and exact: cutting time anywhere, in usage or between statements, changes no sum,
 * because granules are counted from the VEE's first charged moment ({@link PriceBook#granularity()}) and nothing is rounded here.
 */
public final class Rating {
    private Rating() {}

    /** The charges of {@code usages} within {@code time}; resources without a price make none. */
    public static List<Charge> rate(List<Usage> usages, PriceBooks books, Interval time) {
        var charges = new ArrayList<Charge>();
        for (var usage : usages) {
            usage.time().intersection(time).ifPresent(part -> books.pieces(part)
                    .forEach(piece -> charge(usage.during(piece.time()), piece.book(), charges)));
        }
        return charges;
    }

    private static void charge(Usage usage, PriceBook book, List<Charge> charges) {
        var seconds = BigDecimal.valueOf(chargedSeconds(usage.since(), usage.time(), book.granularity()));
        if (seconds.signum() == 0) {
            return;
        }
        for (var resource : Resource.values()) {
            var price = book.price(usage.holding(), resource);
            var quantity = resource.quantity(usage.amounts());
            if (price.signum() > 0 && quantity.signum() > 0) {
                charges.add(new Charge(usage, resource, quantity.multiply(seconds), price));
            }
        }
    }

    /** Granules begun within {@code time}, in seconds. */
    static long chargedSeconds(Instant since, Interval time, Duration granularity) {
        return (begun(since, time.to(), granularity) - begun(since, time.from(), granularity)) * granularity.toSeconds();
    }

    private static long begun(Instant since, Instant until, Duration granularity) {
        return Math.ceilDiv(Duration.between(since, until).toNanos(), granularity.toNanos());
    }
}
