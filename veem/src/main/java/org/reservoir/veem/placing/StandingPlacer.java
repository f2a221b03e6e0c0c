package org.reservoir.veem.placing;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.placement.Amounts;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Demand;
import org.reservoir.placement.Placer;
import org.reservoir.placement.Resource;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.VeeView;
import org.reservoir.store.DatabaseFailure;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.LeaseTable;

/**
 * A placer that is kept from cycle to cycle and told what has changed since, so that a cycle costs what has changed and not what
 * there is. Every write of a VEE stamps its row with the number of the writing transaction ({@code stamp}). All numbers below the oldest
 * transaction still running are finished, so rows stamped from there on are all that may have changed when it is asked next: nothing
 * is missed, whoever wrote it, and some is read twice. Used under the lock of {@link PlacementView}.
 */
final class StandingPlacer {
    private static final String COLUMNS = """
            select id, coalesce(destination, host), case when state = 'STOPPED' then 0 else cpu end, case when state = 'STOPPED' then 0 else memory end, disk,
                   case when affinity is null and licences is null then null else spec end
            from veem.vee where\s""";
    /** So many notes more than there are VEEs, and the placer, which forgets nothing, begins anew. */
    private static final int SLACK = 200_000;

    private final Map<Long, VeeView> placed = new HashMap<>();
    private final Map<Long, Set<Constraint>> constraints = new HashMap<>();
    private List<HostTable.HostRecord> hosts = List.of();
    private Set<Constraint> inForce = Set.of();
    private Optional<Placer> placer = Optional.empty();
    private long horizon = -1;
    private int notes;

    /** The placer as the site is now. @param wanted constraints that the demands of this cycle need besides */
    Placer of(Handle sql, List<HostTable.HostRecord> known, Set<Constraint> wanted) {
        var changed = read(sql);
        changed.addAll(readHeld(sql));
        if (placer.isEmpty() || known != hosts || !inForce.containsAll(wanted) || constraints.values().stream().anyMatch(set -> !inForce.containsAll(set))
                || notes > placed.size() + SLACK) {
            hosts = known;
            open(wanted);
        } else {
            changed.forEach(this::tell);
        }
        return placer.get();
    }

    private void open(Set<Constraint> wanted) {
        inForce = new HashSet<>(wanted);
        constraints.values().forEach(inForce::addAll);
        var known = new HashSet<Long>();
        hosts.forEach(host -> known.add(host.id().value()));
        var there = placed.values().stream().filter(vee -> known.contains(vee.host())).toList();
        placer = Optional.of(Placer.open(new Snapshot(Resource.USUAL, hosts.stream().map(PlacementView::view).toList(), there, List.copyOf(inForce))));
        notes = there.size();
    }

    /**
     * What leases will need of a host stands there as one VEE more, whose number is the host's made negative.
     * @return which of them have changed
     */
    private Set<Long> readHeld(Handle sql) {
        var now = new HashMap<Long, VeeView>();
        LeaseTable.held(sql).forEach((host, held) -> now.put(-host.value(),
                new VeeView(Demand.of(-host.value(), Amounts.of(held.cpu().milli(), held.memory().bytes(), held.disk().bytes())), host.value())));
        var changed = new HashSet<Long>();
        placed.keySet().stream().filter(id -> id < 0 && !now.containsKey(id)).forEach(changed::add);
        placed.keySet().removeAll(changed);
        now.forEach((id, view) -> {
            if (!view.equals(placed.put(id, view))) {
                changed.add(id);
            }
        });
        return changed;
    }

    private void tell(long vee) {
        where(vee).ifPresentOrElse(placer.orElseThrow()::note, () -> placer.orElseThrow().forget(vee));
        notes++;
    }

    /** Where the VEE was at the last reading. */
    Optional<VeeView> where(long vee) {
        return Optional.ofNullable(placed.get(vee));
    }

    /** Reads what may have changed; everything the first time. @return which VEEs */
    private Set<Long> read(Handle sql) {
        long next = sql.createQuery("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint").mapTo(Long.class).one();
        var changed = new HashSet<Long>();
        try (var select = sql.getConnection().prepareStatement(COLUMNS + (horizon < 0 ? "host is not null" : "stamp >= ?"))) {
            if (horizon >= 0) {
                select.setLong(1, horizon);
            }
            try (var rows = select.executeQuery()) {
                while (rows.next()) {
                    changed.add(enter(rows));
                }
            }
        } catch (SQLException failure) {
            throw new DatabaseFailure(failure);
        }
        horizon = next;
        return changed;
    }

    /** A VEE that migrates is counted at its destination, where it needs the room. */
    private long enter(ResultSet row) throws SQLException {
        long vee = row.getLong(1);
        long host = row.getLong(2);
        var nowhere = row.wasNull();
        constraints.remove(vee);
        if (nowhere) {
            placed.remove(vee);
            return vee;
        }
        var spec = row.getString(6);
        var binding = new HashSet<Constraint>();
        var groups = spec == null ? Set.<String>of() : Wishes.groups(Wire.read(spec, VeeSpec.class).placement(), binding);
        if (!binding.isEmpty()) {
            constraints.put(vee, binding);
        }
        placed.put(vee, new VeeView(new Demand(vee, Amounts.of(row.getLong(3), row.getLong(4), row.getLong(5)), Optional.empty(), Optional.empty(), groups), host));
        return vee;
    }
}
