package org.reservoir.placement.lease;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.reservoir.placement.lease.RunPlanner.Planned;
import org.reservoir.placement.lease.RunPlanner.Search;

/** Leases with a deadline that are planned anew, to fit one more in: those with the least slack first, and no more of them than the new one touches. */
final class Replanning {
    private final SlotTable table;
    private final RunPlanner planner;
    private final DeadlinePlanner deadlines;
    private final long floor;
    private final long now;
    /** The runs that leases had before. */
    private final Map<Lease, List<Run>> before = new HashMap<>();
    private final Set<Lease> done = new LinkedHashSet<>();
    private final Set<Integer> touched = new TreeSet<>();
    private long touchedUntil;

    /** @param floor before which nothing is planned */
    Replanning(SlotTable table, RunPlanner planner, DeadlinePlanner deadlines, long floor, long now) {
        this.table = table;
        this.planner = planner;
        this.deadlines = deadlines;
        this.floor = floor;
        this.now = now;
        this.touchedUntil = floor;
    }

    /** Plans a lease and all others with a deadline that have not begun. @return its run, taken out again for the caller to commit; empty when some lease would be late */
    Optional<Planned> with(Lease lease) {
        for (var each : table.from(floor)) {
            if (each instanceof Run run && run.lease.kind() == LeaseKind.DEADLINE && run.notBegun()) {
                before.computeIfAbsent(run.lease, _ -> new ArrayList<>()).add(run);
            }
        }
        var all = new LinkedHashSet<>(before.keySet());
        all.add(lease);
        var attempt = Attempt.begin(table, all);
        before.values().forEach(runs -> runs.forEach(planner::cancel));
        if (!replan(lease, DeadlinePlanner.bySlack(all, each -> (DeadlinePlanner.deadline(each) - floor) / (double) each.remainingAt(now)))) {
            attempt.giveUp();
            return Optional.empty();
        }
        attempt.keep();
        var run = lease.runs.removeLast();
        planner.take(run);
        return Optional.of(new Planned(run, List.of()));
    }

    private boolean replan(Lease wanted, List<Lease> order) {
        for (var lease : order) {
            if (!replan(lease)) {
                return false;
            }
            if (lease == wanted) {
                break;
            }
        }
        var rest = order.stream().filter(lease -> !done.contains(lease)).toList();
        untouched(rest).forEach(this::restore);
        var left = rest.stream().filter(lease -> !done.contains(lease)).toList();
        for (var lease : left) {
            if (firstStart(left) > touchedUntil) {
                break;
            }
            if (!replan(lease)) {
                return false;
            }
        }
        left.stream().filter(lease -> !done.contains(lease)).forEach(this::restore);
        return true;
    }

    private boolean replan(Lease lease) {
        boolean suspends = lease.lastSuspends();
        boolean resuming = suspends || lease.state().isSuspended();
        long from = suspends ? Math.max(lease.lastRun().finalEnd(), floor) : floor;
        var search = new Search(lease.remainingAt(from), Math.max(DeadlinePlanner.start(lease), from), true, resuming, DeadlinePlanner.deadline(lease), Optional.empty());
        var planned = deadlines.meeting(lease, search, now);
        planned.ifPresent(it -> {
            touchedUntil = Math.max(touchedUntil, it.run().end);
            for (int host : it.run().hosts) {
                touched.add(host);
            }
            deadlines.commit(lease, it.run());
            done.add(lease);
        });
        return planned.isPresent();
    }

    private void restore(Lease lease) {
        before.get(lease).forEach(run -> deadlines.commit(lease, run));
        done.add(lease);
    }

    /** Leases whose hosts the new plan does not touch, not even by way of others. */
    private List<Lease> untouched(List<Lease> leases) {
        boolean spread = true;
        while (spread) {
            spread = false;
            for (var lease : leases) {
                var hosts = hostsBefore(lease);
                if (hosts.stream().anyMatch(touched::contains)) {
                    spread |= touched.addAll(hosts);
                }
            }
        }
        return leases.stream().filter(lease -> hostsBefore(lease).stream().noneMatch(touched::contains)).toList();
    }

    private Set<Integer> hostsBefore(Lease lease) {
        var hosts = new TreeSet<Integer>();
        before.get(lease).forEach(run -> Arrays.stream(run.hosts).forEach(hosts::add));
        return hosts;
    }

    private long firstStart(List<Lease> leases) {
        return leases.stream().filter(lease -> !done.contains(lease)).flatMap(lease -> before.get(lease).stream()).mapToLong(run -> run.start).min().orElse(Reservation.NEVER);
    }
}
