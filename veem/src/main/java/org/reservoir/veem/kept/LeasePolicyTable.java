package org.reservoir.veem.kept;

import java.util.Optional;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.LeasePolicy;
import org.reservoir.placement.lease.Pricing;
import org.reservoir.placement.lease.PricingPolicy;

/** The policy of leases that was set, and what pricing has learnt under it: one row, or none. */
public final class LeasePolicyTable {
    private LeasePolicyTable() {}

    public static LeasePolicy get(Handle sql) {
        return sql.createQuery("select policy from veem.lease_policy").mapTo(String.class).findOne().map(json -> Wire.read(json, LeasePolicy.class)).orElse(LeasePolicy.USUAL);
    }

    /** What was learnt under another is forgotten. */
    public static void put(Handle sql, LeasePolicy policy) {
        sql.createUpdate("insert into veem.lease_policy (one, policy) values (true, :policy) on conflict (one) do update set policy = :policy, learnt = null").bind("policy", Wire.write(policy)).execute();
    }

    public static Optional<Pricing.Adaptive> learnt(Handle sql) {
        return sql.createQuery("select learnt from veem.lease_policy where learnt is not null").mapTo(String.class).findOne().map(json -> LeaseJson.read(json, Pricing.Adaptive.class));
    }

    public static void learnt(Handle sql, PricingPolicy pricing) {
        if (pricing instanceof Pricing.Adaptive adaptive) {
            sql.createUpdate("update veem.lease_policy set learnt = :learnt").bind("learnt", LeaseJson.write(adaptive)).execute();
        }
    }
}
