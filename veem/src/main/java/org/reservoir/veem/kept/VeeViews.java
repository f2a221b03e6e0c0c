package org.reservoir.veem.kept;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.DatabaseFailure;

/**
 * VEEs as their users see them, kept with the version of their row, so that a long list reads again only what has changed: making a VEE of its
 * row costs ten times as much as finding that the row is still the same. The database alone decides which rows a list has and which version is
 * in force; a VEE that has not changed is given as the same object.
 */
public final class VeeViews {
    private static final int MOST = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<VeeId, Seen> seen = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<VeeId, Seen> eldest) {
            return size() > MOST;
        }
    };

    /**
     * @param writer     the transaction that wrote the row: PostgreSQL's {@code xmin}
     * @param generation tells rows apart even where a database that took over has used a transaction's number again
     */
    private record Version(VeeId vee, long writer, long generation) {}

    private record Seen(Version version, Vee vee) {}

    /** Those for which {@code condition}, an SQL condition with {@code ?} parameters, an order and a limit, holds. */
    public List<Vee> query(Handle sql, String condition, Object... parameters) {
        var versions = versions(sql, condition, parameters);
        var known = known(versions);
        var missing = new ArrayList<VeeId>();
        for (int i = 0; i < known.size(); i++) {
            if (known.get(i) == null) {
                missing.add(versions.get(i).vee());
            }
        }
        return missing.isEmpty() ? known : completed(sql, versions, known, missing);
    }

    private static List<Version> versions(Handle sql, String condition, Object... parameters) {
        try (var select = sql.getConnection().prepareStatement("select id, xmin, generation from veem.vee where " + condition)) {
            VeeTable.bind(select, parameters);
            try (var rows = select.executeQuery()) {
                var versions = new ArrayList<Version>();
                while (rows.next()) {
                    versions.add(new Version(new VeeId(rows.getLong(1)), rows.getLong(2), rows.getLong(3)));
                }
                return versions;
            }
        } catch (SQLException failure) {
            throw new DatabaseFailure(failure);
        }
    }

    /** In the same order; {@code null} for those that have to be read. */
    private List<Vee> known(List<Version> versions) {
        lock.lock();
        try {
            var known = new ArrayList<Vee>(versions.size());
            for (var version : versions) {
                var last = seen.get(version.vee());
                known.add(last != null && last.version().equals(version) ? last.vee() : null);
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    /** One that has changed in between is given as it is now; what is kept of it under the version before is asked for by nobody any more. */
    private List<Vee> completed(Handle sql, List<Version> versions, List<Vee> known, List<VeeId> missing) {
        var read = VeeTable.find(sql, missing);
        lock.lock();
        try {
            for (int i = 0; i < known.size(); i++) {
                var record = known.get(i) == null ? read.get(versions.get(i).vee()) : null;
                if (record != null) {
                    known.set(i, record.view());
                    seen.put(record.id(), new Seen(versions.get(i), known.get(i)));
                }
            }
        } finally {
            lock.unlock();
        }
        return known.stream().filter(Objects::nonNull).toList();
    }
}
