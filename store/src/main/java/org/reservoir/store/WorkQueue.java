package org.reservoir.store;

import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The table of work still to do. Any number of workers, in any number of site servers, claim from it; each claim is a lease, and
 * work whose lease ended is claimed again with a higher fencing number, by which the late worker's write is refused.
 */
public final class WorkQueue {
    private final SiteDatabase database;
    private final InstantSource clock;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    WorkQueue(SiteDatabase database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Claims up to {@code max} items of these kinds that are due and whose lane is not full; the longest due first. */
    public List<Claim> claim(String worker, Set<String> kinds, int max, Duration lease, Collection<String> fullLanes) {
        var now = clock.instant();
        return database.transact(transaction -> {
            var connection = transaction.sql().getConnection();
            try (var claim = connection.prepareStatement("""
                    update store.work w set claimed_by = ?, attempts = attempts + 1, fence = fence + 1, run_at = ?
                    from (select id from store.work where run_at <= ? and kind = any (?) and lane <> all (?) order by run_at limit ? for update skip locked) as due
                    where w.id = due.id
                    returning w.id, kind, subject, lane, payload, attempts, fence""")) {
                claim.setString(1, worker);
                claim.setTimestamp(2, Timestamp.from(now.plus(lease)));
                claim.setTimestamp(3, Timestamp.from(now));
                claim.setArray(4, connection.createArrayOf("text", kinds.toArray()));
                claim.setArray(5, connection.createArrayOf("text", fullLanes.toArray()));
                claim.setInt(6, max);
                var claims = new ArrayList<Claim>();
                try (var rows = claim.executeQuery()) {
                    while (rows.next()) {
                        claims.add(new Claim(rows.getLong(1), rows.getString(2), rows.getString(3), rows.getString(4), rows.getString(5), rows.getInt(6),
                                rows.getLong(7), now.plus(lease)));
                    }
                }
                return claims;
            } catch (SQLException failure) {
                throw new DatabaseTrouble(failure);
            }
        });
    }

    /** Keeps the claims for another {@code lease}; those that were lost meanwhile stay lost. */
    public void extend(Collection<Claim> claims, Duration lease) {
        database.run(transaction -> {
            var connection = transaction.sql().getConnection();
            try (var extend = connection.prepareStatement("""
                    update store.work w set run_at = ? from unnest(?::bigint[], ?::bigint[]) as u(id, fence) where w.id = u.id and w.fence = u.fence and claimed_by is not null""")) {
                extend.setTimestamp(1, Timestamp.from(clock.instant().plus(lease)));
                extend.setArray(2, connection.createArrayOf("bigint", claims.stream().map(Claim::id).toArray()));
                extend.setArray(3, connection.createArrayOf("bigint", claims.stream().map(Claim::fence).toArray()));
                extend.executeUpdate();
            } catch (SQLException failure) {
                throw new DatabaseTrouble(failure);
            }
        });
    }

    /** Calls {@code listener} after this server committed new work; a hint, other servers' work is seen by looking. */
    public void onNews(Runnable listener) {
        listeners.add(listener);
    }

    void news() {
        listeners.forEach(Runnable::run);
    }
}
