package org.reservoir.placement.lease;

import java.util.Arrays;
import java.util.List;
import org.reservoir.kernel.HostId;
import org.reservoir.placement.lease.LogEntry.What;
import org.reservoir.placement.lease.Reservation.Phase;

/**
 * What becomes of the leases on a host that is lost. What was only planned there is planned elsewhere; a lease that ran or was saved there, even in part, begins anew:
 * best effort from the queue, with a deadline while that can be met, a reservation for what is left of its time. What cannot be placed again fails.
 */
final class HostLoss {
    private final LeaseEngine engine;
    private final LeasePlanner planner;

    HostLoss(LeaseEngine engine) {
        this.engine = engine;
        this.planner = engine.planner;
    }

    /** @param id of the host */
    void lose(int host, long id, long now) {
        planner.table.lose(host, true);
        var struck = planner.leases.values().stream().filter(lease -> touches(lease, host)).toList();
        struck.forEach(lease -> planner.chronicle.note(now, lease, What.STRUCK, new HostId(id).toString()));
        var again = struck.stream().filter(lease -> !replaced(lease, host, now)).toList();
        again.forEach(lease -> planAgain(lease, now));
    }

    private static boolean touches(Lease lease, int host) {
        return lease.hasImageOn(host) || lease.runs.stream().anyMatch(run -> uses(run, host));
    }

    private static boolean uses(Run run, int host) {
        return on(run, host) || run.before.stream().anyMatch(step -> on(step, host)) || run.after.stream().anyMatch(step -> on(step, host));
    }

    private static boolean on(Reservation reservation, int host) {
        return reservation.listed() && Arrays.stream(reservation.hosts).anyMatch(each -> each == host);
    }

    /** Takes the lease off the lost host. @return whether nothing more is to be done about it */
    private boolean replaced(Lease lease, int host, long now) {
        boolean shuttingDown = lease.is(LeaseState.ACTIVE) && lease.lastRun().phase == Phase.DONE && lease.lastRun().finalEnd() >= now && !lease.lastRun().suspends();
        if (shuttingDown) {
            engine.drop(lease, LeaseState.DONE, What.DONE, "", now);
            return true;
        }
        var begun = lease.runs.stream().filter(run -> !run.notBegun()).toList();
        boolean progress = lease.hasImageOn(host) || begun.stream().anyMatch(run -> uses(run, host));
        if (progress) {
            strike(lease, now);
            return false;
        }
        List.copyOf(lease.runs).stream().filter(Run::notBegun).forEach(planner.runs::cancel);
        if (lease.kind() == LeaseKind.DEADLINE && (lease.hasRuns() || lease.state().isSuspended())) {
            return continued(lease, now);
        }
        lease.become(lease.is(LeaseState.SUSPENDED_SCHEDULED) ? LeaseState.SUSPENDED_PENDING : lease.kind() == LeaseKind.BEST_EFFORT ? LeaseState.QUEUED : LeaseState.PENDING);
        return false;
    }

    /** A lease whose later run was planned there, while it runs or lies saved elsewhere. */
    private boolean continued(Lease lease, long now) {
        if (!planner.deadlines.goOn(lease, now)) {
            engine.drop(lease, LeaseState.FAIL, What.FAILED, "a host was lost and its deadline cannot be met without it", now);
        }
        return true;
    }

    private void strike(Lease lease, long now) {
        long promised = lease.kind() == LeaseKind.DEADLINE || lease.kind() == LeaseKind.BEST_EFFORT || !lease.is(LeaseState.ACTIVE) ? 0 : now - lease.firstStart;
        engine.stopAll(lease, now);
        planner.chronicle.discardImages(lease, now);
        lease.beginAnew();
        lease.accumulated = promised;
        lease.become(lease.kind() == LeaseKind.BEST_EFFORT ? LeaseState.QUEUED : LeaseState.PENDING);
    }

    private void planAgain(Lease lease, long now) {
        if (lease.kind() == LeaseKind.BEST_EFFORT) {
            if (lease.is(LeaseState.SUSPENDED_PENDING)) {
                lease.become(LeaseState.SUSPENDED_QUEUED);
            }
            planner.queue.remove(lease);
            planner.enqueueInOrder(lease);
        } else if (!planner.plan(lease, now) && !lease.state().isEnd()) {
            engine.drop(lease, LeaseState.FAIL, What.FAILED, "a host was lost and there is no room for it elsewhere", now);
        }
    }
}
