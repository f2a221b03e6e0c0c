package org.reservoir.placement.lease;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.reservoir.kernel.Refused;

/**
 * Runs a workload to its end: time jumps from one moment at which something happens to the next. Pure: the same workload, settings and policies give the same outcome.
 */
public final class Simulation {
    /** When to stop. */
    public enum Until { ALL_DONE, BEST_EFFORT_DONE, BEST_EFFORT_SUBMITTED }

    private final LeaseEngine engine;
    private final ArrayDeque<LeaseRequest> toCome;
    private final Until until;

    private Simulation(Workload workload, LeaseSettings settings, LeasePolicies policies, Until until) {
        this.engine = new LeaseEngine(workload.site(), settings, policies);
        this.toCome = new ArrayDeque<>(workload.requests().stream().sorted(Comparator.comparingLong(LeaseRequest::arrival)).toList());
        this.until = until;
    }

    public static Outcome run(Workload workload, LeaseSettings settings, LeasePolicies policies) {
        return run(workload, settings, policies, Until.ALL_DONE);
    }

    /** @throws Refused {@code BAD_WORKLOAD} when two leases have one id */
    public static Outcome run(Workload workload, LeaseSettings settings, LeasePolicies policies, Until until) {
        return new Simulation(workload, settings, policies, until).run(workload);
    }

    private Outcome run(Workload workload) {
        long start = workload.start();
        long now = start;
        while (true) {
            engine.turn(now, arrivals(now));
            long next = Math.min(engine.nextTurn(now), toCome.isEmpty() ? Reservation.NEVER : toCome.peek().arrival());
            if (next == Reservation.NEVER || reached()) {
                return outcome(workload, start, now);
            }
            now = next;
        }
    }

    private List<LeaseRequest> arrivals(long now) {
        var arrived = new ArrayList<LeaseRequest>();
        while (!toCome.isEmpty() && toCome.peek().arrival() <= now) {
            arrived.add(toCome.remove());
        }
        return arrived;
    }

    private boolean reached() {
        return switch (until) {
            case ALL_DONE -> false;
            case BEST_EFFORT_SUBMITTED -> !bestEffortComing();
            case BEST_EFFORT_DONE -> engine.leases().stream().noneMatch(lease -> lease.kind() == LeaseKind.BEST_EFFORT) && !bestEffortComing();
        };
    }

    private boolean bestEffortComing() {
        return toCome.stream().anyMatch(request -> request.kind() == LeaseKind.BEST_EFFORT);
    }

    private Outcome outcome(Workload workload, long start, long now) {
        var results = new ArrayList<Outcome.Result>();
        engine.over().forEach(lease -> results.add(Outcome.Result.of(lease)));
        engine.leases().forEach(lease -> results.add(Outcome.Result.of(lease)));
        results.sort(Comparator.comparingLong(result -> result.request().id()));
        return new Outcome(workload, start, now, results, engine.planner.chronicle.log(), engine.planner.chronicle.slots());
    }
}
