package org.reservoir.interfaces.vhi;

/** An order that a host did not carry out. The order may be given again when {@link Kind#passing()}. */
public final class HostFailure extends RuntimeException {

    public enum Kind {
        /** No connection. */ UNREACHABLE(true),
        /** No connection, since the host answers and does not let this site in. */ NOT_LET_IN(true),
        /** No answer within the order's patience; the order may still be under way. */ TIMED_OUT(true),
        /** The guest or host is busy with something that excludes this. */ BUSY(true),
        /** A newer order for this VEE was taken before. */ STALE_ORDER(false),
        /** The host has no such guest. */ NO_SUCH_GUEST(false),
        /** The host cannot do this at all, or not in the guest's present state. */ UNSUPPORTED(false),
        /** The guest runs, and can be changed so only when it is shut off; nothing was changed. */ ONLY_WHEN_OFF(false),
        /** The guest did not let go of a disk, NIC, CPU or memory in time; it has it still, and nothing else was changed. */ KEPT_BY_GUEST(false),
        /** Out of disk, memory or another resource. */ NO_ROOM(false),
        /** Bytes arrived that are not the ones promised. */ CORRUPT(true),
        /** The host says no for a reason of its own, told in the message. */ REFUSED(false);

        private final boolean passing;

        Kind(boolean passing) {
            this.passing = passing;
        }

        /** Whether the same order may succeed later. */
        public boolean passing() {
            return passing;
        }

        /** Whether nothing is heard of the host and its guests. */
        public boolean silent() {
            return this == UNREACHABLE || this == NOT_LET_IN;
        }
    }

    private final Kind kind;

    public HostFailure(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public HostFailure(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
