package org.reservoir.placement;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A snapshot in arrays, kept up to date move by move. Hosts are in the order of site, rack and snapshot, so that a rack
 * and a site are ranges; VEEs are numbered as they come. Every change of a host is appended to a log that indexes follow.
 */
final class State {
    static final int NOWHERE = -1;
    private static final int[] NO_GROUPS = {};

    final List<Resource> resources;
    final List<HostView> hosts;
    final long[] promised;
    final long[] used;
    final int[] running;
    final boolean[] usable;
    /** Location ids by level: of host h, {@code locationOf[level][h]}. Hosts, racks and sites share one numbering. */
    final int[][] locationOf = new int[Level.values().length][];
    final Counts members = new Counts();
    final Rules rules;

    private final Map<Long, Integer> hostIndex = new HashMap<>();
    private final Map<Long, Integer> veeIndex = new HashMap<>();
    private final Map<String, Integer> groupIndex = new HashMap<>();
    private Demand[] demands = new Demand[16];
    private int[] hostOf = new int[16];
    private int[][] groupsOf = new int[16][];
    private int vees;
    private int[] changes = new int[64];
    private int changed;

    State(Snapshot snapshot) {
        resources = snapshot.resources();
        var order = Comparator.comparing(HostView::site).thenComparing(HostView::rack);
        hosts = snapshot.hosts().stream().sorted(order).toList();
        promised = new long[hosts.size() * resources.size()];
        used = new long[promised.length];
        running = new int[hosts.size()];
        usable = new boolean[hosts.size()];
        for (int h = 0; h < hosts.size(); h++) {
            hostIndex.put(hosts.get(h).id(), h);
            usable[h] = hosts.get(h).usable();
            for (int r = 0; r < resources.size(); r++) {
                promised[cell(h, r)] = hosts.get(h).promised(r);
            }
        }
        locate();
        for (var constraint : snapshot.constraints()) {
            group(constraint.group());
            if (constraint instanceof Constraint.Apart apart) {
                group(apart.other());
            }
        }
        rules = new Rules(this, snapshot.constraints());
        for (var vee : snapshot.vees()) {
            place(add(vee.demand()), hostIndex.get(vee.host()));
        }
    }

    private void locate() {
        locationOf[0] = IntStream.range(0, hosts.size()).toArray();
        locationOf[1] = new int[hosts.size()];
        locationOf[2] = new int[hosts.size()];
        int next = hosts.size();
        for (int h = 0; h < hosts.size(); h++) {
            boolean sameSite = h > 0 && hosts.get(h).site().equals(hosts.get(h - 1).site());
            boolean sameRack = sameSite && hosts.get(h).rack().equals(hosts.get(h - 1).rack());
            locationOf[1][h] = sameRack ? locationOf[1][h - 1] : next++;
            locationOf[2][h] = sameSite ? locationOf[2][h - 1] : next++;
        }
    }

    private int group(String name) {
        return groupIndex.computeIfAbsent(name, _ -> groupIndex.size());
    }

    /** Index of a group some constraint speaks of, else {@link #NOWHERE}. */
    int groupNamed(String name) {
        return groupIndex.getOrDefault(name, NOWHERE);
    }

    int groups() {
        return groupIndex.size();
    }

    int cell(int host, int resource) {
        return host * resources.size() + resource;
    }

    /** What may still be promised; negative on an overloaded host. */
    long free(int host, int resource) {
        int cell = cell(host, resource);
        return promised[cell] - used[cell];
    }

    boolean fits(Amounts amounts, int host) {
        int cell = host * resources.size();
        for (int r = 0; r < resources.size(); r++, cell++) {
            long asked = amounts.at(r);
            if (asked > 0 && asked > promised[cell] - used[cell]) {
                return false;
            }
        }
        return true;
    }

    /** A host that has been promised more than it may. */
    boolean overloaded(int host) {
        for (int r = 0; r < resources.size(); r++) {
            if (free(host, r) < 0) {
                return true;
            }
        }
        return false;
    }

    int hostIndex(long id) {
        return hostIndex.getOrDefault(id, NOWHERE);
    }

    int veeIndex(long id) {
        return veeIndex.getOrDefault(id, NOWHERE);
    }

    int vees() {
        return vees;
    }

    Demand demand(int vee) {
        return demands[vee];
    }

    int hostOf(int vee) {
        return hostOf[vee];
    }

    int[] groupsOf(int vee) {
        return groupsOf[vee];
    }

    int[] groupsOf(Demand demand) {
        if (groupIndex.isEmpty() || demand.groups().isEmpty()) {
            return NO_GROUPS;
        }
        return demand.groups().stream().filter(groupIndex::containsKey).sorted().mapToInt(groupIndex::get).toArray();
    }

    /** Takes a VEE in, without a place yet. */
    int add(Demand demand) {
        if (vees == demands.length) {
            demands = Arrays.copyOf(demands, 2 * vees);
            hostOf = Arrays.copyOf(hostOf, 2 * vees);
            groupsOf = Arrays.copyOf(groupsOf, 2 * vees);
        }
        demands[vees] = demand;
        hostOf[vees] = NOWHERE;
        groupsOf[vees] = groupsOf(demand);
        veeIndex.put(demand.id(), vees);
        return vees++;
    }

    void place(int vee, int host) {
        if (hostOf[vee] != NOWHERE) {
            throw new IllegalStateException("VEE %d is on host %d already".formatted(demands[vee].id(), hosts.get(hostOf[vee]).id()));
        }
        hostOf[vee] = host;
        account(vee, host, 1);
    }

    void remove(int vee) {
        account(vee, hostOf[vee], -1);
        hostOf[vee] = NOWHERE;
    }

    void move(int vee, int host) {
        remove(vee);
        place(vee, host);
    }

    /** Keeps resources and group membership of a VEE on a host it is leaving. */
    void hold(int vee, int host) {
        account(vee, host, 1);
    }

    void letGo(int vee, int host) {
        account(vee, host, -1);
    }

    private void account(int vee, int host, int sign) {
        var amounts = demands[vee].amounts();
        int cell = host * resources.size();
        for (int r = 0; r < resources.size(); r++) {
            used[cell + r] += sign * amounts.at(r);
        }
        running[host] += sign;
        for (int group : groupsOf[vee]) {
            rules.count(group, host, sign);
        }
        log(host);
    }

    private void log(int host) {
        if (changed == changes.length) {
            changes = Arrays.copyOf(changes, 2 * changed);
        }
        changes[changed++] = host;
    }

    int changes() {
        return changed;
    }

    int changedHost(int change) {
        return changes[change];
    }
}
