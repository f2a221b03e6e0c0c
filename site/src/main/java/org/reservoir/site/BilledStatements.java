package org.reservoir.site;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Currency;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import org.reservoir.accounting.Accounting;
import org.reservoir.accounting.Holding;
import org.reservoir.accounting.MeteredUsage;
import org.reservoir.accounting.Resource;
import org.reservoir.gateways.StatementsView;
import org.reservoir.kernel.Interval;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.UserId;

/** Shows accounting to the gateways, in their words. */
final class BilledStatements implements StatementsView {
    private final Accounting accounting;
    private final MeteredUsage usage;
    private final InstantSource clock;

    BilledStatements(Accounting accounting, MeteredUsage usage, InstantSource clock) {
        this.usage = usage;
        this.accounting = accounting;
        this.clock = clock;
    }

    @Override
    public Statement ofService(ServiceId service, Optional<Interval> time) {
        accounting.turn();
        return statement(accounting.statement(service, time.orElseGet(() -> new Interval(Instant.EPOCH, clock.instant()))));
    }

    @Override
    public Statement ofUser(UserId user, Optional<Interval> time) {
        accounting.turn();
        return statement(accounting.statement(user, time.orElseGet(this::month)));
    }

    private Interval month() {
        var now = clock.instant();
        return new Interval(now.atZone(ZoneOffset.UTC).toLocalDate().withDayOfMonth(1).atStartOfDay(ZoneOffset.UTC).toInstant(), now);
    }

    private static Statement statement(org.reservoir.accounting.Statement bill) {
        var lines = bill.lines().stream().map(line -> new Line(line.component(), line.holding().name(), line.resource().name(), line.resource().unit(), line.unitHours(),
                line.price(), line.amount())).toList();
        return new Statement(bill.subject(), bill.time().from(), bill.time().to(), bill.currency().getCurrencyCode(), lines, bill.vees(), bill.veeTime(), bill.stillOn(),
                bill.rounding(), bill.total());
    }

    @Override
    public List<Metered> metered(Optional<String> subject, Optional<String> metric, Interval time) {
        return usage.metered(new org.reservoir.accounting.Metered.Which(subject, metric.orElse("")), time).stream()
                .map(each -> new Metered(each.subject(), each.metric(), each.hour(), each.count(), each.sum(), each.mean(), each.low(), each.high())).toList();
    }

    // ---- price books

    @Override
    public List<PriceBook> priceBooks() {
        return accounting.priceBooks().books().stream().map(BilledStatements::book).toList();
    }

    @Override
    public PriceBook add(NewPriceBook book) {
        return book(accounting.setPrices(book.validFrom(), currency(book.currency()), book.granularity(), prices(book.prices())));
    }

    private static PriceBook book(org.reservoir.accounting.PriceBook book) {
        var prices = new HashMap<String, Map<String, BigDecimal>>();
        book.prices().forEach((holding, of) -> {
            var named = new HashMap<String, BigDecimal>();
            of.forEach((resource, price) -> named.put(resource.name(), price));
            prices.put(holding.name(), named);
        });
        return new PriceBook(book.validFrom(), book.currency().getCurrencyCode(), book.granularity(), prices);
    }

    private static Currency currency(String code) {
        try {
            return Currency.getInstance(code);
        } catch (IllegalArgumentException _) {
            throw Refused.invalid("BAD_PRICE_BOOK", "'%s' is no currency.".formatted(code), "Write an ISO 4217 code such as EUR.");
        }
    }

    private static Map<Holding, Map<Resource, BigDecimal>> prices(Map<String, Map<String, BigDecimal>> named) {
        var prices = new EnumMap<Holding, Map<Resource, BigDecimal>>(Holding.class);
        named.forEach((holding, of) -> {
            var row = new EnumMap<Resource, BigDecimal>(Resource.class);
            of.forEach((resource, price) -> row.put(word(Resource.class, resource), price));
            prices.put(word(Holding.class, holding), row);
        });
        return prices;
    }

    private static <E extends Enum<E>> E word(Class<E> words, String text) {
        try {
            return Enum.valueOf(words, text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException _) {
            throw Refused.invalid("BAD_PRICE_BOOK", "'%s' is unknown in a price book.".formatted(text), "Choose from %s.".formatted(List.of(words.getEnumConstants())));
        }
    }
}
