package org.reservoir.veem;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.Capacity;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;

/** Shows the site database to the placement room, and its decisions to the VEEM. */
final class PlacementView implements Placing {
    @Override
    public Decision place(Handle sql, List<VeeRecord> vees, List<HostId> but) {
        var hosts = HostTable.all(sql).stream().filter(HostTable.HostRecord::takesVees).toList();
        var promised = new HashMap<>(HostTable.promised(sql, Optional.empty()));
        var places = new HashMap<VeeId, HostId>();
        var reasons = new HashMap<VeeId, String>();
        int next = 0;
        for (var vee : vees) {
            for (int i = 0; i < hosts.size(); i++) {
                var host = hosts.get((next + i) % hosts.size());
                var has = promised.getOrDefault(host.id(), HostTable.Promised.NOTHING).capacity().plus(new Capacity(vee.spec().cpu(), vee.spec().memory(), vee.parts().diskSize()));
                if (!but.contains(host.id()) && vee.task().filter(task -> task.failed().contains(host.id())).isEmpty() && fits(has, host.capacity())) {
                    promised.put(host.id(), new HostTable.Promised(has, 0));
                    places.put(vee.id(), host.id());
                    next = (next + i + 1) % hosts.size();
                    break;
                }
            }
            if (!places.containsKey(vee.id())) {
                reasons.put(vee.id(), "no host has room");
            }
        }
        return new Decision(Map.copyOf(places), Map.copyOf(reasons));
    }

    private static boolean fits(Capacity needs, Capacity has) {
        return needs.cpu().compareTo(has.cpu()) <= 0 && needs.memory().compareTo(has.memory()) <= 0 && needs.disk().compareTo(has.disk()) <= 0;
    }

    @Override
    public List<Vees.WhyNot> explain(Handle sql, VeeRecord vee) {
        return List.of();
    }
}
