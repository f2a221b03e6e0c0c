package org.reservoir.placement.lease;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;

/**
 * What became of a workload.
 *
 * @param end     when the last thing happened
 * @param results of each lease, by id
 * @param log     what happened, in order
 * @param slots   how hosts were used
 */
public record Outcome(Workload workload, long start, long end, List<Result> results, List<LogEntry> log, List<Slot> slots) {
    /** Shorter leases count as that long in the slowdown, in seconds (Feitelson's bounded slowdown). */
    private static final double BOUND = 10;

    /**
     * What became of one lease.
     *
     * @param start  when its nodes (last) began from nothing
     * @param end    when it ended, in whatever way; empty while it has not
     * @param ran    seconds for which its nodes ran
     * @param reason why it was refused or failed
     */
    public record Result(LeaseRequest request, LeaseState state, OptionalLong start, OptionalLong end, long ran, double price, String reason) {
        static Result of(Lease lease) {
            return new Result(lease.request(), lease.state(), known(lease.firstStart), known(lease.end), lease.accumulated, lease.price, lease.reason);
        }

        private static OptionalLong known(long time) {
            return time == Reservation.NEVER ? OptionalLong.empty() : OptionalLong.of(time);
        }

        private boolean done() {
            return state == LeaseState.DONE;
        }
    }

    public Outcome {
        results = List.copyOf(results);
        log = List.copyOf(log);
        slots = List.copyOf(slots);
    }

    private List<Result> bestEffort() {
        return results.stream().filter(result -> result.done() && result.request().kind() == LeaseKind.BEST_EFFORT).toList();
    }

    /** Seconds from the start until every best-effort lease was done. */
    public long allBestEffort() {
        return bestEffort().stream().mapToLong(result -> result.end().getAsLong()).max().orElse(start) - start;
    }

    /** Mean seconds from arrival to start, of best-effort leases. */
    public double meanWait() {
        return mean(result -> result.start().getAsLong() - result.request().arrival());
    }

    /** Mean of time in the system over time of work, of best-effort leases. */
    public double meanBoundedSlowdown() {
        return mean(result -> (result.end().getAsLong() - result.request().arrival()) / Math.max(BOUND, result.ran()));
    }

    private double mean(ToDoubleFunction<Result> what) {
        return bestEffort().stream().mapToDouble(what).average().orElse(0);
    }

    /** Share of all processors that leases ran on, from the start until the last best-effort lease was done, or the end if there was none. */
    public double utilisation() {
        var site = workload.site();
        long until = bestEffort().isEmpty() ? end : start + allBestEffort();
        double capacity = site.hosts().stream().mapToDouble(host -> host.capacity().amount(site.cpu())).sum() * (until - start);
        var requests = new java.util.HashMap<Long, LeaseRequest>();
        results.forEach(result -> requests.put(result.request().id(), result.request()));
        double used = 0;
        for (var slot : slots) {
            if (slot.kind() == SlotKind.RUN) {
                double cpu = requests.get(slot.lease()).nodes().stream().mapToDouble(node -> node.amount(site.cpu())).sum();
                used += cpu * Math.max(0, Math.min(slot.until(), until) - slot.start());
            }
        }
        return capacity == 0 ? 0 : used / capacity;
    }

    public long count(LeaseState state) {
        return results.stream().filter(result -> result.state() == state).count();
    }
}
