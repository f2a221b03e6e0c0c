package org.reservoir.store;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;
import org.reservoir.kernel.Refused;

/**
 * What was published, in an order that never changes once read. A reader keeps a {@link Cursor} and asks for what comes after
 * it; it misses nothing, not even events of a transaction that began early and committed late. Old events are trimmed; a reader who
 * was away longer than that is told so.
 */
public final class Outbox {
    private static final long IDLE_STEP = 1000;

    private final SiteDatabase database;
    private final long txBase;
    private final Lookout lookout;

    Outbox(SiteDatabase database, long txBase, Bell bell) {
        this.database = database;
        this.txBase = txBase;
        this.lookout = new Lookout(this::newest, bell);
    }

    long txBase() {
        return txBase;
    }

    /**
     * The next events.
     *
     * @param topics none: all
     * @throws Refused {@code EVENTS_TRIMMED} when some of them are gone already
     */
    public List<Event> after(Cursor cursor, Set<String> topics, int max) {
        return database.read(sql -> after(sql, cursor, topics, max));
    }

    /**
     * The next events, and the place that is read by them. For readers of some topics, who else would find the events of others new again and again.
     *
     * @param topics none: all
     * @throws Refused {@code EVENTS_TRIMMED} when some of them are gone already
     */
    public Reading read(Cursor cursor, Set<String> topics, int max) {
        return database.read(sql -> {
            var upTo = latest(sql); // asked first: what comes after it is still to be read
            var events = after(sql, cursor, topics, max);
            var reached = events.size() == max ? events.getLast().cursor() : upTo;
            return new Reading(events, reached.compareTo(cursor) > 0 ? reached : cursor);
        });
    }

    /** @param reached from where to read on */
    public record Reading(List<Event> events, Cursor reached) {
        public Reading {
            events = List.copyOf(events);
        }
    }

    private List<Event> after(Handle sql, Cursor cursor, Set<String> topics, int max) {
        try {
            var events = OutboxStatements.after(sql.getConnection(), cursor, topics, max, txBase);
            // asked second: what was trimmed in between shows too
            if (!cursor.equals(Cursor.START) && cursor.compareTo(OutboxStatements.trimmed(sql.getConnection())) < 0) {
                throw Refused.notFound("EVENTS_TRIMMED", "events after %s are no longer kept".formatted(cursor), "read the present state, then go on from the latest event");
            }
            return events;
        } catch (SQLException e) {
            throw new DatabaseFailure(e);
        }
    }

    /** The newest place; what is committed from now on comes after it. */
    public Cursor latest() {
        return database.read(this::latest);
    }

    private Cursor latest(Handle sql) {
        try {
            return OutboxStatements.latest(sql.getConnection(), txBase);
        } catch (SQLException e) {
            throw new DatabaseFailure(e);
        }
    }

    /**
     * Waits until there may be something after the cursor, at most so long. However many wait, one of them looks.
     *
     * @return whether there is
     */
    public boolean awaitNews(Cursor cursor, Duration longest) throws InterruptedException {
        return lookout.await(cursor, longest);
    }

    /** The place of the newest event that can be read. */
    Cursor newest() {
        return database.read(sql -> {
            try {
                return OutboxStatements.newest(sql.getConnection(), txBase);
            } catch (SQLException e) {
                throw new DatabaseFailure(e);
            }
        });
    }

    /**
     * Gives the next events to a named reader whose place is kept in the database, in the transaction that notes the new place: what the reader
     * writes there takes effect exactly once, on whichever site server. A new name begins with the oldest event kept.
     *
     * @param topics none: all
     * @return how many events it was given
     */
    public int consume(String name, Set<String> topics, int max, BiConsumer<Transaction, List<Event>> reader) {
        return database.transact(tx -> {
            var place = place(tx, name);
            var upTo = latest(tx.sql());
            var events = after(tx.sql(), place, topics, max);
            if (!events.isEmpty()) {
                reader.accept(tx, events);
            }
            // nothing more of these topics: then all up to the latest place is read, or others' events would be walked over again and again
            var reached = events.size() == max ? events.getLast().cursor() : upTo;
            if (reached.compareTo(place) > 0 && (!events.isEmpty() || reached.transaction() - place.transaction() > IDLE_STEP)) {
                tx.sql().createUpdate("UPDATE consumer SET tx = :tx, nr = :nr WHERE name = :name")
                        .bind("tx", reached.transaction()).bind("nr", reached.nr()).bind("name", name).execute();
            }
            return events.size();
        });
    }

    private static Cursor place(Transaction tx, String name) {
        var select = "SELECT tx, nr FROM consumer WHERE name = :name FOR UPDATE";
        return tx.sql().createQuery(select).bind("name", name).map((row, context) -> new Cursor(row.getLong(1), row.getInt(2))).findOne().orElseGet(() -> {
            tx.sql().createUpdate("INSERT INTO consumer (name, tx, nr) SELECT :name, trimmed_tx, trimmed_nr FROM outbox ON CONFLICT DO NOTHING").bind("name", name).execute();
            return tx.sql().createQuery(select).bind("name", name).map((row, context) -> new Cursor(row.getLong(1), row.getInt(2))).one();
        });
    }

    /**
     * Deletes old events, at most {@code batch} of them; to be called now and then.
     * An event goes when it is older than {@code age} and every named reader has read it, or when more than {@code most} newer ones are kept.
     *
     * @return how many went
     */
    public int trim(Duration age, long most, int batch) {
        return database.transact(tx -> OutboxStatements.trim(tx, tx.now().minus(age), most, batch));
    }

    /** Forgets a named reader, which otherwise keeps events from being trimmed. */
    public void forget(String name) {
        database.run(tx -> tx.sql().createUpdate("DELETE FROM consumer WHERE name = :name").bind("name", name).execute());
    }
}
