package org.reservoir.placement.lease;

import java.util.Optional;

/** Says whether a lease is considered at all. It sees the wish alone; whether there is room is decided by planning. */
@FunctionalInterface
public interface AdmissionPolicy {
    /** @return why not; empty to let it in */
    Optional<String> objection(LeaseView lease);

    /** Lets every lease in (Haizea's accept-all). */
    AdmissionPolicy ALL = _ -> Optional.empty();

    /** Lets everything in but reservations for an exact time (Haizea's no-ARs). */
    AdmissionPolicy NO_RESERVATIONS = lease -> lease.kind() == LeaseKind.ADVANCE_RESERVATION ? Optional.of("no advance reservations are taken") : Optional.empty();
}
