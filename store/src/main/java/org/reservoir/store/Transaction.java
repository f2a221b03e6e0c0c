package org.reservoir.store;

import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

import org.jdbi.v3.core.Handle;

/**
 * One transaction on the site database: rows of any room, the events that tell of them and the work that follows from them
 * become visible together or not at all.
 */
public final class Transaction {
    private final Handle sql;
    private final Instant now;
    private boolean told;
    private boolean busy;

    Transaction(Handle sql, Instant now) {
        this.sql = sql;
        this.now = now;
    }

    /** For a room's own tables. */
    public Handle sql() {
        return sql;
    }

    public void publish(Event event) {
        publish(List.of(event));
    }

    public void publish(Collection<Event> events) {
        if (events.isEmpty()) {
            return;
        }
        var rows = List.copyOf(events);
        execute("""
                insert into store.event (at, topic, subject, type, body)
                select ?, u.* from unnest(?::text[], ?::text[], ?::text[], ?::text[]) as u""",
                Timestamp.from(now), texts(rows.stream().map(Event::topic).toArray()), texts(rows.stream().map(Event::subject).toArray()),
                texts(rows.stream().map(Event::type).toArray()), texts(rows.stream().map(Event::body).toArray()));
        told = true;
    }

    public void enqueue(NewWork work) {
        enqueueAll(List.of(work));
    }

    public void enqueueAll(Collection<NewWork> work) {
        if (work.isEmpty()) {
            return;
        }
        var rows = List.copyOf(work);
        execute("""
                insert into store.work (kind, subject, lane, payload, run_at)
                select u.kind, u.subject, u.lane, u.payload, u.run_at::timestamptz
                from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[]) as u(kind, subject, lane, payload, run_at)""",
                texts(rows.stream().map(NewWork::kind).toArray()), texts(rows.stream().map(NewWork::subject).toArray()),
                texts(rows.stream().map(NewWork::lane).toArray()), texts(rows.stream().map(NewWork::payload).toArray()),
                texts(rows.stream().map(row -> row.runAt().toString()).toArray()));
        busy = true;
    }

    /** The work is done. @throws LostClaim when another worker has it by now */
    public void complete(Claim claim) {
        completeAll(List.of(claim));
    }

    public void completeAll(Collection<Claim> claims) {
        if (claims.isEmpty()) {
            return;
        }
        int done = execute("delete from store.work w using unnest(?::bigint[], ?::bigint[]) as u(id, fence) where w.id = u.id and w.fence = u.fence",
                longs(claims.stream().map(Claim::id).toArray()), longs(claims.stream().map(Claim::fence).toArray()));
        if (done != claims.size()) {
            throw new LostClaim("%d of %d claims were lost: %s".formatted(claims.size() - done, claims.size(), claims));
        }
    }

    /** The work is to be tried again. @throws LostClaim when another worker has it by now */
    public void retry(Claim claim, Instant at, String error) {
        int done = execute("update store.work set run_at = ?, claimed_by = null, last_error = ? where id = ? and fence = ?",
                Timestamp.from(at), error, claim.id(), claim.fence());
        if (done == 0) {
            throw new LostClaim("the claim was lost: " + claim);
        }
        busy = true;
    }

    boolean told() {
        return told;
    }

    boolean busy() {
        return busy;
    }

    private int execute(String statement, Object... parameters) {
        try (var prepared = sql.getConnection().prepareStatement(statement)) {
            for (int i = 0; i < parameters.length; i++) {
                prepared.setObject(i + 1, parameters[i]);
            }
            return prepared.executeUpdate();
        } catch (SQLException failure) {
            throw new DatabaseTrouble(failure);
        }
    }

    private java.sql.Array texts(Object[] values) {
        return array("text", values);
    }

    private java.sql.Array longs(Object[] values) {
        return array("bigint", values);
    }

    private java.sql.Array array(String type, Object[] values) {
        try {
            return sql.getConnection().createArrayOf(type, values);
        } catch (SQLException failure) {
            throw new DatabaseTrouble(failure);
        }
    }
}
