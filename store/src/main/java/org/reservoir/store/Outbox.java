package org.reservoir.store;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/**
 * What has happened, in an order in which nothing appears behind a reader: events of a transaction that is still open hold back
 * those of younger transactions ({@code pg_snapshot_xmin}), so a cursor never passes one that commits late.
 */
public final class Outbox {
    private final SiteDatabase database;
    private final ReentrantLock lock = new ReentrantLock();
    private final java.util.concurrent.locks.Condition news = lock.newCondition();
    private long round;

    Outbox(SiteDatabase database) {
        this.database = database;
    }

    /** A place in the order of events. */
    public record Cursor(String tx, long seq) {
        public static final Cursor START = new Cursor("0", 0);

        @Override
        public String toString() {
            return tx + "." + seq;
        }

        /** Reads what {@link #toString} wrote. @throws org.reservoir.kernel.Refused {@code BAD_CURSOR} */
        public static Cursor parse(String text) {
            if (!text.matches("[0-9]{1,19}\\.[0-9]{1,18}")) {
                throw org.reservoir.kernel.Refused.invalid("BAD_CURSOR", "'%s' is no place in the order of events.".formatted(text), "Give back what a listing gave you.");
            }
            var parts = text.split("\\.");
            return new Cursor(parts[0], Long.parseLong(parts[1]));
        }
    }

    /** An event where it stands. */
    public record Told(Cursor at, Instant when, Event event) {}

    /** Up to {@code max} events after {@code cursor}, of these topics; all topics when there are none. */
    public List<Told> after(Cursor cursor, Set<String> topics, int max) {
        return database.read(sql -> after(sql.getConnection(), cursor, topics, max));
    }

    private static List<Told> after(java.sql.Connection connection, Cursor cursor, Set<String> topics, int max) {
        try (var select = connection.prepareStatement("""
                select tx::text, seq, at, topic, subject, type, body from store.event
                where (tx, seq) > (?::xid8, ?) and tx < pg_snapshot_xmin(pg_current_snapshot()) and (cardinality(?::text[]) = 0 or topic = any (?))
                order by event.tx, event.seq limit ?""")) {
            select.setString(1, cursor.tx());
            select.setLong(2, cursor.seq());
            select.setArray(3, connection.createArrayOf("text", topics.toArray()));
            select.setArray(4, connection.createArrayOf("text", topics.toArray()));
            select.setInt(5, max);
            var told = new ArrayList<Told>();
            try (var rows = select.executeQuery()) {
                while (rows.next()) {
                    told.add(new Told(new Cursor(rows.getString(1), rows.getLong(2)), rows.getObject(3, OffsetDateTime.class).toInstant(),
                            new Event(rows.getString(4), rows.getString(5), rows.getString(6), rows.getString(7))));
                }
            }
            return told;
        } catch (SQLException failure) {
            throw new DatabaseTrouble(failure);
        }
    }

    /** The end: nothing that is there now comes after it. */
    public Cursor latest() {
        return database.read(sql -> sql.createQuery("""
                select tx::text, seq from store.event where tx < pg_snapshot_xmin(pg_current_snapshot()) order by event.tx desc, seq desc limit 1""")
                .map((row, _) -> new Cursor(row.getString(1), row.getLong(2))).findOne().orElse(Cursor.START));
    }

    /** Waits until this server tells something new, or {@code patience} is over. */
    public void awaitNews(Duration patience) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long before = round;
            long left = patience.toNanos();
            while (round == before && left > 0) {
                left = news.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Hands the consumer {@code name} what it has not yet had; what it writes in the transaction and how far it has read are
     * committed together, so every event has its effect exactly once.
     * @return how many events that was
     */
    public int consume(String name, Set<String> topics, int max, BiConsumer<Transaction, List<Told>> consumer) {
        return database.transact(transaction -> {
            var sql = transaction.sql();
            sql.execute("insert into store.cursor (name, tx, seq) values (?, '0', 0) on conflict do nothing", name);
            var cursor = sql.createQuery("select tx::text, seq from store.cursor where name = :name for update").bind("name", name)
                    .map((row, _) -> new Cursor(row.getString(1), row.getLong(2))).one();
            var told = after(sql.getConnection(), cursor, topics, max);
            if (!told.isEmpty()) {
                consumer.accept(transaction, told);
                var last = told.getLast().at();
                sql.createUpdate("update store.cursor set tx = cast(:tx as xid8), seq = :seq where name = :name")
                        .bind("tx", last.tx()).bind("seq", last.seq()).bind("name", name).execute();
            }
            return told.size();
        });
    }

    void news() {
        lock.lock();
        try {
            round++;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
