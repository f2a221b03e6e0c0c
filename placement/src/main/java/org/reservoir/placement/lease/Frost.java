package org.reservoir.placement.lease;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.reservoir.placement.lease.LeaseRecord.PlannedRun;
import org.reservoir.placement.lease.LeaseRecord.PlannedSlot;

/** Turns leases that are being planned into records and back. */
final class Frost {
    private final LeaseSite site;
    private final Map<Long, Integer> indices = new HashMap<>();
    private final Chronicle names;

    Frost(LeaseSite site) {
        this.site = site;
        this.names = new Chronicle(site);
        for (int h = 0; h < site.hosts().size(); h++) {
            indices.put(site.hosts().get(h).id(), h);
        }
    }

    int index(long host) {
        return indices.getOrDefault(host, -1);
    }

    LeaseRecord freeze(Lease lease) {
        var images = new HashMap<Integer, Long>();
        for (int node : lease.allNodes()) {
            if (lease.imageAt[node] >= 0) {
                images.put(node + 1, site.hosts().get(lease.imageAt[node]).id());
            }
        }
        return new LeaseRecord(lease.request(), lease.state(), lease.accumulated, lease.runs.stream().map(this::freeze).toList(), images,
                lease.firstStart == Reservation.NEVER ? OptionalLong.empty() : OptionalLong.of(lease.firstStart), lease.price, lease.reason);
    }

    private PlannedRun freeze(Run run) {
        return new PlannedRun(slot(run), run.before.stream().map(this::slot).toList(), run.after.stream().map(this::slot).toList());
    }

    private PlannedSlot slot(Reservation reservation) {
        return new PlannedSlot(names.slot(reservation, reservation.start, reservation.end), LeaseRecord.Phase.valueOf(reservation.phase.name()),
                reservation.listed() ? reservation.startKey.turn() : -1);
    }

    /** Leases with their runs put into the table in the order in which they were. */
    List<Lease> thaw(List<LeaseRecord> records, LeaseSettings settings, SlotTable table) {
        var listed = new TreeMap<Long, Reservation>();
        var leases = records.stream().map(record -> thaw(record, settings, listed)).toList();
        listed.values().forEach(table::add);
        return leases;
    }

    private Lease thaw(LeaseRecord record, LeaseSettings settings, Map<Long, Reservation> listed) {
        var lease = new Lease(record.request(), settings, site.memory());
        lease.reset(record.state());
        lease.accumulated = record.ran();
        lease.firstStart = record.start().orElse(Reservation.NEVER);
        lease.price = record.price();
        lease.reason = record.reason();
        record.images().forEach((node, host) -> lease.imageAt[node - 1] = index(host));
        lease.runs = new ArrayList<>(record.runs().stream().map(run -> thaw(lease, run, listed)).toList());
        lease.foresee();
        return lease;
    }

    private Run thaw(Lease lease, PlannedRun planned, Map<Long, Reservation> listed) {
        var slot = planned.run().slot();
        var hostOf = new int[lease.size()];
        for (int i = 0; i < slot.nodes().size(); i++) {
            hostOf[slot.nodes().get(i) - 1] = index(slot.hosts().get(i));
        }
        var run = RunLayout.run(lease, slot.start(), slot.until(), hostOf);
        list(run, planned.run(), listed);
        planned.before().forEach(step -> run.before.add(thaw(run, step, listed)));
        planned.after().forEach(step -> run.after.add(thaw(run, step, listed)));
        return run;
    }

    private Run.Step thaw(Run run, PlannedSlot planned, Map<Long, Reservation> listed) {
        var slot = planned.slot();
        var nodes = slot.nodes().stream().mapToInt(node -> node - 1).toArray();
        var from = slot.from().stream().mapToInt(host -> index(host)).toArray();
        var step = slot.kind() == SlotKind.MOVE ? RunLayout.move(run, slot.start(), slot.until(), nodes, from) : RunLayout.step(slot.kind(), run, slot.start(), slot.until(), nodes);
        list(step, planned, listed);
        return step;
    }

    private static void list(Reservation reservation, PlannedSlot planned, Map<Long, Reservation> listed) {
        reservation.phase = Reservation.Phase.valueOf(planned.phase().name());
        if (planned.turn() >= 0) {
            listed.put(planned.turn(), reservation);
        }
    }
}
