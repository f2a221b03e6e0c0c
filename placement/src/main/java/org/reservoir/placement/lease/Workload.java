package org.reservoir.placement.lease;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.reservoir.kernel.Refused;

/** Leases to come, and the site that has them. @param start when the clock starts */
public record Workload(LeaseSite site, long start, List<LeaseRequest> requests) {
    /** What Haizea adds to the ids of leases that are injected into a workload. */
    public static final long INJECTED = 1_000_000;

    /** @throws Refused {@code BAD_WORKLOAD} when two leases have the same id, or a lease's amounts are not the site's resources */
    public Workload {
        requests = List.copyOf(requests);
        var ids = new HashSet<Long>();
        for (var request : requests) {
            if (!ids.add(request.id())) {
                throw Refused.invalid("BAD_WORKLOAD", "There are two leases %d.".formatted(request.id()), "");
            }
            for (var node : request.nodes()) {
                if (node.size() != site.resources().size() + site.instanced().size()) {
                    throw Refused.invalid("BAD_WORKLOAD", "Lease %d asks for %d amounts, the site has %d resources.".formatted(request.id(), node.size(), site.resources().size()), "");
                }
            }
        }
    }

    /** This workload with more leases in it, whose ids are moved out of the way by {@value #INJECTED}. */
    public Workload injecting(List<LeaseRequest> more) {
        var all = new ArrayList<>(requests);
        more.forEach(request -> all.add(request.numbered(request.id() + INJECTED, request.arrival())));
        return new Workload(site, start, all);
    }

    public Workload with(List<LeaseRequest> others) {
        return new Workload(site, start, others);
    }
}
