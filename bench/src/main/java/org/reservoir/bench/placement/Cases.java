package org.reservoir.bench.placement;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.reservoir.placement.Amounts;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Demand;
import org.reservoir.placement.HostView;
import org.reservoir.placement.Level;
import org.reservoir.placement.Resource;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.policy.FewMoves;
import org.reservoir.placement.policy.Objective;
import org.reservoir.placement.policy.PowerProfile;
import org.reservoir.placement.policy.PowerSaving;
import org.reservoir.placement.search.Problem;

/** Seeded instances: two resources, VEEs of twelve flavours, some of them in anti-affinity groups of four, placed at random. */
final class Cases {
    static final long GIB = 1L << 30;
    static final List<Resource> CPU_AND_MEMORY = List.of(Resource.CPU, Resource.MEMORY);
    private static final int KINDS = 4;
    private static final int LEAST_WATTS = 90;
    private static final int MOST_WATTS = 140;
    private static final int IN_A_GROUP = 4;

    private Cases() {}

    /**
     * @param grouped share of the VEEs that are in groups
     * @param fill    what VEEs ask for, of all there is
     */
    static Snapshot placed(int vees, int hosts, double grouped, double fill, long seed) {
        var random = new Random(seed);
        var constraints = new ArrayList<Constraint>();
        var demands = demands(vees, grouped, random, constraints);
        var empty = new Snapshot(CPU_AND_MEMORY, hosts(hosts, demands, fill), List.of(), constraints);
        return empty.with(atRandom(empty, demands, random), constraints);
    }

    /** The same on hosts of four sizes. */
    static Snapshot mixed(int vees, int hosts, double grouped, double fill, long seed) {
        var random = new Random(seed);
        var constraints = new ArrayList<Constraint>();
        var demands = demands(vees, grouped, random, constraints);
        var sizes = random.ints(hosts, 1, KINDS + 1).toArray();
        var one = hosts(hosts, demands, fill).getFirst().capacity();
        double mean = (KINDS + 1) / 2.0;
        var list = LongStream.rangeClosed(1, hosts).mapToObj(id -> {
            double size = sizes[(int) id - 1] / mean;
            return HostView.of(id, "node-" + id, Amounts.of((long) (one.at(0) * size) / 1000 * 1000, (long) (one.at(1) * size) / GIB * GIB)).in("rack-" + id % 250, "site");
        }).toList();
        var empty = new Snapshot(CPU_AND_MEMORY, list, List.of(), constraints);
        return empty.with(atRandom(empty, demands, random), constraints);
    }

    /** VEEs that have grown, one after the other on so many hosts, until each is promised too much. */
    static Snapshot overloaded(Snapshot placed, int hosts, long seed) {
        var ids = new ArrayList<>(placed.hosts().stream().map(HostView::id).toList());
        Collections.shuffle(ids, new Random(seed));
        var vees = new ArrayList<>(placed.vees());
        for (long host : ids.subList(0, hosts)) {
            long free = placed.hosts().stream().filter(it -> it.id() == host).findFirst().orElseThrow().promised(0)
                    - placed.vees().stream().filter(vee -> vee.host() == host).mapToLong(vee -> vee.demand().amounts().at(0)).sum();
            for (int i = 0; i < vees.size() && free >= 0; i++) {
                var vee = vees.get(i);
                if (vee.host() == host) {
                    var amounts = vee.demand().amounts();
                    free -= amounts.at(0);
                    vees.set(i, new VeeView(new Demand(vee.demand().id(), Amounts.of(2 * amounts.at(0), amounts.at(1)), vee.demand().requirements(), vee.demand().rank(), vee.demand().groups()), host));
                }
            }
        }
        return placed.with(vees, placed.constraints());
    }

    private static List<Demand> demands(int count, double grouped, Random random, List<Constraint> constraints) {
        var demands = new ArrayList<Demand>();
        for (int i = 0; i < count; i++) {
            int cpus = 1 << random.nextInt(4);
            var amounts = Amounts.of(1000L * cpus, (long) cpus * (2 + 2 * random.nextInt(3)) * GIB);
            var group = "group-" + i / IN_A_GROUP;
            boolean member = i / IN_A_GROUP * IN_A_GROUP < grouped * count;
            if (member && i % IN_A_GROUP == 0) {
                constraints.add(new Constraint.Spread(group, Level.HOST));
            }
            demands.add(member ? Demand.of(i + 1, amounts, group) : Demand.of(i + 1, amounts));
        }
        return demands;
    }

    /** All of one size. */
    private static List<HostView> hosts(int count, List<Demand> demands, double fill) {
        double cpus = demands.stream().mapToLong(d -> d.amounts().at(0)).sum() / 1000.0;
        double gibs = demands.stream().mapToLong(d -> d.amounts().at(1)).sum() / (double) GIB;
        var size = Amounts.of(1000L * Math.round(cpus / fill / count), Math.round(gibs / fill / count) * GIB);
        return LongStream.rangeClosed(1, count).mapToObj(id -> HostView.of(id, "node-" + id, size).in("rack-" + id % 10, "site")).toList();
    }

    /** Each on a random host with room and without another of its group. */
    private static List<VeeView> atRandom(Snapshot empty, List<Demand> demands, Random random) {
        var free = new HashMap<Long, long[]>();
        var groups = new HashMap<Long, Set<String>>();
        empty.hosts().forEach(host -> free.put(host.id(), new long[] {host.promised(0), host.promised(1)}));
        var order = new ArrayList<>(empty.hosts());
        var largestFirst = new ArrayList<>(demands);
        largestFirst.sort(Comparator.comparingLong((Demand d) -> -d.amounts().at(0)));
        var placed = new ArrayList<VeeView>();
        for (var demand : largestFirst) {
            long host = host(order, demand, free, groups, random);
            free.get(host)[0] -= demand.amounts().at(0);
            free.get(host)[1] -= demand.amounts().at(1);
            groups.computeIfAbsent(host, _ -> new HashSet<>()).addAll(demand.groups());
            placed.add(new VeeView(demand, host));
        }
        return placed;
    }

    private static long host(List<HostView> hosts, Demand demand, Map<Long, long[]> free, Map<Long, Set<String>> groups, Random random) {
        int start = random.nextInt(hosts.size());
        for (int i = 0; i < hosts.size(); i++) {
            long host = hosts.get((start + i) % hosts.size()).id();
            var left = free.get(host);
            if (left[0] >= demand.amounts().at(0) && left[1] >= demand.amounts().at(1) && Collections.disjoint(groups.getOrDefault(host, Set.of()), demand.groups())) {
                return host;
            }
        }
        throw new IllegalStateException("The generator found no place for " + demand + ".");
    }

    /** Ten times the watts of the hosts in use, 90 to 140 each, and the GiB that are moved. */
    static Problem powerSaving(Snapshot snapshot, long seed) {
        var random = new Random(seed);
        var profiles = new HashMap<Long, PowerProfile>();
        for (var host : snapshot.hosts()) {
            int watts = LEAST_WATTS + random.nextInt(MOST_WATTS - LEAST_WATTS + 1);
            profiles.put(host.id(), new PowerProfile(watts, watts, 0, 0));
        }
        return Problem.of(snapshot, List.of(), Objective.of(new PowerSaving(profiles, PowerProfile.USUAL), 10).and(new FewMoves(0, 1, 1), 1));
    }
}
