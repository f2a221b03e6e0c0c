package org.reservoir.placement;

import java.util.HashSet;
import java.util.List;
import org.reservoir.kernel.Refused;

/** What placement knows of the world at one moment: hosts, the VEEs on them and the constraints in force. */
public record Snapshot(List<Resource> resources, List<HostView> hosts, List<VeeView> vees, List<Constraint> constraints) {

    /** @throws Refused {@code BAD_SNAPSHOT} when ids are doubled, a VEE is on no known host or amounts do not fit the resources */
    public Snapshot {
        resources = List.copyOf(resources);
        hosts = List.copyOf(hosts);
        vees = List.copyOf(vees);
        constraints = List.copyOf(constraints);
        var known = new HashSet<Long>();
        for (var host : hosts) {
            require(known.add(host.id()), "host %d is there twice".formatted(host.id()));
            require(host.capacity().size() == resources.size(), "host %s has %d amounts for %d resources".formatted(host.name(), host.capacity().size(), resources.size()));
        }
        var placed = new HashSet<Long>();
        for (var vee : vees) {
            require(known.contains(vee.host()), "VEE %d is on host %d, which is not there".formatted(vee.demand().id(), vee.host()));
            require(placed.add(vee.demand().id()), "VEE %d is there twice".formatted(vee.demand().id()));
            require(vee.demand().amounts().size() == resources.size(), "VEE %d has %d amounts".formatted(vee.demand().id(), vee.demand().amounts().size()));
        }
    }

    private static void require(boolean fine, String otherwise) {
        if (!fine) {
            throw Refused.invalid("BAD_SNAPSHOT", otherwise + ".", "");
        }
    }

    public static Snapshot of(List<HostView> hosts) {
        return new Snapshot(Resource.USUAL, hosts, List.of(), List.of());
    }

    public Snapshot with(List<VeeView> vees, List<Constraint> constraints) {
        return new Snapshot(resources, hosts, vees, constraints);
    }
}
