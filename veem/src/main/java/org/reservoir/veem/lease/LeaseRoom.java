package org.reservoir.veem.lease;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.kernel.Capacity;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.placement.lease.Calendar;
import org.reservoir.placement.lease.LeaseBook;
import org.reservoir.placement.lease.LeaseHost;
import org.reservoir.placement.lease.LeaseRecord;
import org.reservoir.placement.lease.LeaseSite;
import org.reservoir.placement.lease.Quantity;
import org.reservoir.veem.kept.HostTable;

/**
 * The site as lease planning sees it: of each host what the VEEs without a lease leave, in milli-CPUs, MiB and MiB. And what planned leases take of it
 * at most, which the others must leave. Pure.
 */
final class LeaseRoom {
    private static final List<String> RESOURCES = List.of(LeaseSite.CPU, LeaseSite.MEMORY, "Disk");
    private static final Quantity NOTHING = Quantity.of(0, 0, 0);
    private static final long MEBIBYTE = 1 << 20;

    private LeaseRoom() {}

    /**
     * @param outside what VEEs without a lease take
     * @param book    hosts that leases are on, or planned on, stay in the site when they are gone from it, with nothing to give
     */
    static List<LeaseHost> hosts(List<HostTable.HostRecord> hosts, Map<HostId, Capacity> outside, List<LeaseRecord> book) {
        var all = new TreeMap<Long, Quantity>();
        named(book).forEach(host -> all.put(host, NOTHING));
        hosts.forEach(host -> all.put(host.id().value(), host.takesVeesAwake() ? left(host.capacity(), outside.getOrDefault(host.id(), Capacity.NONE)) : NOTHING));
        return all.entrySet().stream().map(host -> new LeaseHost(host.getKey(), host.getValue())).toList();
    }

    private static Set<Long> named(List<LeaseRecord> leases) {
        var named = new TreeSet<Long>();
        for (var lease : leases) {
            named.addAll(lease.images().values());
            lease.runs().forEach(run -> {
                named.addAll(run.run().slot().hosts());
                run.before().forEach(step -> named.addAll(step.slot().from()));
            });
        }
        return named;
    }

    static LeaseSite site(List<LeaseHost> hosts) {
        return new LeaseSite(RESOURCES, List.of(), hosts);
    }

    private static Quantity left(Capacity has, Capacity taken) {
        return Quantity.of(Math.max(0, has.cpu().milli() - taken.cpu().milli()), Math.max(0, has.memory().bytes() - taken.memory().bytes()) / MEBIBYTE,
                Math.max(0, has.disk().bytes() - taken.disk().bytes()) / MEBIBYTE);
    }

    /** What a VEE takes, rounded up. @param disk bytes of all its disks */
    static Quantity need(VeeSpec spec, long disk) {
        return Quantity.of(spec.cpu().milli(), Math.ceilDiv(spec.memory().bytes(), MEBIBYTE), Math.ceilDiv(disk, MEBIBYTE));
    }

    static Capacity capacity(Quantity quantity) {
        return new Capacity(new Cpus(Math.clamp(quantity.amount(0), 0, Integer.MAX_VALUE)), DataSize.mebibytes(Math.max(0, quantity.amount(1))),
                DataSize.mebibytes(Math.max(0, quantity.amount(2))));
    }

    /** What leases take at most of each host from {@code book.now()} on; hosts of which they take nothing are left out. */
    static Map<HostId, Capacity> peaks(LeaseBook book) {
        var calendar = book.calendar();
        var peaks = new HashMap<HostId, Capacity>();
        for (var host : book.site().hosts()) {
            var most = NOTHING;
            for (var stretch : ahead(calendar.stretches().get(host.id()), book.now())) {
                most = more(most, host.capacity().minus(stretch.free()));
            }
            if (!most.equals(NOTHING)) {
                peaks.put(new HostId(host.id()), capacity(most));
            }
        }
        return peaks;
    }

    private static Quantity more(Quantity one, Quantity other) {
        return Quantity.of(Math.max(one.amount(0), other.amount(0)), Math.max(one.amount(1), other.amount(1)), Math.max(one.amount(2), other.amount(2)));
    }

    /** The stretches that are not yet past; the first begins now. */
    static List<Calendar.Stretch> ahead(List<Calendar.Stretch> stretches, long now) {
        var ahead = new ArrayList<Calendar.Stretch>();
        for (int i = 0; i < stretches.size(); i++) {
            if (i + 1 == stretches.size() || stretches.get(i + 1).from() > now) {
                ahead.add(new Calendar.Stretch(Math.max(now, stretches.get(i).from()), stretches.get(i).free()));
            }
        }
        return ahead;
    }
}
