package org.reservoir.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The work still to do, shared by all site servers on one database. A worker claims a batch for a time; the work comes back
 * to the table by itself when the worker does not complete it or extend its lease. Doing is the worker's part, and so is
 * being harmless when done twice outside of the database: inside, only one completion counts.
 */
public final class WorkQueue {
    private final SiteDatabase database;
    private final InstantSource clock;
    private final Bell bell;

    WorkQueue(SiteDatabase database, InstantSource clock, Bell bell) {
        this.database = database;
        this.clock = clock;
        this.bell = bell;
    }

    /**
     * Takes work that is due, the oldest first, in a transaction of its own.
     *
     * @param worker    who claims; for people
     * @param kinds     what this worker can do
     * @param max       at most so many
     * @param lease     for so long
     * @param fullLanes of which nothing is wanted at present
     */
    public List<Claim> claim(String worker, Set<String> kinds, int max, Duration lease, Collection<String> fullLanes) {
        return database.transact(tx -> claim(tx, worker, kinds, max, lease, fullLanes));
    }

    private static List<Claim> claim(Transaction tx, String worker, Set<String> kinds, int max, Duration lease, Collection<String> fullLanes) {
        try {
            return WorkStatements.claim(tx.sql().getConnection(), worker, kinds, fullLanes, max, tx.now(), tx.now().plus(lease));
        } catch (java.sql.SQLException e) {
            throw new DatabaseFailure(e);
        }
    }

    /** Keeps the work for so long from now; gives the ids that are still held; all others are lost. */
    public Set<Long> extend(Collection<Claim> claims, Duration lease) {
        return database.transact(tx -> {
            try {
                return WorkStatements.extend(tx.sql().getConnection(), claims, clock.instant().plus(lease));
            } catch (java.sql.SQLException e) {
                throw new DatabaseFailure(e);
            }
        });
    }

    /**
     * Gives back at once what an earlier life of this worker had claimed, instead of waiting for its leases to run out; late answers to those claims
     * count no more. To be called before the worker claims, by whoever knows that the earlier life is over.
     */
    public int takeBack(String worker) {
        return database.transact(tx -> tx.sql().createUpdate("UPDATE work SET claimed_by = NULL, lease_until = NULL, fence = fence + 1 WHERE claimed_by = :worker")
                .bind("worker", worker).execute());
    }

    /** Waits until this server has written new work, or so long; work of other servers is found by claiming again now and then. */
    public boolean awaitOrders(long heard, Duration longest) throws InterruptedException {
        return bell.await(heard, longest);
    }

    /** How often this server has written new work; to be asked before claiming, then given to {@link #awaitOrders}. */
    public long heard() {
        return bell.rung();
    }

    /** When the next work of these kinds falls due, or its worker's lease ends. */
    public Optional<Instant> nextDue(Set<String> kinds) {
        return database.read(sql -> sql.createQuery("SELECT min(greatest(run_at, coalesce(lease_until, run_at))) FROM work WHERE kind = ANY (:kinds)")
                .bind("kinds", kinds.toArray(String[]::new))
                .map((row, context) -> Optional.ofNullable(row.getObject(1, OffsetDateTime.class)).map(OffsetDateTime::toInstant)).one());
    }

    /**
     * Work as people look at it: what failed most first, then what waits longest.
     *
     * @param lastError empty when it has not failed
     * @param claimedBy empty when nobody holds it
     */
    public record Waiting(long id, String kind, String subject, String lane, Instant runAt, int attempts, String claimedBy, String lastError) {}

    public List<Waiting> atAGlance(int max) {
        return database.read(sql -> sql.createQuery("""
                        SELECT id, kind, subject, lane, run_at, attempts, coalesce(claimed_by, ''), coalesce(last_error, '') FROM work
                        ORDER BY (last_error IS NOT NULL) DESC, attempts DESC, run_at LIMIT :max""")
                .bind("max", max)
                .map((row, context) -> new Waiting(row.getLong(1), row.getString(2), row.getString(3), row.getString(4),
                        row.getObject(5, OffsetDateTime.class).toInstant(), row.getInt(6), row.getString(7), row.getString(8)))
                .list());
    }
}
