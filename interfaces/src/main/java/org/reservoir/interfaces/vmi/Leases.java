package org.reservoir.interfaces.vmi;

import java.time.Instant;
import java.util.List;

import org.reservoir.kernel.Capacity;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.LeaseId;
import org.reservoir.kernel.Refused;

/** Leases: VEEs that run together for a stated time — at an exact one, as soon as there is room, at once, or before a deadline. */
public interface Leases {
    /**
     * Takes a lease and makes its VEEs, which are HELD until their time comes; they count on their owner's quota from now on.
     *
     * @throws Refused {@code LEASE_NO_ROOM}, whose advice says what could be had instead; {@code LEASE_TOO_DEAR}; {@code BAD_LEASE} and whatever making VEEs may be refused with; nothing is kept then
     */
    Lease request(Caller caller, LeaseWish wish);

    /** @throws Refused {@code LEASE_NOT_FOUND} */
    Lease lease(Caller caller, LeaseId lease);

    /** Oldest first. @param over also those that are over */
    Page<Lease> leases(Caller caller, boolean over, Page.Request page);

    /** Gives a lease up; its VEEs are terminated. @throws Refused {@code LEASE_OVER} when it is over already */
    Lease cancel(Caller caller, LeaseId lease);

    /** The policy in force; {@link LeasePolicy#USUAL} when none was set. For administrators. */
    LeasePolicy policy(Caller caller);

    /**
     * Sets the policy, in force at the next decision; what leases were promised stays promised.
     *
     * @throws Refused {@code LEASE_POLICY_UNKNOWN}, {@code BAD_LEASE_POLICY}
     */
    LeasePolicy setPolicy(Caller caller, LeasePolicy policy);

    /** What leases and VEEs without one leave free on each host, from now on. */
    List<HostCalendar> calendar(Caller caller);

    /** @param stretches in order; each holds until the next begins, the last for ever */
    record HostCalendar(HostId host, String hostName, List<Stretch> stretches) {
        public HostCalendar {
            stretches = List.copyOf(stretches);
        }
    }

    record Stretch(Instant from, Capacity free) {}
}
