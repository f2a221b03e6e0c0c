package org.reservoir.veem.host;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.Licence;
import org.reservoir.kernel.HostId;
import org.reservoir.placement.Decision;
import org.reservoir.placement.Demand;
import org.reservoir.placement.Placer;
import org.reservoir.placement.Policy;
import org.reservoir.placement.VeeView;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.placing.Whole;

/**
 * Which hosts that sleep VEEs need. Who has room on hosts that are awake, or waking already, needs none; for the others as few are woken as packing
 * them takes. Pure.
 */
public final class Awakening {
    private Awakening() {}

    /** @param waiting for a place @param placed all that have one @param leases what they keep of hosts @param licences of the site: who waits for a seat wakes nobody */
    public static Set<HostId> hosts(List<HostTable.HostRecord> all, List<VeeRecord> waiting, Collection<VeeRecord> placed, Whole.Leases leases, List<Licence.Terms> licences) {
        var soon = all.stream().map(host -> host.state() == Host.State.WAKING ? host.awake() : host).toList();
        var first = Whole.of(soon, soon, Stream.concat(placed.stream(), waiting.stream()).toList(), leases, licences);
        var come = decide(Placer.open(first.snapshot()), first.waiting());
        var left = come.stream().filter(decision -> !(decision instanceof Decision.Placed)).map(Decision::demand).toList();
        if (left.isEmpty()) {
            return Set.of();
        }
        var awake = soon.stream().map(HostTable.HostRecord::awake).toList();
        var placer = Placer.open(Whole.of(awake, awake, Stream.concat(placed.stream(), waiting.stream()).toList(), leases, licences).snapshot());
        come.forEach(decision -> {
            if (decision instanceof Decision.Placed(var demand, var host)) {
                placer.note(new VeeView(demand, host));
            }
        });
        var needed = new HashSet<HostId>();
        decide(placer, left).forEach(decision -> {
            if (decision instanceof Decision.Placed(_, var host)) {
                needed.add(new HostId(host));
            }
        });
        return needed;
    }

    private static List<Decision> decide(Placer placer, List<Demand> demands) {
        return placer.place(demands, Policy.PACKING);
    }
}
