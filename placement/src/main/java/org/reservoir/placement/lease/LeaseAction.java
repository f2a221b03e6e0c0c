package org.reservoir.placement.lease;

/** Something that has to be done to one VEE of a lease, at that time (seconds). Each is idempotent: a VEE that is already so stays so. */
public sealed interface LeaseAction {
    /** A node of a lease. @param node counted from 1 */
    record Vee(long lease, int node) {}

    Vee vee();

    long host();

    long at();

    /** Boot it from its image template. */
    record Start(Vee vee, long host, long at) implements LeaseAction {}

    /** Save its memory on that host, and stop it. */
    record Suspend(Vee vee, long host, long at) implements LeaseAction {}

    /** Bring its saved memory (and disks, unless shared) to {@code host}. The copy at {@code from} is kept until this is done; a later action on the VEE breaks it off. */
    record Move(Vee vee, long from, long host, long at) implements LeaseAction {}

    /** Run it again from its saved memory. */
    record Resume(Vee vee, long host, long at) implements LeaseAction {}

    /** Shut it down in order: its lease is over. */
    record ShutDown(Vee vee, long host, long at) implements LeaseAction {}

    /** Stop it at once. Its lease was given up, or begins anew later. */
    record Stop(Vee vee, long host, long at) implements LeaseAction {}

    /** Throw away its saved memory. */
    record Discard(Vee vee, long host, long at) implements LeaseAction {}
}
