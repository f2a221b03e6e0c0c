package org.reservoir.placement.lease;

import java.util.List;

/** Says what a lease costs, once it is known where it would go and whom it would disturb. A policy that learns returns its successor; it keeps no hidden state. */
public interface PricingPolicy {
    /**
     * What happened to a lease that was priced.
     *
     * @param rate per node and hour
     */
    record Verdict(LeaseRequest lease, double rate, boolean taken) {}

    /** @param preempted leases that make room for it */
    double price(LeaseView lease, List<LeaseView> preempted);

    /** Per node and hour; what {@link #price} is based on. */
    double rate(LeaseView lease);

    /** Whether users are asked at all. */
    default boolean asks() {
        return true;
    }

    /** The policy after that verdict. */
    default PricingPolicy after(Verdict verdict) {
        return this;
    }

    /** Node hours of a lease's full duration. */
    static double nodeHours(LeaseRequest lease) {
        return lease.duration() / 3600.0 * lease.nodes().size();
    }
}
