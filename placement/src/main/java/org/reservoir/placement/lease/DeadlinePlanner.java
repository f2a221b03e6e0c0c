package org.reservoir.placement.lease;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.reservoir.placement.lease.LeaseSettings.Suspension;
import org.reservoir.placement.lease.RunPlanner.Planned;
import org.reservoir.placement.lease.RunPlanner.Search;

/**
 * Leases that must be done by a deadline: tried at their start when that is tight, then as soon as may be, then by planning all such leases that have not begun anew,
 * those with the least slack first. No plan is changed unless every lease still meets its deadline.
 */
final class DeadlinePlanner {
    private static final double TIGHT = 2;

    private final SlotTable table;
    private final LeaseSettings settings;
    private final RunPlanner planner;
    /** Runs under way that were given up to begin anew later. */
    private final List<Run> killed = new ArrayList<>();

    DeadlinePlanner(SlotTable table, LeaseSettings settings, RunPlanner planner) {
        this.table = table;
        this.settings = settings;
        this.planner = planner;
    }

    List<Run> killed() {
        return killed;
    }

    static long start(Lease lease) {
        return ((LeaseRequest.Start.At) lease.request().start()).time();
    }

    static long deadline(Lease lease) {
        return lease.request().deadline().getAsLong();
    }

    /** @param victims that might make room, the readiest last */
    Optional<Planned> plan(Lease lease, long now, List<Lease> victims) {
        long floor = Math.max(now, start(lease));
        double slack = (deadline(lease) - start(lease)) / (double) lease.request().duration();
        boolean inTime = start(lease) + lease.request().duration() <= deadline(lease);
        if (slack <= TIGHT && start(lease) >= now && inTime) {
            var exact = exact(lease, start(lease), now, victims);
            if (exact.isPresent()) {
                return exact;
            }
        }
        var soon = meeting(lease, new Search(lease.remaining(), floor, true, false, deadline(lease), Optional.empty()), now);
        return soon.isPresent() ? soon : new Replanning(table, planner, this, floor, now).with(lease);
    }

    /** At its start; leases with a deadline are moved out of its way. */
    Optional<Planned> exact(Lease lease, long start, long now, List<Lease> victims) {
        long end = start + lease.remaining() + planner.layout().shutdownSeconds(lease);
        var attempt = Attempt.begin(table, victims);
        var planned = planner.exact(lease, start, lease.remaining(), new Mapper.Victims() {
            @Override
            public List<Lease> candidates() {
                return victims;
            }

            @Override
            public boolean take(Lease victim) {
                return makesRoom(victim, start, end, now);
            }
        });
        if (planned.isEmpty()) {
            attempt.giveUp();
            killed.clear();
            return planned;
        }
        attempt.keep();
        return planned.map(it -> new Planned(it.run(), List.of()));
    }

    /** The work is what must be done by the deadline; shutting down may come after it. */
    private static boolean meets(Run run, long duration, long deadline) {
        return run.end - run.start == duration && run.end <= deadline;
    }

    /** A run that meets the search's deadline, with the moves of images that it needs. */
    Optional<Planned> meeting(Lease lease, Search search, long now) {
        if (search.deadline() - search.duration() < search.earliest()) {
            return Optional.empty();
        }
        var planned = planner.soon(lease, search).filter(it -> meets(it.run(), search.duration(), search.deadline()));
        if (!search.resuming() || planned.isEmpty() || planner.layout().moveImages(planned.get().run(), now)) {
            return planned;
        }
        var home = search.on(RunLayout.imageHosts(lease));
        return planner.soon(lease, home).filter(it -> meets(it.run(), search.duration(), search.deadline()) && planner.layout().moveImages(it.run(), now));
    }

    static List<Lease> bySlack(Set<Lease> leases, ToDoubleFunction<Lease> slack) {
        return leases.stream().sorted(Comparator.comparingDouble(slack).thenComparing(LeaseView::id)).toList();
    }

    void commit(Lease lease, Run run) {
        lease.append(run);
        planner.put(run);
    }

    /** Plans the rest of a lease that has begun, as soon as may be. @return whether its deadline can still be met */
    boolean goOn(Lease lease, long now) {
        boolean resuming = lease.lastSuspends() || lease.state().isSuspended();
        if (!resuming) {
            return true;
        }
        long from = Math.max(now, lease.lastSuspends() ? lease.lastRun().finalEnd() : now);
        var planned = meeting(lease, new Search(lease.remainingAt(from), from, true, true, deadline(lease), Optional.empty()), now);
        planned.ifPresent(it -> commit(lease, it.run()));
        return planned.isPresent();
    }

    /** Whether a lease can be moved out of that time, and does so: suspended before it or begun after it, and done by its deadline all the same. */
    private boolean makesRoom(Lease victim, long from, long until, long now) {
        var attempt = Attempt.begin(table, List.of(victim));
        int kills = killed.size();
        if (outOfTheWay(victim, from, until, now)) {
            attempt.keep();
            return true;
        }
        attempt.giveUp();
        killed.subList(kills, killed.size()).clear();
        return false;
    }

    private boolean outOfTheWay(Lease victim, long from, long until, long now) {
        var run = victim.runAt(from);
        var later = victim.runsAfter(from);
        boolean suspend = settings.suspension() != Suspension.NONE && planner.suspendable(victim) && planner.canSuspendBy(victim, from, now, now);
        long remaining = victim.remainingAt(run == null || suspend ? from : run.start);
        if (run != null && !suspend && !giveUp(victim, run)) {
            return false;
        }
        if (suspend) {
            remaining += planner.preempt(run, from);
        }
        later.forEach(planner::cancel);
        boolean resuming = victim.lastSuspends();
        var search = new Search(remaining, Math.max(start(victim), until), true, resuming, deadline(victim), Optional.empty());
        var planned = meeting(victim, search, now);
        planned.ifPresent(it -> commit(victim, it.run()));
        if (planned.isPresent() && victim.is(LeaseState.SCHEDULED)) {
            victim.reset(LeaseState.READY);
        }
        return planned.isPresent();
    }

    /** @return false when that would lose what was suspended and resumed before, or cannot be any more */
    private boolean giveUp(Lease victim, Run run) {
        boolean running = run.phase == Reservation.Phase.ACTIVE;
        if (running ? run.resumes() : !run.notBegun()) {
            return false;
        }
        planner.cancel(run);
        if (running) {
            killed.add(run);
            victim.reset(LeaseState.READY);
        }
        return true;
    }

    /** After a lease has ended early: leases that could use what it leaves are moved forward, into it. */
    void fillGap(Lease ended, long now) {
        long free = ended.remaining();
        long until = now + free;
        var late = new LinkedHashSet<Lease>();
        for (var each : table.startingAfter(now)) {
            if (each instanceof Run run && movable(run) && fitsGap(run.lease, ended, until, free)) {
                late.add(run.lease);
            }
        }
        long left = ended.size() * free;
        for (var lease : bySlack(late, each -> (deadline(each) - now) / (double) each.request().duration())) {
            long takes = lease.size() * lease.request().duration();
            if (takes <= left && moveInto(lease, until, now)) {
                left -= takes;
            }
        }
    }

    private static boolean movable(Run run) {
        return run.lease.kind() == LeaseKind.DEADLINE && run.lease.is(LeaseState.SCHEDULED, LeaseState.READY) && !run.suspends() && !run.resumes() && run.start != start(run.lease);
    }

    private static boolean fitsGap(Lease lease, Lease ended, long until, long free) {
        return lease.size() <= ended.size() && start(lease) <= until && lease.request().duration() <= Math.min(free, until - start(lease));
    }

    private boolean moveInto(Lease lease, long until, long now) {
        var attempt = Attempt.begin(table, List.of(lease));
        List.copyOf(lease.runs).stream().filter(run -> run.listed() && run.start > now && movable(run)).forEach(planner::cancel);
        var planned = meeting(lease, new Search(lease.request().duration(), Math.max(start(lease), now), true, false, until, Optional.empty()), now);
        if (planned.isEmpty()) {
            attempt.giveUp();
            return false;
        }
        commit(lease, planned.get().run());
        attempt.keep();
        return true;
    }
}
