package org.reservoir.veem.kept;

import java.time.Duration;
import java.util.Optional;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.HostId;

/** What came of a job at a host. */
public sealed interface Outcome {
    /** Begins what is told of a guest that does not let go of a disk, NIC, CPU or memory. */
    String KEPT = "GUEST_KEEPS_DEVICE: ";
    /** Begins what is told of what cannot be changed while the guest runs. */
    String OFF = "NEEDS_POWER_OFF: ";

    /**
     * @param parts what the parts became, when the job itself found that out
     * @param at    where the VEE was found to be, when the job looked for it
     * @param state as what it was found, when the job looked for it
     * @param took  how long it was under way from host to host, when it moved
     */
    public record Done(Optional<Parts> parts, Optional<HostId> at, Optional<VeeState> state, Optional<Duration> took) implements Outcome {
        public static final Done PLAIN = new Done(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        public static Done moved(Duration took) {
            return new Done(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(took));
        }

        public static Done with(Parts parts) {
            return new Done(Optional.of(parts), Optional.empty(), Optional.empty(), Optional.empty());
        }

        public static Done at(HostId host) {
            return new Done(Optional.empty(), Optional.of(host), Optional.empty(), Optional.empty());
        }
    }

    /**
     * @param attempt how often the job was tried, this time included
     * @param begun   whether an order that changes the guest was given this time
     */
    public record Failed(HostFailure.Kind kind, String why, int attempt, boolean begun) implements Outcome {
        /** What went wrong, for people; with a code where there is something that they can do about it. */
        public String told() {
            return switch (kind) {
                case KEPT_BY_GUEST -> KEPT + why + " Try again when it has booted, or power it off first: then it has no say.";
                case ONLY_WHEN_OFF -> OFF + why + " Power it off, do this again, then start it: reservoir vee power-off, then reservoir vee resume.";
                default -> why;
            };
        }

        /** Whether the guest is certainly as it was before the job: neither this time nor before may anything have been done unseen. */
        public boolean clean() {
            return attempt == 1 && !(begun && kind.passing());
        }
    }
}
