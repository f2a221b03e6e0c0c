package org.reservoir.servicemanager;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;

/** A VEE that carries a service's tags, as the VMI shows it. @param set with which it was asked for as one @param bound whether it shares a host with others because their network joins one host only */
record Seen(VeeId vee, String component, int replica, VeeState state, boolean ready, Instant created, Optional<String> address, Optional<String> problem, Optional<String> set, Optional<HostId> host, boolean bound) {
    static final String REPLICA_TAG = "replica";

    /** Those that are failed first, then the newest: what a component gives up first. */
    static final Comparator<Seen> VICTIMS = Comparator.comparing((Seen seen) -> !seen.failed()).thenComparing(Seen::created, Comparator.reverseOrder())
            .thenComparing(Seen::replica, Comparator.reverseOrder());

    /** Empty when it does not carry the tags that a replica carries. */
    static Optional<Seen> of(Vee vee) {
        var tags = vee.spec().tags();
        var component = tags.get(VeeChanged.COMPONENT_TAG);
        var replica = tags.getOrDefault(REPLICA_TAG, "");
        if (component == null || !replica.matches("[0-9]{1,6}")) {
            return Optional.empty();
        }
        var address = vee.nics().stream().flatMap(nic -> nic.addresses().stream()).findFirst();
        return Optional.of(new Seen(vee.id(), component, Integer.parseInt(replica), vee.state(), vee.ready(), vee.created(), address, vee.problem(),
                vee.spec().placement().set(), vee.host(), SharedHosts.forItsNetwork(vee.spec())));
    }

    boolean gone() {
        return state == VeeState.TERMINATED;
    }

    boolean leaving() {
        return state == VeeState.TERMINATING;
    }

    boolean failed() {
        return state == VeeState.FAILED;
    }
}
