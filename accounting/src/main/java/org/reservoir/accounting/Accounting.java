package org.reservoir.accounting;

import java.lang.System.Logger.Level;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.kernel.Capacity;
import org.reservoir.kernel.Interval;
import org.reservoir.kernel.Money;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.Outbox;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;

/**
 * The accounting of a site: reads the life-cycle events of VEEs, keeps what they used, and makes statements of it by the
 * price books. Every event has its effect exactly once, for usage and place among the events are written in one transaction.
 * It decides neither what is charged ({@link Holding}, {@link Meter}) nor what it costs ({@link Rating}), and does not ask who
 * may see a statement: that is for its callers.
 */
public final class Accounting {
    /** Class path folder of its migrations. */
    public static final String MIGRATIONS = "db/accounting";
    private static final String CONSUMER = "accounting";
    private static final int AT_ONCE = 500;
    private static final System.Logger LOG = System.getLogger(Accounting.class.getName());

    private final SiteDatabase database;
    private final InstantSource clock;

    public Accounting(SiteDatabase database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
        database.run(transaction -> PriceTable.shipTo(transaction.sql()));
    }

    /** Takes the events that came since the last turn, a few hundred at most. @return how many; call again at once when there were any */
    public int turn() {
        return database.outbox().consume(CONSUMER, Set.of(VeeChanged.TOPIC), AT_ONCE, Accounting::take);
    }

    /** What a service cost; time to come is left out, and VEEs that still run are charged up to now. */
    public Statement statement(ServiceId service, Interval time) {
        var until = untilNow(time);
        return database.read(sql -> statement(service.toString(), until, UsageTable.ofService(sql, service, until), PriceTable.books(sql)));
    }

    /** What all VEEs of a user cost, in services or not. */
    public Statement statement(UserId user, Interval time) {
        var until = untilNow(time);
        return database.read(sql -> statement(user.toString(), until, UsageTable.ofUser(sql, user, until), PriceTable.books(sql)));
    }

    /** What a service used within {@code time}, cut to it and to now: the listing behind its statement. */
    public List<Usage> usage(ServiceId service, Interval time) {
        var until = untilNow(time);
        return database.read(sql -> within(UsageTable.ofService(sql, service, until), until));
    }

    /** What an hour of running with so much costs by the prices in force now; empty when none are. */
    public Optional<Money> hourly(Capacity capacity) {
        return hourly(Amounts.of(capacity));
    }

    public Optional<Money> hourly(Amounts amounts) {
        return priceBooks().at(clock.instant()).map(book -> book.hourly(amounts));
    }

    public PriceBooks priceBooks() {
        return database.read(PriceTable::books);
    }

    /**
     * Sets prices from a moment on; a book that begins at the same moment is replaced. Before anything was ever charged, prices
     * in another currency replace all books.
     *
     * @param validFrom from when; empty: from now
     * @throws Refused {@code PRICE_BOOK_PAST}, {@code PRICE_BOOK_CURRENCY}, {@code BAD_PRICE_BOOK}
     */
    public PriceBook setPrices(Optional<Instant> validFrom, Currency currency, Duration granularity, Map<Holding, Map<Resource, BigDecimal>> prices) {
        var now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        var from = validFrom.map(instant -> instant.truncatedTo(ChronoUnit.MICROS)).orElse(now);
        if (from.isBefore(now)) {
            throw Refused.conflict("PRICE_BOOK_PAST", "Prices cannot be set from %s: that time is charged already.".formatted(from), "Give a time to come, or none.");
        }
        return database.transact(transaction -> {
            var sql = transaction.sql();
            if (!PriceTable.books(sql).currency().equals(currency) && UsageTable.isEmpty(sql)) {
                PriceTable.clear(sql);
                var first = new PriceBook(Instant.EPOCH, currency, granularity, prices);
                PriceTable.put(sql, first);
                return first;
            }
            var book = new PriceBook(from, currency, granularity, prices);
            PriceTable.put(sql, book);
            PriceTable.books(sql); // one currency in all, else nothing of this happened
            return book;
        });
    }

    /** Takes back prices that are not yet in force. @throws Refused {@code PRICE_BOOK_PAST}, {@code PRICE_BOOK_NOT_FOUND} */
    public void dropPrices(Instant validFrom) {
        if (!validFrom.isAfter(clock.instant())) {
            throw Refused.conflict("PRICE_BOOK_PAST", "The prices from %s are in force, or were.".formatted(validFrom), "Set new prices instead.");
        }
        if (!database.transact(transaction -> PriceTable.drop(transaction.sql(), validFrom))) {
            throw Refused.notFound("PRICE_BOOK_NOT_FOUND", "No prices begin at %s.".formatted(validFrom), "");
        }
    }

    private static void take(Transaction transaction, List<Outbox.Told> told) {
        var events = new ArrayList<VeeChanged>();
        for (var event : told) {
            readable(event).ifPresent(events::add);
        }
        var vees = new HashSet<VeeId>();
        events.forEach(event -> vees.add(event.vee()));
        var meters = new HashMap<>(UsageTable.meters(transaction.sql(), vees));
        var ended = new ArrayList<Usage>();
        for (var event : events) {
            var step = meters.getOrDefault(event.vee(), Meter.NEW).take(event);
            meters.put(event.vee(), step.next());
            step.ended().ifPresent(ended::add);
        }
        UsageTable.write(transaction.sql(), meters, ended);
    }

    /** An event that cannot be read would hold up all that follow for ever; it is passed over, loudly. */
    private static Optional<VeeChanged> readable(Outbox.Told told) {
        try {
            return Optional.of(Wire.read(told.event().body(), VeeChanged.class));
        } catch (Refused refused) {
            LOG.log(Level.ERROR, "event {0} of {1} cannot be read and is not charged: {2}", told.at(), told.event().subject(), refused.getMessage());
            return Optional.empty();
        }
    }

    private static Statement statement(String subject, Interval time, List<UsageTable.Stored> stored, PriceBooks books) {
        var charges = Rating.rate(within(stored, time), books, time);
        int stillOn = (int) stored.stream().filter(row -> row.goesOn() || row.usage().time().to().isAfter(time.to())).count();
        return Statement.of(subject, time, books.currency(), charges, stillOn);
    }

    private static List<Usage> within(List<UsageTable.Stored> stored, Interval time) {
        return stored.stream().flatMap(row -> row.until(time.to()).stream())
                .flatMap(usage -> usage.time().intersection(time).map(usage::during).stream()).toList();
    }

    private Interval untilNow(Interval time) {
        var now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        var to = time.to().isAfter(now) ? now : time.to();
        return new Interval(time.from().isAfter(to) ? to : time.from(), to);
    }
}
