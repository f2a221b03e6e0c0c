package org.reservoir.placement.lease;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.reservoir.placement.lease.LeaseSettings.Migration;
import org.reservoir.placement.lease.LeaseSettings.Suspension;

/**
 * Finds the time and the hosts for one run of a lease, at an exact time or as soon as may be. It changes no plans but those it is told to ({@link #cancel},
 * {@link #preempt}); committing a run is its caller's.
 */
final class RunPlanner {
    /** @param preempted leases that have to make room for it */
    record Planned(Run run, List<Lease> preempted) {}

    /**
     * When and where to look.
     *
     * @param ahead    whether to look into the future when there is no room at {@code earliest}
     * @param deadline by when the run must be over; {@link Reservation#NEVER} for none
     * @param only     hosts that come into question; empty for all
     */
    record Search(long duration, long earliest, boolean ahead, boolean resuming, long deadline, Optional<int[]> only) {
        Search on(int[] hosts) {
            return new Search(duration, earliest, ahead, resuming, deadline, Optional.of(hosts));
        }
    }

    private record Fit(long start, Mapper.Mapping mapping) {}

    private final SlotTable table;
    private final LeaseSettings settings;
    private final Mapper mapper;
    private final RunLayout layout;
    /** Leases that hold a place in the future, found by looking ahead. */
    private final Set<Lease> waiting = new LinkedHashSet<>();

    RunPlanner(SlotTable table, LeaseSettings settings, Mapper mapper, RunLayout layout) {
        this.table = table;
        this.settings = settings;
        this.mapper = mapper;
        this.layout = layout;
    }

    Set<Lease> waiting() {
        return waiting;
    }

    boolean mayLookAhead() {
        return waiting.size() < settings.futureLeases();
    }

    RunLayout layout() {
        return layout;
    }

    /** At that time exactly, for that long. */
    Optional<Planned> exact(Lease lease, long start, long duration, Mapper.Victims victims) {
        long end = start + duration + layout.shutdownSeconds(lease);
        return mapper.map(lease, start, end, true, Optional.empty(), victims).map(mapping -> new Planned(layout.full(lease, start, end, mapping.hostOf()), mapping.preempted()));
    }

    /** As soon as may be, not before {@code search.earliest}. */
    Optional<Planned> soon(Lease lease, Search search) {
        long shutdown = layout.shutdownSeconds(lease);
        long whole = search.duration + (search.resuming ? lease.resumeSeconds() : 0) + shutdown;
        long latest = search.deadline == Reservation.NEVER ? Reservation.NEVER : search.deadline - search.duration;
        var now = search.earliest <= latest ? fit(lease, search, search.earliest, whole, shutdown) : Optional.<Fit>empty();
        if (now.isPresent()) {
            return now.map(fit -> lay(lease, search, fit));
        }
        if (!search.ahead) {
            return Optional.empty();
        }
        for (long time : changes(search.earliest)) {
            var later = time <= latest ? fit(lease, search, time, whole, shutdown) : Optional.<Fit>empty();
            if (later.isPresent()) {
                waiting.add(lease);
                return later.map(fit -> lay(lease, search, fit));
            }
        }
        return Optional.empty();
    }

    /** When hosts become free, from that time on. */
    private Iterable<Long> changes(long after) {
        var ending = table.endingAfter(after);
        var runs = new java.util.HashSet<Reservation>(ending);
        var times = new TreeSet<Long>();
        for (var each : ending) {
            if (each instanceof Run run) {
                times.add(run.finalEnd());
            } else if (each.kind == SlotKind.SHUTDOWN && !runs.contains(((Run.Step) each).run)) {
                times.add(each.end);
            }
        }
        return times;
    }

    private Optional<Fit> fit(Lease lease, Search search, long start, long whole, long shutdown) {
        boolean strict = lease.kind() != LeaseKind.BEST_EFFORT || !suspendable(lease);
        var mapping = search.resuming && settings.migration() == Migration.NO ? mapper.pinned(lease, RunLayout.imagesOf(lease), start, start + whole, strict)
                : mapper.map(lease, start, start + whole, strict, search.only, Mapper.Victims.NONE);
        return mapping.filter(it -> {
            long got = it.until() - start;
            return got >= whole || got >= threshold(lease, search.resuming) && whole - shutdown >= got && layout.leavesTime(lease, it.hostOf(), search.resuming, got);
        }).map(it -> new Fit(start, it));
    }

    boolean suspendable(Lease lease) {
        return settings.suspension() == Suspension.ALL || settings.suspension() == Suspension.SERIAL_ONLY && lease.size() == 1;
    }

    /** A lease that must be suspended soon is not begun unless it can run for that long. */
    private long threshold(Lease lease, boolean resuming) {
        if (settings.forcedThreshold().isPresent()) {
            return settings.forcedThreshold().getAsLong();
        }
        if (settings.suspension() == Suspension.NONE) {
            return 0;
        }
        long safe = lease.suspendSeconds() + (resuming ? lease.resumeSeconds() : 0);
        return safe + safe * settings.thresholdFactor();
    }

    private Planned lay(Lease lease, Search search, Fit fit) {
        return new Planned(layout.laid(lease, fit.start, fit.mapping, search.duration, search.resuming), fit.mapping.preempted());
    }

    void put(Run run) {
        run.before.forEach(table::add);
        table.add(run);
        run.after.forEach(table::add);
    }

    /** Takes a run out of the table, with all that belongs to it. */
    void take(Run run) {
        for (var step : run.before) {
            takeIfListed(step);
        }
        run.after.forEach(this::takeIfListed);
        takeIfListed(run);
    }

    private void takeIfListed(Reservation reservation) {
        if (reservation.listed()) {
            table.remove(reservation);
        }
    }

    /** Gives up a run of a lease. */
    void cancel(Run run) {
        waiting.remove(run.lease);
        take(run);
        run.lease.runs.remove(run);
    }

    /**
     * Whether a run that is planned or under way can be suspended by that time.
     *
     * @param since from when on it must have run long enough to make it worth the while
     * @param now   before which nothing can be done any more
     */
    boolean canSuspendBy(Lease lease, long time, long since, long now) {
        var run = lease.runAt(time);
        if (run == null || time <= run.start || time > run.end || time - Math.max(run.start, since) < threshold(lease, false)) {
            return false;
        }
        return layout.suspensionStart(run, time) >= Math.max(run.start, now);
    }

    /** Has a run that is planned or under way suspended by that time. @return for how long it is being suspended */
    long preempt(Run run, long time) {
        run.after.forEach(table::remove);
        table.remove(run);
        layout.suspendBy(run, time);
        table.add(run);
        run.after.forEach(table::add);
        return run.finalEnd() - run.end;
    }

    /** When all of a lease could run for its whole time without disturbing others, from that time on; empty if never. */
    OptionalLong earliest(Lease lease, long from) {
        var times = new TreeSet<Long>(List.of(from));
        changes(from).forEach(times::add);
        return times.stream().mapToLong(Long::longValue).filter(time -> exact(lease, time, lease.request().duration(), Mapper.Victims.NONE).isPresent()).findFirst();
    }

    /** How many of a lease's nodes could run at that time for its whole duration. */
    int most(Lease lease, long start) {
        int some = 0;
        int tooMany = lease.size() + 1;
        while (tooMany - some > 1) {
            int half = (some + tooMany) / 2;
            if (exact(lease.first(half), start, lease.request().duration(), Mapper.Victims.NONE).isPresent()) {
                some = half;
            } else {
                tooMany = half;
            }
        }
        return some;
    }
}
