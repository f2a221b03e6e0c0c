package org.reservoir.veem.kept;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.DatabaseFailure;
import org.reservoir.store.SiteDatabase;

/**
 * VEEs and lists of them as their users saw them last, so that only what has changed is read again: making a VEE of its row costs ten times as much as finding that the row is still the same, and
 * to find that none of a list's rows has changed costs as much as one row. The site database alone decides what is in force, at each asking; a VEE that has not changed is given as the same object, and so is
 * a list.
 */
public final class VeeViews {
    private static final int VEES = 10_000;
    private static final int LISTS = 64;
    /** A shorter list costs no more than asking whether it has changed. */
    static final int LONG = 50;
    /** Of which part of a list at most what has changed is read by itself. */
    private static final double FEW = 0.25;

    private final SiteDatabase database;
    private final VeeChanges changes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<VeeId, Seen> seen = new Kept<>(VEES);
    private final Map<Asked, Listed> lists = new Kept<>(LISTS);

    public VeeViews(SiteDatabase database) {
        this(database, VEES);
    }

    VeeViews(SiteDatabase database, int changesKnown) {
        this.database = database;
        this.changes = new VeeChanges(database, changesKnown);
    }

    private static final class Kept<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1;

        private final int most;

        Kept(int most) {
            super(64, 0.75f, true);
            this.most = most;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > most;
        }
    }

    /** @param stamp the transaction that wrote the row */
    private record Version(VeeId vee, long stamp) {}

    /** @param turn of the changes, before it was read */
    private record Seen(Version version, Vee vee, long turn) {}

    /** An SQL condition with {@code ?} parameters. */
    private record Asked(String condition, List<Object> parameters, int most) {
        boolean isFull(int size) {
            return size >= most;
        }
    }

    private record Listed(List<Vee> vees, long turn) {}

    /** @return nothing when there is none */
    public Optional<Vee> one(VeeId vee) {
        if (seen(vee) != null) {
            changes.catchUp();
            var last = seen(vee);
            if (last != null && changes.unchanged(vee, last.turn())) {
                return Optional.of(last.vee());
            }
        }
        return read(new Asked("id = ?", List.of(vee.value()), 1)).vees().stream().findFirst();
    }

    private Seen seen(VeeId vee) {
        lock.lock();
        try {
            return seen.get(vee);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Those for which {@code condition}, an SQL condition with {@code ?} parameters on the row alone, holds, by their numbers.
     *
     * @return cannot be changed
     */
    public List<Vee> list(String condition, int most, List<Object> parameters) {
        var asked = new Asked(condition, List.copyOf(parameters), most);
        var now = kept(asked).flatMap(_ -> caughtUp(asked)).orElseGet(() -> read(asked));
        if (now.vees().size() >= LONG) {
            keep(asked, now);
        }
        return now.vees();
    }

    private void keep(Asked asked, Listed now) {
        lock.lock();
        try {
            lists.put(asked, now);
        } finally {
            lock.unlock();
        }
    }

    private Optional<Listed> kept(Asked asked) {
        lock.lock();
        try {
            return Optional.ofNullable(lists.get(asked));
        } finally {
            lock.unlock();
        }
    }

    /** The list as it was, with what has changed since; nothing when it is better read as a whole. */
    private Optional<Listed> caughtUp(Asked asked) {
        changes.catchUp();
        var turn = changes.turn();
        return kept(asked).flatMap(last -> changes.since(last.turn()).flatMap(changed -> {
            if (changed.isEmpty()) {
                return Optional.of(last);
            }
            return changed.size() > last.vees().size() * FEW ? Optional.empty() : merged(asked, last, changed, turn);
        }));
    }

    /** Nothing when a list that is full loses some: what comes after its end is not known. */
    private Optional<Listed> merged(Asked asked, Listed last, Set<VeeId> changed, long turn) {
        var ids = changed.stream().mapToLong(VeeId::value).toArray();
        var parameters = Stream.concat(asked.parameters().stream(), Stream.of((Object) ids)).toList();
        var read = read(new Asked(asked.condition() + " and id = any (?)", parameters, changed.size())).vees();
        var full = asked.isFull(last.vees().size());
        var end = full ? last.vees().getLast().id().value() : Long.MAX_VALUE;
        var vees = Stream.concat(last.vees().stream().filter(vee -> !changed.contains(vee.id())), read.stream().filter(vee -> vee.id().value() <= end))
                .sorted(Comparator.comparingLong(vee -> vee.id().value())).limit(asked.most()).toList();
        return full && vees.size() < asked.most() ? Optional.empty() : Optional.of(new Listed(vees, turn));
    }

    private Listed read(Asked asked) {
        var turn = changes.turn();
        return database.read(sql -> {
            var versions = versions(sql, asked);
            var known = known(versions, turn);
            var missing = new ArrayList<VeeId>();
            for (int i = 0; i < known.size(); i++) {
                if (known.get(i) == null) {
                    missing.add(versions.get(i).vee());
                }
            }
            return new Listed(missing.isEmpty() ? List.copyOf(known) : completed(sql, versions, known, missing, turn), turn);
        });
    }

    private static List<Version> versions(Handle sql, Asked asked) {
        try (var select = sql.getConnection().prepareStatement("select id, stamp from veem.vee where " + asked.condition() + " order by id limit ?")) {
            VeeTable.bind(select, asked.parameters().toArray());
            select.setInt(asked.parameters().size() + 1, asked.most());
            try (var rows = select.executeQuery()) {
                var versions = new ArrayList<Version>();
                while (rows.next()) {
                    versions.add(new Version(new VeeId(rows.getLong(1)), rows.getLong(2)));
                }
                return versions;
            }
        } catch (SQLException failure) {
            throw new DatabaseFailure(failure);
        }
    }

    /** In the same order; {@code null} for those that have to be read. */
    private List<Vee> known(List<Version> versions, long turn) {
        lock.lock();
        try {
            var known = new ArrayList<Vee>(versions.size());
            for (var version : versions) {
                var last = seen.get(version.vee());
                var same = last != null && last.version().equals(version);
                known.add(same ? last.vee() : null);
                if (same && last.turn() < turn) {
                    seen.put(version.vee(), new Seen(version, last.vee(), turn));
                }
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    /** One that has changed in between is given as it is now; what is kept of it under the version before is asked for by nobody any more. */
    private List<Vee> completed(Handle sql, List<Version> versions, List<Vee> known, List<VeeId> missing, long turn) {
        var read = VeeTable.find(sql, missing);
        lock.lock();
        try {
            for (int i = 0; i < known.size(); i++) {
                var record = known.get(i) == null ? read.get(versions.get(i).vee()) : null;
                if (record != null) {
                    known.set(i, record.view());
                    seen.put(record.id(), new Seen(versions.get(i), known.get(i), turn));
                }
            }
        } finally {
            lock.unlock();
        }
        return known.stream().filter(Objects::nonNull).toList();
    }
}
