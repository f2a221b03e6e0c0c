package org.reservoir.veem.lease;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.LeasePolicy;
import org.reservoir.kernel.Refused;
import org.reservoir.placement.lease.AdmissionPolicy;
import org.reservoir.placement.lease.HostPolicy;
import org.reservoir.placement.lease.LeasePolicies;
import org.reservoir.placement.lease.LeaseSettings.Suspension;
import org.reservoir.placement.lease.NamedPolicies;
import org.reservoir.placement.lease.PreemptionPolicy;
import org.reservoir.placement.lease.PricingPolicy;
import org.reservoir.veem.kept.LeasePolicyTable;
import org.reservoir.veem.kept.LeaseRules;
import org.reservoir.veem.placing.Plugged;

/** Under which rules leases are planned at this moment: the site's times, and the policies that were set, each Haizea's or a plug-in's. */
public final class LeaseTerms {
    private final LeaseRules site;
    private final Plugged plugged;

    public LeaseTerms(LeaseRules site, Plugged plugged) {
        this.site = site;
        this.plugged = plugged;
    }

    LeaseRules site() {
        return site;
    }

    /** For one transaction. A plug-in that is gone or fenced off counts as the site's usual policy. */
    LeaseRules now(Handle sql) {
        var policy = LeasePolicyTable.get(sql);
        var usual = site.policies();
        var policies = new LeasePolicies(
                NamedPolicies.admission(policy.admission()).or(() -> plugged.leasePolicy(AdmissionPolicy.class, policy.admission())).orElse(usual.admission()),
                NamedPolicies.preemption(policy.preemption(), suspending()).or(() -> plugged.leasePolicy(PreemptionPolicy.class, policy.preemption())).orElse(usual.preemption()),
                NamedPolicies.hosts(policy.hosts()).or(() -> plugged.leasePolicy(HostPolicy.class, policy.hosts())).orElse(usual.hosts()),
                pricing(sql, policy).orElse(usual.pricing()));
        return new LeaseRules(site.settings(), policies, site.patience());
    }

    private Optional<PricingPolicy> pricing(Handle sql, LeasePolicy policy) {
        var named = NamedPolicies.pricing(policy.pricing(), number -> policy.numbers().getOrDefault(number, 0.0), suspending());
        var learnt = policy.pricing().equals("adaptive") ? LeasePolicyTable.learnt(sql).<PricingPolicy>map(it -> it) : Optional.<PricingPolicy>empty();
        return learnt.or(() -> named).or(() -> plugged.leasePolicy(PricingPolicy.class, policy.pricing()));
    }

    private boolean suspending() {
        return site.settings().suspension() != Suspension.NONE;
    }

    /** @throws Refused {@code LEASE_POLICY_UNKNOWN}, {@code BAD_LEASE_POLICY} */
    void check(LeasePolicy policy) {
        require("admission", policy.admission(), NamedPolicies.ADMISSION, plugged.leasePolicies(AdmissionPolicy.class));
        require("preemption", policy.preemption(), NamedPolicies.PREEMPTION, plugged.leasePolicies(PreemptionPolicy.class));
        require("hosts", policy.hosts(), NamedPolicies.HOSTS, plugged.leasePolicies(HostPolicy.class));
        require("pricing", policy.pricing(), NamedPolicies.PRICING, plugged.leasePolicies(PricingPolicy.class));
        policy.numbers().keySet().stream().filter(name -> !NamedPolicies.NUMBERS.contains(name)).findFirst().ifPresent(unknown -> {
            throw Refused.invalid("BAD_LEASE_POLICY", "Pricing reads no number %s.".formatted(unknown), "Choose of %s.".formatted(String.join(", ", NamedPolicies.NUMBERS)));
        });
        NamedPolicies.pricing(policy.pricing(), number -> policy.numbers().getOrDefault(number, 0.0), suspending());
    }

    private static void require(String what, String name, List<String> named, List<String> plugged) {
        if (!named.contains(name) && !plugged.contains(name)) {
            var known = new TreeSet<>(named);
            known.addAll(plugged);
            throw Refused.invalid("LEASE_POLICY_UNKNOWN", "There is no policy %s for the %s of leases.".formatted(name, what),
                    "Choose of %s, or add a plug-in that provides it.".formatted(String.join(", ", known)));
        }
    }
}
