package org.reservoir.placement.lease;

/** The policies in force. */
public record LeasePolicies(AdmissionPolicy admission, PreemptionPolicy preemption, HostPolicy hosts, PricingPolicy pricing) {
    /** Everything is let in, reservations preempt best effort, quiet hosts first, free of charge. */
    public static final LeasePolicies USUAL = new LeasePolicies(AdmissionPolicy.ALL, PreemptionPolicy.RESERVATIONS_FIRST, HostPolicy.QUIET_FIRST, new Pricing.Free());

    public LeasePolicies with(PricingPolicy other) {
        return new LeasePolicies(admission, preemption, hosts, other);
    }

    public LeasePolicies with(PreemptionPolicy other) {
        return new LeasePolicies(admission, other, hosts, pricing);
    }
}
