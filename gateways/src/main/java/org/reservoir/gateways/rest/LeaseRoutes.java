package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.create;
import static org.reservoir.gateways.rest.Route.delete;
import static org.reservoir.gateways.rest.Route.get;
import static org.reservoir.gateways.rest.Route.put;

import java.io.IOException;
import java.util.List;

import org.reservoir.interfaces.vmi.Lease;
import org.reservoir.interfaces.vmi.LeasePolicy;
import org.reservoir.interfaces.vmi.LeaseWish;
import org.reservoir.interfaces.vmi.Leases;
import org.reservoir.kernel.LeaseId;

/** Leases of VEEs over REST. */
final class LeaseRoutes {
    private static final String LEASES = "/api/veem/v1/leases";
    private static final String LEASE = LEASES + "/{lease}";

    private static final String POLICY = "/api/veem/v1/lease-policy";

    private final Leases leases;
    private final Names names;

    LeaseRoutes(Leases leases, Names names) {
        this.leases = leases;
        this.names = names;
    }

    List<Route> routes() {
        return List.of(
                get(LEASES, "lease.list", "Lists leases that the caller may see, oldest first.", x -> x.paged(leases.leases(x.caller(), x.flag("over"), x.page())))
                        .query("over", "Also those that are over.", Boolean.class).pages(Lease.class),
                create(LEASES, "lease.request", "Asks for VEEs that run together for a stated time; refused with what could be had instead.", this::request)
                        .takes(LeaseWish.class).answers(Lease.class),
                get(LEASE, "lease.show", "Shows a lease with its runs, past and planned.", x -> Answer.of(leases.lease(x.caller(), lease(x)))).answers(Lease.class),
                delete(LEASE, "lease.cancel", "Gives a lease up; its VEEs are terminated.", x -> Answer.of(leases.cancel(x.caller(), lease(x)))).answers(Lease.class),
                get(POLICY, "lease.policy", "Shows the policy of leases.", x -> Answer.of(leases.policy(x.caller()))).answers(LeasePolicy.class),
                put(POLICY, "lease.policy.set", "Sets which leases are taken, who makes room for whom, and what they cost; in force at the next decision.",
                        x -> Answer.of(leases.setPolicy(x.caller(), x.body(LeasePolicy.class)))).takes(LeasePolicy.class).answers(LeasePolicy.class),
                get("/api/veem/v1/lease-calendar", "lease.calendar", "What leases and other VEEs leave free on each host, and when.", x -> Answer.of(leases.calendar(x.caller())))
                        .answers(new Shape.Many(Leases.HostCalendar.class)));
    }

    private LeaseId lease(Exchange x) {
        return names.lease(x.caller(), x.path("lease"));
    }

    private Answer request(Exchange x) throws IOException {
        var lease = leases.request(x.caller(), x.body(LeaseWish.class));
        return Answer.created(lease, LEASES + "/" + lease.id());
    }
}
