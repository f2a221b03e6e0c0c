package org.reservoir.placement.lease;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.reservoir.kernel.Refused;

/**
 * A wish for a lease: some nodes (VEEs), all at once, for some time. Times are whole seconds since an epoch that the caller chooses.
 *
 * @param arrival     when it is asked for
 * @param duration    for how long its nodes shall run, without what suspending and resuming take
 * @param deadline    when its work must be done (shutting down may come after); only with an exact start, which then is the earliest one
 * @param preemptible whether it may be suspended or put back for the sake of another
 * @param nodes       what each node takes, one by one
 * @param ends        after how long the work will be done of itself, when that is less than its duration; known in simulations only
 * @param extras      words that policies may read, such as {@value #USER_RATE}
 */
public record LeaseRequest(long id, long arrival, Start start, long duration, OptionalLong deadline, boolean preemptible, List<Quantity> nodes, OptionalLong ends,
        String user, Map<String, String> extras) {
    /** The extra that says what its user would pay for one node and hour. */
    public static final String USER_RATE = "simul_userrate";
    private static final int MOST_NODES = 1_000_000;
    /** A thousand years: sums of a few times stay far from overflow. */
    static final long LONGEST = 31_557_600_000L;

    /** When a lease shall begin. */
    public sealed interface Start {
        /** When there is room. */
        record Whenever() implements Start {}

        /** Now or not at all. */
        record Now() implements Start {}

        /** At that time exactly or, with a deadline, not before. */
        record At(long time) implements Start {}
    }

    /** @throws Refused {@code BAD_LEASE}, naming the lease and what is wrong with it */
    public LeaseRequest {
        nodes = List.copyOf(nodes);
        extras = Map.copyOf(extras);
        require(id >= 0, id, "its id is negative");
        require(Math.abs(arrival) <= LONGEST, id, "it arrives at %d, out of range".formatted(arrival));
        require(!nodes.isEmpty(), id, "it asks for no nodes");
        require(nodes.size() <= MOST_NODES, id, "it asks for %d nodes".formatted(nodes.size()));
        require(duration > 0 && duration <= LONGEST, id, "its duration is %d s".formatted(duration));
        require(ends.isEmpty() || ends.getAsLong() > 0, id, "its real duration is %d s".formatted(ends.orElse(0)));
        for (int n = 0; n < nodes.size(); n++) {
            require(!nodes.get(n).negative(), id, "node %d asks for a negative amount: %s".formatted(n + 1, nodes.get(n)));
        }
        if (start instanceof Start.At(long time)) {
            require(Math.abs(time) <= LONGEST, id, "it starts at %d, out of range".formatted(time));
            require(deadline.isPresent() || time >= arrival, id, "it shall start at %d, before it arrives at %d".formatted(time, arrival));
            require(deadline.isEmpty() || deadline.getAsLong() > time, id, "its deadline %d is not after its start %d".formatted(deadline.orElse(0), time));
            require(deadline.isEmpty() || deadline.getAsLong() <= 2 * LONGEST, id, "its deadline is out of range");
        } else {
            require(deadline.isEmpty(), id, "it has a deadline but no start");
        }
        ends = ends.isPresent() && ends.getAsLong() >= duration ? OptionalLong.empty() : ends;
    }

    private static void require(boolean fine, long id, String otherwise) {
        if (!fine) {
            throw Refused.invalid("BAD_LEASE", "Lease %d: %s.".formatted(id, otherwise), "");
        }
    }

    private static LeaseRequest of(long id, long arrival, Start start, long duration, OptionalLong deadline, boolean preemptible, List<Quantity> nodes) {
        return new LeaseRequest(id, arrival, start, duration, deadline, preemptible, nodes, OptionalLong.empty(), "", Map.of());
    }

    public static LeaseRequest bestEffort(long id, long arrival, long duration, List<Quantity> nodes) {
        return of(id, arrival, new Start.Whenever(), duration, OptionalLong.empty(), true, nodes);
    }

    public static LeaseRequest reservation(long id, long arrival, long start, long duration, List<Quantity> nodes) {
        return of(id, arrival, new Start.At(start), duration, OptionalLong.empty(), false, nodes);
    }

    public static LeaseRequest immediate(long id, long arrival, long duration, List<Quantity> nodes) {
        return of(id, arrival, new Start.Now(), duration, OptionalLong.empty(), false, nodes);
    }

    public static LeaseRequest deadline(long id, long arrival, long start, long duration, long deadline, List<Quantity> nodes) {
        return of(id, arrival, new Start.At(start), duration, OptionalLong.of(deadline), true, nodes);
    }

    public LeaseRequest ending(long after) {
        return new LeaseRequest(id, arrival, start, duration, deadline, preemptible, nodes, OptionalLong.of(after), user, extras);
    }

    public LeaseRequest of(String who) {
        return new LeaseRequest(id, arrival, start, duration, deadline, preemptible, nodes, ends, who, extras);
    }

    public LeaseRequest with(Map<String, String> more) {
        var all = new HashMap<>(extras);
        all.putAll(more);
        return new LeaseRequest(id, arrival, start, duration, deadline, preemptible, nodes, ends, user, all);
    }

    public LeaseRequest starting(Start otherwise, OptionalLong deadline) {
        return new LeaseRequest(id, arrival, otherwise, duration, deadline, preemptible, nodes, ends, user, extras);
    }

    LeaseRequest numbered(long id, long arrival) {
        return new LeaseRequest(id, arrival, start, duration, deadline, preemptible, nodes, ends, user, extras);
    }

    LeaseRequest lasting(long duration, OptionalLong ends) {
        return new LeaseRequest(id, arrival, start, duration, deadline, preemptible, nodes, ends, user, extras);
    }

    public LeaseKind kind() {
        return switch (start) {
            case Start.Whenever _ -> LeaseKind.BEST_EFFORT;
            case Start.Now _ -> LeaseKind.IMMEDIATE;
            case Start.At _ -> deadline.isPresent() ? LeaseKind.DEADLINE : LeaseKind.ADVANCE_RESERVATION;
        };
    }
}
