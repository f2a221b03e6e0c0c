package org.reservoir.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * One all-or-nothing change of the site database: rows, the events that tell of them, and the work that follows.
 * Events and new work are gathered and written just before the commit, in one statement each. Used by one thread.
 */
public final class Transaction {
    private final Handle handle;
    private final Instant now;
    private final long txBase;
    private final List<NewEvent> events = new ArrayList<>();
    private final List<NewWork> work = new ArrayList<>();

    Transaction(Handle handle, Instant now, long txBase) {
        this.handle = handle;
        this.now = now;
        this.txBase = txBase;
    }

    /** SQL as text, in this transaction. */
    public Handle sql() {
        return handle;
    }

    /** The site's time at the begin of this attempt; use it instead of SQL's {@code now()}. */
    public Instant now() {
        return now;
    }

    public void publish(NewEvent event) {
        events.add(event);
    }

    public void publish(String topic, String subject, String type, String body) {
        events.add(new NewEvent(topic, subject, type, body));
    }

    public void enqueue(NewWork item) {
        work.add(item);
    }

    public void enqueueAll(Collection<NewWork> items) {
        work.addAll(items);
    }

    /** The work is done. @throws LostClaim when somebody else has taken it over */
    public void complete(Claim claim) {
        completeAll(List.of(claim));
    }

    /** All of it is done. @throws LostClaim when any of it was taken over; nothing of this transaction stays then */
    public void completeAll(Collection<Claim> claims) {
        inSql(() -> WorkStatements.complete(handle.getConnection(), claims));
    }

    /** It failed and is to be tried again at that time; the attempt counts. */
    public void retry(Claim claim, Instant at, String error) {
        inSql(() -> WorkStatements.release(handle.getConnection(), List.of(claim), at, error));
    }

    /** It must wait for something; this is no failure and does not count as an attempt. */
    public void postponeAll(Collection<Claim> claims, Instant at) {
        inSql(() -> WorkStatements.postpone(handle.getConnection(), claims, at));
    }

    void flush() {
        inSql(() -> {
            if (!events.isEmpty()) {
                OutboxStatements.insert(handle.getConnection(), events, now, txBase);
            }
            if (!work.isEmpty()) {
                WorkStatements.insert(handle.getConnection(), work);
            }
        });
    }

    boolean told() {
        return !events.isEmpty();
    }

    boolean ordered() {
        return !work.isEmpty();
    }

    private static void inSql(Statements statements) {
        try {
            statements.run();
        } catch (SQLException e) {
            throw new DatabaseFailure(e);
        }
    }

    private interface Statements {
        void run() throws SQLException;
    }
}
