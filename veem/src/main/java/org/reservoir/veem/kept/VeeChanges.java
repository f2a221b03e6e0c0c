package org.reservoir.veem.kept;

import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

import org.jdbi.v3.core.Handle;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.DatabaseFailure;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Together;

/**
 * Which VEEs have changed, as the site database tells when it is asked, whoever changed them: each row bears the number of the transaction that wrote it, and what was in progress at one look is
 * looked at again at the next. Changes are numbered by turns: looks at which there was something new. The turns of those that changed last are known; what was before them is forgotten, and counts as changed.
 */
final class VeeChanges {
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final String LOOK = "select stamp, pg_snapshot_xmin(pg_current_snapshot()), pg_postmaster_start_time() from veem.vee order by stamp desc limit 1";

    private final SiteDatabase database;
    private final int most;
    private final Together<Long> looks = new Together<>(PATIENCE, this::look);
    private final ReentrantLock lock = new ReentrantLock();
    /** The turn in which each changed last; the oldest first. */
    private final LinkedHashMap<VeeId, Long> named = new LinkedHashMap<>();
    /** What the last look found, which the next may find again. */
    private Map<VeeId, Long> found = Map.of();
    private long horizon;
    private OffsetDateTime server = Look.AT_NOTHING.server();
    private long turn;
    private long forgotten;

    /** @param most how many that changed last are known */
    VeeChanges(SiteDatabase database, int most) {
        this.database = database;
        this.most = most;
    }

    /**
     * @param newest     the last transaction that wrote a VEE
     * @param unfinished the oldest transaction in progress: what has a smaller number has been seen
     * @param server     when it was started, which tells it from others
     */
    private record Look(long newest, long unfinished, OffsetDateTime server) {
        /** As long as there is no VEE. */
        static final Look AT_NOTHING = new Look(-1, 0, OffsetDateTime.MIN);
    }

    /** Finds what was committed before it was called. */
    void catchUp() {
        looks.get();
    }

    /** The last turn, 0 before there is a VEE; what is read from now on is no older. */
    long turn() {
        lock.lock();
        try {
            if (turn > 0) {
                return turn;
            }
        } finally {
            lock.unlock();
        }
        return looks.get();
    }

    /** Whether the VEE, read after that turn, is known not to have changed at any look since. */
    boolean unchanged(VeeId vee, long since) {
        lock.lock();
        try {
            return named.getOrDefault(vee, forgotten) <= since;
        } finally {
            lock.unlock();
        }
    }

    /** Those that changed after that turn; nothing when it is too long ago to know. */
    Optional<Set<VeeId>> since(long turn) {
        lock.lock();
        try {
            if (turn < forgotten) {
                return Optional.empty();
            }
            var changed = new HashSet<VeeId>();
            for (var each : named.sequencedEntrySet().reversed()) {
                if (each.getValue() <= turn) {
                    break;
                }
                changed.add(each.getKey());
            }
            return Optional.of(changed);
        } finally {
            lock.unlock();
        }
    }

    private long look() {
        return database.read(sql -> {
            var look = now(sql);
            var from = from(look);
            if (from.isEmpty()) {
                return begin(look);
            }
            return note(look, look.newest() < from.get() ? Map.of() : changed(sql, from.get()));
        });
    }

    /** From which transaction on rows are to be looked at; nothing when it is another server, or one that counts anew. */
    private Optional<Long> from(Look look) {
        lock.lock();
        try {
            return look.server().equals(server) && look.unfinished() >= horizon ? Optional.of(horizon) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private static Look now(Handle sql) {
        try (var select = sql.getConnection().prepareStatement(LOOK); var row = select.executeQuery()) {
            return row.next() ? new Look(row.getLong(1), row.getLong(2), row.getObject(3, OffsetDateTime.class)) : Look.AT_NOTHING;
        } catch (SQLException failure) {
            throw new DatabaseFailure(failure);
        }
    }

    /** One more than can be kept, when there are more. */
    private Map<VeeId, Long> changed(Handle sql, long from) {
        try (var select = sql.getConnection().prepareStatement("select id, stamp from veem.vee where stamp >= ? order by stamp limit ?")) {
            select.setLong(1, from);
            select.setInt(2, most + 1);
            try (var rows = select.executeQuery()) {
                var changed = new HashMap<VeeId, Long>();
                while (rows.next()) {
                    changed.put(new VeeId(rows.getLong(1)), rows.getLong(2));
                }
                return changed;
            }
        } catch (SQLException failure) {
            throw new DatabaseFailure(failure);
        }
    }

    private long begin(Look look) {
        lock.lock();
        try {
            server = look.server();
            horizon = look.unfinished();
            return forget();
        } finally {
            lock.unlock();
        }
    }

    private long note(Look look, Map<VeeId, Long> changed) {
        lock.lock();
        try {
            horizon = Math.max(horizon, look.unfinished());
            if (changed.size() > most) {
                return forget();
            }
            var fresh = changed.entrySet().stream().filter(row -> !row.getValue().equals(found.get(row.getKey()))).map(Map.Entry::getKey).toList();
            found = changed;
            if (!fresh.isEmpty()) {
                turn++;
                fresh.forEach(this::name);
            }
            return turn;
        } finally {
            lock.unlock();
        }
    }

    private void name(VeeId vee) {
        named.remove(vee);
        named.put(vee, turn);
        if (named.size() > most) {
            forgotten = Math.max(forgotten, named.pollFirstEntry().getValue());
        }
    }

    private long forget() {
        found = Map.of();
        named.clear();
        turn++;
        forgotten = turn;
        return turn;
    }
}
