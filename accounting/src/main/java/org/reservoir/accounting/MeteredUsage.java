package org.reservoir.accounting;

import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jdbi.v3.core.Handle;

import org.reservoir.kernel.Interval;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.wire.Spool;
import org.reservoir.store.SiteDatabase;

/**
 * Keeps what was measured for accounting, hour by hour. Reads an inbox by number and writes what the rows came to together with the
 * number in one transaction, so that each counts once though the process is killed anywhere. Hours are those in which it was
 * measured, however late it came.
 */
public final class MeteredUsage {
    private static final int AT_ONCE = 20_000;

    private final SiteDatabase database;

    public MeteredUsage(SiteDatabase database) {
        this.database = database;
    }

    /** Takes in what came since; some twenty thousand rows at most. @return up to which number all is taken in: the inbox may let go of it */
    public long take(Spool inbox) throws IOException {
        long from = database.read(sql -> mark(sql, inbox.id()));
        if (inbox.last() <= from) {
            return from;
        }
        var heap = new Heap();
        long reached = inbox.read(from, (_, stream, _, row) -> heap.add(stream, row));
        return database.transact(tx -> {
            if (mark(tx.sql(), inbox.id()) == from && reached > from) { // else another has taken them meanwhile
                write(tx.sql(), heap.all.values());
                tx.sql().createUpdate("insert into accounting.inbox (id, number) values (:id, :number) on conflict (id) do update set number = excluded.number")
                        .bind("id", inbox.id()).bind("number", reached).execute();
            }
            return mark(tx.sql(), inbox.id());
        });
    }

    /** Has an inbox that is an older copy than this database number on behind what was taken in of it. @return whether it was */
    public boolean catchUp(Spool inbox) throws IOException {
        return inbox.catchUp(database.read(sql -> mark(sql, inbox.id())));
    }

    /**
     * How many rows are in no statement and never will be: the inbox let go of them when they were taken in, by a database of which this one is an older
     * backup. Not 0 until the first one behind them is taken in.
     */
    public long gone(Spool inbox) {
        return Math.max(0, inbox.first() - 1 - database.read(sql -> mark(sql, inbox.id())));
    }

    /** By subject, metric and hour. */
    public List<Metered> metered(Metered.Which which, Interval time) {
        return database.read(sql -> sql.createQuery("""
                select * from accounting.metered where hour >= :from and hour < :to and (cast(:subject as text) is null or subject = :subject) and starts_with(metric, :prefix)
                order by subject, metric, hour""").bind("from", UsageTable.time(time.from().truncatedTo(ChronoUnit.HOURS))).bind("to", UsageTable.time(time.to()))
                .bind("subject", which.subject().orElse(null)).bind("prefix", which.prefix())
                .map((row, _) -> new Metered(row.getString("subject"), row.getString("metric"), row.getObject("hour", OffsetDateTime.class).toInstant(), row.getLong("count"), row.getDouble("sum"),
                        row.getDouble("low"), row.getDouble("high"))).list());
    }

    private record Place(Subject subject, String metric, Instant hour) {}

    /** What rows come to, before it is written. */
    private static final class Heap {
        private final Map<Place, Metered> all = new HashMap<>();
        private int rows;

        /** False when it has enough. Rows are counted one by one: where some are gone, numbers leap. */
        boolean add(StreamInfo stream, Row row) {
            if (rows == AT_ONCE) {
                return false;
            }
            rows++;
            var hour = Instant.ofEpochMilli(row.at()).truncatedTo(ChronoUnit.HOURS);
            var attributes = stream.schema().attributes();
            for (int i = 0; i < attributes.size(); i++) {
                if (row.has(i) && row.type(i).isNumber() && Double.isFinite(row.number(i))) {
                    var place = new Place(stream.subject(), attributes.get(i).name(), hour);
                    all.merge(place, Metered.of(place.subject(), place.metric(), hour, row.number(i)), Metered::plus);
                }
            }
            return true;
        }
    }

    private static long mark(Handle sql, long inbox) {
        return sql.createQuery("select number from accounting.inbox where id = :id").bind("id", inbox).mapTo(Long.class).findOne().orElse(0L);
    }

    private static void write(Handle sql, Collection<Metered> all) {
        try (var batch = sql.prepareBatch("""
                insert into accounting.metered as old (subject, metric, hour, count, sum, low, high) values (:subject, :metric, :hour, :count, :sum, :low, :high)
                on conflict (subject, metric, hour) do update set count = old.count + excluded.count, sum = old.sum + excluded.sum, low = least(old.low, excluded.low),
                high = greatest(old.high, excluded.high)""")) {
            all.forEach(each -> batch.bind("subject", each.subject()).bind("metric", each.metric()).bind("hour", UsageTable.time(each.hour())).bind("count", each.count()).bind("sum", each.sum())
                    .bind("low", each.low()).bind("high", each.high()).add());
            if (!all.isEmpty()) {
                batch.execute();
            }
        }
    }
}
