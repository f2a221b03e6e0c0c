package org.reservoir.gateways.rest;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;

/** A VEE in a list: what tables and overviews need. The whole of it is told by {@code vee.show}, or by {@code view=full}. */
record VeeSummary(VeeId id, String name, UserId user, GroupId group, VeeState state, Optional<String> doing, Optional<HostId> host, int vcpus, Cpus cpu,
                  DataSize memory, boolean ready, List<String> addresses, Map<String, String> tags, Optional<String> problem, Instant created,
                  Instant changed) {
    static VeeSummary of(Vee vee) {
        var addresses = vee.nics().size() == 1 ? vee.nics().getFirst().addresses() : vee.nics().stream().flatMap(nic -> nic.addresses().stream()).toList();
        return new VeeSummary(vee.id(), vee.name(), vee.ownership().user(), vee.ownership().group(), vee.state(), vee.doing(), vee.host(),
                vee.spec().vcpus(), vee.spec().cpu(), vee.spec().memory(), vee.ready(), addresses, vee.spec().tags(), vee.problem(), vee.created(),
                vee.changed());
    }
}
