package org.reservoir.placement.lease;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.reservoir.placement.lease.LogEntry.What;
import org.reservoir.placement.lease.Reservation.Phase;

/**
 * Brings leases through time: what ends and starts at a moment, what arrives then, what has to be planned. One turn is one moment; the same turns serve the simulation
 * and the book that real VEEs follow.
 */
final class LeaseEngine {
    final LeasePlanner planner;
    private final LeaseSite site;
    private final LeaseSettings settings;
    private final SlotTable table;
    private final Chronicle chronicle;
    private long now;

    LeaseEngine(LeaseSite site, LeaseSettings settings, LeasePolicies policies) {
        this.site = site;
        this.settings = settings;
        this.planner = new LeasePlanner(site, settings, policies);
        this.table = planner.table;
        this.chronicle = planner.chronicle;
    }

    /** Leases that have ended, in whatever way, in that order. */
    List<Lease> over() {
        return planner.over;
    }

    Collection<Lease> leases() {
        return planner.leases.values();
    }

    /** One moment: what is done early, what ends, what starts, what arrives, what is planned, and what starts and ends because of that. */
    void turn(long now, List<LeaseRequest> arrivals) {
        due(now);
        arrive(arrivals, now);
        planner.planQueue(now);
        startDue(now);
        endDue(now);
    }

    /** What ends and starts at that moment. */
    void due(long now) {
        this.now = now;
        table.doneAt(now).forEach(run -> endEarly(run.lease, now));
        endDue(now);
        startDue(now);
    }

    private void arrive(List<LeaseRequest> arrivals, long now) {
        var admitted = new ArrayList<Lease>();
        for (var request : arrivals) {
            var lease = new Lease(request, settings, site.memory());
            if (planner.admit(lease, now)) {
                admitted.add(lease);
            }
        }
        planner.planArrivals(admitted, now);
    }

    /** When the next turn is due by itself; {@link Reservation#NEVER} if nothing is to come. */
    long nextTurn(long now) {
        return Math.min(table.nextChange(now), table.nextDone(now));
    }

    private void startDue(long now) {
        for (var each : table.startingAt(now)) {
            if (each.phase == Phase.SCHEDULED && each.listed()) {
                each.phase = Phase.ACTIVE;
                switch (each) {
                    case Run run -> startRun(run, now);
                    case Run.Step step -> startStep(step, now);
                }
            }
        }
    }

    private void startRun(Run run, long now) {
        var lease = run.lease;
        boolean begins = lease.is(LeaseState.READY);
        if (begins) {
            lease.firstStart = now;
        }
        lease.become(LeaseState.ACTIVE);
        planner.runs.waiting().remove(lease);
        chronicle.note(now, lease, begins ? What.STARTED : What.CONTINUED, run);
    }

    private void startStep(Run.Step step, long now) {
        var lease = step.lease;
        switch (step.kind) {
            case SUSPEND -> {
                for (int node : step.nodes) {
                    lease.imageAt[node] = step.run.hostOf[node];
                }
                if (Run.isFirst(step)) {
                    lease.become(LeaseState.SUSPENDING);
                }
                chronicle.note(now, lease, What.SUSPENDING, step);
            }
            case MOVE -> chronicle.note(now, lease, What.MOVING, step);
            case RESUME -> {
                if (Run.isFirst(step)) {
                    lease.become(LeaseState.RESUMING);
                }
                chronicle.note(now, lease, What.RESUMING, step);
            }
            case SHUTDOWN -> chronicle.note(now, lease, What.SHUTTING_DOWN, step);
            case RUN -> throw new IllegalStateException("A run is no step: %s".formatted(step));
        }
    }

    private void endDue(long now) {
        for (var each : table.endingAt(now)) {
            if (each.phase == Phase.ACTIVE && each.listed()) {
                table.remove(each);
                switch (each) {
                    case Run run -> endRun(run, now);
                    case Run.Step step -> endStep(step, now);
                }
            }
        }
    }

    private void endRun(Run run, long now) {
        run.lease.accumulated += now - run.start;
        run.phase = Phase.DONE;
        chronicle.over(run, now);
        chronicle.note(now, run.lease, What.STOPPED, run);
    }

    private void endStep(Run.Step step, long now) {
        var lease = step.lease;
        step.phase = Phase.DONE;
        chronicle.over(step, now);
        switch (step.kind) {
            case SUSPEND -> {
                if (Run.isLast(step)) {
                    suspended(lease, now);
                }
            }
            case MOVE -> {
                for (int node : step.nodes) {
                    lease.imageAt[node] = step.run.hostOf[node];
                }
                chronicle.note(now, lease, What.MOVED, step);
            }
            case RESUME -> {
                for (int node : step.nodes) {
                    lease.imageGone(node);
                }
                if (Run.isLast(step)) {
                    lease.become(LeaseState.RESUMED_READY);
                    chronicle.note(now, lease, What.RESUMED, "");
                }
            }
            case SHUTDOWN -> done(lease, now);
            case RUN -> throw new IllegalStateException("A run is no step: %s".formatted(step));
        }
    }

    private void suspended(Lease lease, long now) {
        lease.become(LeaseState.SUSPENDED_PENDING);
        chronicle.note(now, lease, What.SUSPENDED, "");
        if (lease.kind() == LeaseKind.DEADLINE) {
            lease.become(LeaseState.SUSPENDED_SCHEDULED);
        } else {
            planner.enqueueInOrder(lease);
            lease.become(LeaseState.SUSPENDED_QUEUED);
        }
    }

    private void done(Lease lease, long now) {
        lease.become(LeaseState.DONE);
        leave(lease, now);
        chronicle.note(now, lease, What.DONE, "");
    }

    private void leave(Lease lease, long now) {
        lease.end = now;
        planner.leases.remove(lease.id());
        planner.runs.waiting().remove(lease);
        planner.queue.remove(lease);
        planner.over.add(lease);
    }

    /** A lease's work is done before its time. */
    void endEarly(Lease lease, long now) {
        var run = lease.runAt(now);
        lease.runsAfter(now).forEach(later -> {
            planner.runs.take(later);
            lease.runs.remove(later);
        });
        planner.runs.take(run);
        run.after = new ArrayList<>();
        run.end = now;
        endRun(run, now);
        planner.reconsider(lease, now);
        done(lease, now);
    }

    /** Gives a lease up, whatever it is doing. @param as what becomes of it */
    void drop(Lease lease, LeaseState as, What what, String why, long now) {
        stopAll(lease, now);
        chronicle.discardImages(lease, now);
        lease.become(as);
        lease.reason = why;
        leave(lease, now);
        chronicle.note(now, lease, what, why);
    }

    /** Stops what a lease has running and takes back what was planned for it. */
    void stopAll(Lease lease, long now) {
        for (var run : lease.runs) {
            Stream.concat(run.before.stream(), run.after.stream()).filter(step -> step.phase == Phase.ACTIVE).forEach(step -> {
                step.phase = Phase.DONE;
                if (step.start < now) {
                    chronicle.over(step, now);
                }
                if (step.kind != SlotKind.MOVE) {
                    chronicle.note(now, lease, What.KILLED, step);
                }
            });
            if (run.phase == Phase.ACTIVE) {
                endRun(run, now);
                chronicle.note(now, lease, What.KILLED, run);
            }
            planner.runs.take(run);
        }
        planner.runs.waiting().remove(lease);
    }

    /** The time of the last turn. */
    long now() {
        return now;
    }

    void at(long time) {
        now = time;
    }
}
