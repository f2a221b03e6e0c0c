package org.reservoir.placement.lease;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Puts the nodes of a lease on hosts for some time, greedily: hosts in the order of the policy, nodes from the largest on, each host filled before the next is begun;
 * when that fails, as if one more of the victims were not there, and again. (Haizea's greedy mapper; Sotomayor's thesis, chapter 5.)
 */
final class Mapper {
    /** @param until when the hosts are wanted by others again: the end that was asked for, or earlier */
    record Mapping(int[] hostOf, long until, List<Lease> preempted) {}

    /** Leases that might make room. */
    interface Victims {
        Victims NONE = new Victims() {
            @Override
            public List<Lease> candidates() {
                return List.of();
            }

            @Override
            public boolean take(Lease victim) {
                return false;
            }
        };

        /** The last is taken first. */
        List<Lease> candidates();

        /** @return whether it makes room */
        boolean take(Lease victim);
    }

    private final SlotTable table;
    private final LeaseSite site;
    private final HostPolicy policy;

    Mapper(SlotTable table, LeaseSite site, HostPolicy policy) {
        this.table = table;
        this.site = site;
        this.policy = policy;
    }

    /**
     * @param strict whether only the whole time will do
     * @param only   indices of hosts that come into question, ascending; empty for all
     */
    Optional<Mapping> map(Lease lease, long start, long end, boolean strict, Optional<int[]> only, Victims victims) {
        var shape = lease.node(0);
        boolean mayPreempt = victims != Victims.NONE;
        if (!mayPreempt && lease.alike && shape.simple() && !table.room().holds(shape, start, lease.size())) {
            return Optional.empty();
        }
        var hosts = ranked(lease, start, only, !mayPreempt && lease.alike);
        var candidates = new ArrayList<>(victims.candidates());
        var preempted = new LinkedHashSet<Lease>();
        while (true) {
            var filled = fill(lease, hosts, start, end, strict, preempted);
            if (filled.isPresent()) {
                return filled;
            }
            if (!another(candidates, victims, preempted)) {
                return Optional.empty();
            }
        }
    }

    /** Each node on the host that it must be on. */
    Optional<Mapping> pinned(Lease lease, int[] hostOf, long start, long end, boolean strict) {
        var needs = new TreeMap<Integer, Quantity>();
        for (int node = 0; node < hostOf.length; node++) {
            needs.merge(hostOf[node], lease.node(node), Quantity::plus);
        }
        long until = end;
        for (var entry : needs.entrySet()) {
            until = Math.min(until, fitsUntil(table.line(entry.getKey()), start, until, entry.getValue(), Set.of()));
        }
        return until == start || strict && until < end ? Optional.empty() : Optional.of(new Mapping(hostOf, until, List.of()));
    }

    private static boolean another(List<Lease> candidates, Victims victims, Set<Lease> preempted) {
        while (!candidates.isEmpty()) {
            var victim = candidates.removeLast();
            if (victims.take(victim)) {
                preempted.add(victim);
                return true;
            }
        }
        return false;
    }

    private Ranking ranked(Lease lease, long start, Optional<int[]> only, boolean onlyWhereOneFits) {
        int most = only.map(some -> some.length).orElse(table.hosts());
        var hosts = new int[most];
        var moments = new ArrayList<HostPolicy.Moment>(most);
        for (int i = 0; i < most; i++) {
            int host = only.isPresent() ? only.get()[i] : i;
            var line = table.line(host);
            if (!line.lost()) {
                int stretch = line.at(start);
                if (!onlyWhereOneFits || lease.node(0).fitsIn(line.free(stretch))) {
                    hosts[moments.size()] = host;
                    moments.add(moment(host, line, stretch, start));
                }
            }
        }
        return new Ranking(Arrays.copyOf(hosts, moments.size()), policy.scores(moments, lease));
    }

    private HostPolicy.Moment moment(int host, HostTimeline line, int stretch, long start) {
        long until = line.until(stretch);
        return new HostPolicy.Moment(site.hosts().get(host).id(), line.leases(stretch), line.free(stretch), until == Reservation.NEVER ? Reservation.NEVER : until - start);
    }

    private Optional<Mapping> fill(Lease lease, Ranking hosts, long start, long end, boolean strict, Set<Lease> preempted) {
        var hostOf = new int[lease.size()];
        int next = 0;
        long until = end;
        for (int place = 0; place < hosts.size(); place++) {
            int host = hosts.host(place);
            var line = table.line(host);
            var need = lease.node(lease.bySize[next]);
            while (true) {
                long fits = fitsUntil(line, start, until, need, preempted);
                if (fits < until && (strict || fits == start)) {
                    break;
                }
                until = Math.min(until, fits);
                hostOf[lease.bySize[next++]] = host;
                if (next == hostOf.length) {
                    return Optional.of(new Mapping(hostOf, until, List.copyOf(preempted)));
                }
                need = need.plus(lease.node(lease.bySize[next]));
            }
        }
        return Optional.empty();
    }

    /** Until when so much is free on a host, from {@code start} on: {@code until} if for the whole time, {@code start} if not at all. */
    static long fitsUntil(HostTimeline line, long start, long until, Quantity need, Set<Lease> preempted) {
        int stretch = line.at(start);
        var least = line.freeWithout(stretch, preempted);
        for (long from = start; from < until; from = line.until(stretch++)) {
            var free = line.freeWithout(stretch, preempted);
            least = need.simple() ? free : least.least(free);
            if (!need.fitsIn(least)) {
                return from;
            }
        }
        return until;
    }
}
