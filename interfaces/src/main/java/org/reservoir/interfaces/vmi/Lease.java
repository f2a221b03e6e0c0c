package org.reservoir.interfaces.vmi;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.LeaseId;
import org.reservoir.kernel.VeeId;

/**
 * A lease as its users see it.
 *
 * @param ran     for how long its VEEs have run in runs that are over
 * @param runs    past and planned, in order; none while it waits for a place
 * @param vees    in the order in which they were asked for
 * @param reason  why it failed, or was given up
 * @param instead what it could have had when it failed for want of room
 * @param price   of the whole, where leases have one and it was planned
 * @param ended   when it was over
 * @param history what happened to it, the last of it, oldest first; the runs of one that began anew are not among {@code runs}
 */
public record Lease(LeaseId id, String name, Ownership ownership, Kind kind, State state, boolean preemptible, Duration duration, Optional<Instant> at, Optional<Instant> deadline,
                    Duration ran, List<Run> runs, List<Node> vees, Optional<String> reason, Optional<Instead> instead, Optional<Double> price, Instant created, Optional<Instant> ended, List<Happened> history) {
    public Lease {
        runs = List.copyOf(runs);
        vees = List.copyOf(vees);
        history = List.copyOf(history);
    }

    public enum Kind { BEST_EFFORT, IMMEDIATE, ADVANCE_RESERVATION, DEADLINE }

    /** How far it is; the states are Haizea's. */
    public enum State {
        NEW, PENDING, REJECTED, /** Has a time to come. */ SCHEDULED, /** Waits for room. */ QUEUED, CANCELLED, PREPARING, /** Has a time to come. */ READY, ACTIVE, SUSPENDING, SUSPENDED_PENDING,
        /** Saved; waits for room. */ SUSPENDED_QUEUED, /** Saved; is to go on at a time. */ SUSPENDED_SCHEDULED, MIGRATING, RESUMING, RESUMED_READY, DONE, FAIL, REJECTED_BY_USER
    }

    /** How far a run is. */
    public enum Phase { SCHEDULED, ACTIVE, DONE }

    /**
     * A stretch of time for which all its VEEs run.
     *
     * @param from     when its hosts begin to be busy with it: resuming; until when: having suspended or shut down
     * @param suspends whether it ends by suspending
     * @param hosts    where each of its VEEs is
     */
    public record Run(Phase phase, Instant from, Instant start, Instant end, Instant until, boolean suspends, List<HostId> hosts) {
        public Run {
            hosts = List.copyOf(hosts);
        }
    }

    /**
     * One of its VEEs.
     *
     * @param vee     empty when it begins anew and is yet to be made
     * @param problem why it is not yet as it should be
     */
    public record Node(String name, Optional<VeeId> vee, Optional<VeeState> state, Optional<HostId> host, Optional<String> problem) {}

    /** @param detail for what or because of what; empty where there is nothing to add */
    public record Happened(Instant at, What what, String detail) {
        /** What. */
        public enum What {
            STARTED, /** Another lease gets its room. */ MAKES_ROOM, /** Its memory is on disk, its room free. */ SUSPENDED, /** Runs on where it was. */ RESUMED,
            /** With its VEEs or what was saved of them, or just planned. */ HOST_LOST, /** What it had done is lost. */ BEGINS_ANEW
        }
    }

    /** @param start earliest time at which all of it could run; empty if never; @param vees how many could have run when it asked for */
    public record Instead(Optional<Instant> start, OptionalInt vees) {}
}
