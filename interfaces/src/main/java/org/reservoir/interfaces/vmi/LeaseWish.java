package org.reservoir.interfaces.vmi;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.reservoir.kernel.Name;
import org.reservoir.kernel.Refused;

/**
 * What a lease is to be.
 *
 * @param name        what its owner calls it
 * @param start       when it begins
 * @param at          the time that {@link Start#AT} means, in whole seconds; with a deadline the earliest one
 * @param duration    for how long its VEEs shall run, suspensions not counted; whole seconds
 * @param deadline    until when they must have run for so long; only with {@link Start#AT}
 * @param preemptible whether they may be suspended for another lease; as a rule those that have no exact time may
 * @param mostPerHour what its owner would pay at most for a VEE and hour, where leases have a price; whatever it is, when left out
 * @param vees        all of them run at the same time; the lease chooses their hosts
 */
public record LeaseWish(String name, Start start, Optional<Instant> at, Duration duration, Optional<Instant> deadline, Optional<Boolean> preemptible, Optional<Double> mostPerHour,
                        List<VeeSpec> vees) {
    public static final int MOST_VEES = 1000;

    public enum Start {
        /** As soon as there is room: best effort, from a queue. */ WHENEVER,
        /** Now or not at all. */ NOW,
        /** At an exact time: an advance reservation; with a deadline, not before it. */ AT
    }

    /** At any price. */
    public LeaseWish(String name, Start start, Optional<Instant> at, Duration duration, Optional<Instant> deadline, Optional<Boolean> preemptible, List<VeeSpec> vees) {
        this(name, start, at, duration, deadline, preemptible, Optional.empty(), vees);
    }

    /** @throws Refused {@code BAD_LEASE} for times that contradict each other, and when there are no VEEs or too many */
    public LeaseWish {
        Name.of("lease", name);
        vees = List.copyOf(vees);
        require((start == Start.AT) == at.isPresent(), name, "a time belongs to the start AT, and only to it", "Give 'at' with the start AT, and not with WHENEVER and NOW.");
        require(deadline.isEmpty() || start == Start.AT, name, "its deadline has no earliest start", "Give the earliest start as well, and as a time: --start +1s; over REST start AT, and 'at'.");
        require(duration.toSeconds() > 0 && duration.toDays() <= 36_500, name, "its duration is %s".formatted(duration), "Give at least a second.");
        require(!vees.isEmpty() && vees.size() <= MOST_VEES, name, "it has %d VEEs".formatted(vees.size()), "Give 1 to %d.".formatted(MOST_VEES));
        require(mostPerHour.isEmpty() || mostPerHour.get() >= 0 && mostPerHour.get() <= 1e9, name, "its owner would pay at most %s an hour".formatted(mostPerHour.map(String::valueOf).orElse("")),
                "Give 0 to 1000000000.");
        require(deadline.isEmpty() || !deadline.get().isBefore(at.orElseThrow().plus(duration)), name, "from %s on it cannot have run for %s by %s"
                .formatted(at.map(Instant::toString).orElse(""), duration, deadline.map(Instant::toString).orElse("")), "Give a later deadline, an earlier start or less time.");
    }

    private static void require(boolean sound, String name, String otherwise, String advice) {
        if (!sound) {
            throw Refused.invalid("BAD_LEASE", "Lease %s: %s.".formatted(name, otherwise), advice);
        }
    }

    public Lease.Kind kind() {
        return switch (start) {
            case WHENEVER -> Lease.Kind.BEST_EFFORT;
            case NOW -> Lease.Kind.IMMEDIATE;
            case AT -> deadline.isPresent() ? Lease.Kind.DEADLINE : Lease.Kind.ADVANCE_RESERVATION;
        };
    }

    /** Whether it may be suspended for the sake of another. */
    public boolean yields() {
        return preemptible.orElse(start == Start.WHENEVER || deadline.isPresent());
    }
}
