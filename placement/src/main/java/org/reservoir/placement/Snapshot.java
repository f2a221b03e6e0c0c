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
        var known = HashSet.<Long>newHashSet(hosts.size());
        for (var host : hosts) {
            if (!known.add(host.id())) {
                throw bad("host %d is there twice", host.id());
            }
            if (host.capacity().size() != resources.size()) {
                throw bad("host %s has %d amounts for %d resources", host.name(), host.capacity().size(), resources.size());
            }
        }
        var placed = HashSet.<Long>newHashSet(vees.size());
        for (var vee : vees) {
            if (!known.contains(vee.host())) {
                throw bad("VEE %d is on host %d, which is not there", vee.demand().id(), vee.host());
            }
            if (!placed.add(vee.demand().id())) {
                throw bad("VEE %d is there twice", vee.demand().id());
            }
            if (vee.demand().amounts().size() != resources.size()) {
                throw bad("VEE %d has %d amounts", vee.demand().id(), vee.demand().amounts().size());
            }
        }
    }

    /** Its words are put together only then: a snapshot of 100 000 VEEs is made in milliseconds. */
    private static Refused bad(String what, Object... values) {
        return Refused.invalid("BAD_SNAPSHOT", what.formatted(values) + ".", "");
    }

    public static Snapshot of(List<HostView> hosts) {
        return new Snapshot(Resource.USUAL, hosts, List.of(), List.of());
    }

    public Snapshot with(List<VeeView> vees, List<Constraint> constraints) {
        return new Snapshot(resources, hosts, vees, constraints);
    }
}
