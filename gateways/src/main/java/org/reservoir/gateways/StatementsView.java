package org.reservoir.gateways;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.kernel.Interval;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.UserId;

/** What was used and what it costs. Who may read it is decided by the gateway before it asks. */
public interface StatementsView {
    /** @param time empty for the service's whole life */
    Statement ofService(ServiceId service, Optional<Interval> time);

    /** @param time empty for the present month */
    Statement ofUser(UserId user, Optional<Interval> time);

    /** By the time from which they are in force. */
    List<PriceBook> priceBooks();

    /** Puts a book in force from its begin on. @throws org.reservoir.kernel.Refused {@code BAD_PRICE_BOOK}, {@code PRICE_BOOK_CURRENCY} */
    PriceBook add(NewPriceBook book);

    /** What was measured for accounting, hour by hour. @param subject only of this; @param metric only of those whose names begin so */
    List<Metered> metered(Optional<String> subject, Optional<String> metric, Interval time);

    /** @param hour its begin, by the clock of who measured @param count measurements */
    record Metered(String subject, String metric, Instant hour, long count, double sum, double mean, double low, double high) {}

    /**
     * @param subject whose: {@code service-7}, {@code user-3}
     * @param vees    VEEs that were charged for, {@code stillOn} of them go on
     * @param veeTime their time charged, summed
     */
    record Statement(String subject, Instant from, Instant to, String currency, List<Line> lines, int vees, Duration veeTime, int stillOn,
                     BigDecimal rounding, BigDecimal total) {
        public Statement {
            lines = List.copyOf(lines);
        }
    }

    /** @param holding such as {@code RUNNING}; @param resource such as {@code CPU}; @param price of one unit for an hour */
    record Line(Optional<String> component, String holding, String resource, String unit, BigDecimal unitHours, BigDecimal price, BigDecimal amount) {}

    /** @param validFrom a time to come; now when empty; @param granularity and {@code prices} as in a {@link PriceBook} */
    record NewPriceBook(Optional<Instant> validFrom, String currency, Duration granularity, Map<String, Map<String, BigDecimal>> prices) {
        public NewPriceBook {
            prices = Map.copyOf(prices);
        }
    }

    /** @param granularity the shortest time charged; @param prices of one unit for an hour, by holding, then resource */
    record PriceBook(Instant validFrom, String currency, Duration granularity, Map<String, Map<String, BigDecimal>> prices) {
        public PriceBook {
            prices = Map.copyOf(prices);
        }
    }
}
