package org.reservoir.placement.lease;

/** A lease as policies see it. */
public interface LeaseView {
    LeaseRequest request();

    LeaseState state();

    default long id() {
        return request().id();
    }

    default LeaseKind kind() {
        return request().kind();
    }

    /** Seconds of its duration that will not yet have been run by then, as things are planned. */
    long remainingAt(long time);

    /** Seconds that suspending all its nodes one after the other takes; {@link #resumeSeconds} resuming. */
    long suspendSeconds();

    long resumeSeconds();
}
