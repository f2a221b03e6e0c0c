package org.reservoir.placement;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.reservoir.kernel.expression.Expression;
import org.reservoir.kernel.expression.Rows;

/**
 * A snapshot in arrays, kept up to date move by move: what solvers work on. Hosts and VEEs are numbered from 0; hosts are in
 * the order of site, rack and snapshot, so that a rack and a site are ranges. Nothing is judged when a VEE is placed: ask
 * {@link #allows} first.
 */
public final class State {
    public static final int NOWHERE = -1;

    final List<Resource> resources;
    final List<HostView> hosts;
    final boolean[] usable;
    final boolean[] asleep;
    final Counts members = new Counts();
    final Rules rules;
    final GroupNames groups;
    final Changes changes;

    private final int width;
    private final long[] promised;
    private final long[] used;
    private final int[] running;
    private final Map<Long, Integer> hostIndex;
    private final Map<Long, Integer> veeIndex;
    private final Map<Expression, Rows.Truths> requirements = new HashMap<>();
    private final HostWords words = new HostWords(this);
    private Demand[] demands;
    private Rows.Truths[] requirementOf;
    private int[] hostOf;
    private int[][] groupsOf;
    private Rule[][] rulesOf;
    private long[] asked;
    private final Tenants tenants;
    private int vees;

    public State(Snapshot snapshot) {
        resources = snapshot.resources();
        width = resources.size();
        hosts = snapshot.hosts().stream().sorted(State::bySiteAndRack).toList();
        promised = new long[hosts.size() * width];
        used = new long[promised.length];
        int room = Math.max(16, snapshot.vees().size());
        demands = new Demand[room];
        requirementOf = new Rows.Truths[room];
        hostOf = new int[room];
        groupsOf = new int[room][];
        rulesOf = new Rule[room][];
        asked = new long[room * width];
        hostIndex = HashMap.newHashMap(hosts.size());
        veeIndex = HashMap.newHashMap(room);
        running = new int[hosts.size()];
        tenants = new Tenants(hosts.size());
        usable = new boolean[hosts.size()];
        asleep = new boolean[hosts.size()];
        changes = new Changes(hosts.size());
        for (int h = 0; h < hosts.size(); h++) {
            var host = hosts.get(h);
            hostIndex.put(host.id(), h);
            usable[h] = host.usable();
            asleep[h] = host.asleep();
            for (int r = 0; r < width; r++) {
                promised[h * width + r] = host.promised(r);
            }
        }
        groups = new GroupNames(snapshot.constraints());
        rules = new Rules(this, snapshot.constraints());
        for (var vee : snapshot.vees()) {
            place(add(vee.demand()), hostIndex.get(vee.host()));
        }
    }

    private static int bySiteAndRack(HostView one, HostView other) {
        int sites = one.site().compareTo(other.site());
        return sites != 0 ? sites : one.rack().compareTo(other.rack());
    }

    // ---- hosts

    public int hosts() {
        return hosts.size();
    }

    public HostView host(int host) {
        return hosts.get(host);
    }

    public int resources() {
        return width;
    }

    public long promised(int host, int resource) {
        return promised[host * width + resource];
    }

    public long used(int host, int resource) {
        return used[host * width + resource];
    }

    /** What may still be promised; negative on an overloaded host. */
    public long free(int host, int resource) {
        int cell = host * width + resource;
        return promised[cell] - used[cell];
    }

    /** How many VEEs are there. */
    public int running(int host) {
        return running[host];
    }

    /** The first VEE on a host, or {@link #NOWHERE}; the others by {@link #nextOn}. The order is of no meaning, but the same in each run. */
    public int firstOn(int host) {
        return tenants.first(host);
    }

    public int nextOn(int vee) {
        return tenants.next(vee);
    }

    /** Whether a host has been promised more than it may. */
    public boolean overloaded(int host) {
        for (int cell = host * width; cell < (host + 1) * width; cell++) {
            if (used[cell] > promised[cell]) {
                return true;
            }
        }
        return false;
    }

    public int hostIndex(long id) {
        return hostIndex.getOrDefault(id, NOWHERE);
    }

    // ---- VEEs

    public int veeIndex(long id) {
        return veeIndex.getOrDefault(id, NOWHERE);
    }

    public int vees() {
        return vees;
    }

    public Demand demand(int vee) {
        return demands[vee];
    }

    public long asked(int vee, int resource) {
        return asked[vee * width + resource];
    }

    /** Or {@link #NOWHERE}. */
    public int hostOf(int vee) {
        return hostOf[vee];
    }

    int[] groupsOf(int vee) {
        return groupsOf[vee];
    }

    Rule[] rulesOf(int vee) {
        return rulesOf[vee];
    }

    /** Takes a VEE in, without a place yet. */
    public int add(Demand demand) {
        if (vees == demands.length) {
            grow(2 * vees);
        }
        demands[vees] = demand;
        demand.amounts().copyTo(asked, vees * width);
        hostOf[vees] = NOWHERE;
        groupsOf[vees] = groups.of(demand);
        rulesOf[vees] = rules.of(groupsOf[vees]);
        requirementOf[vees] = demand.requirements().map(this::compiled).orElse(null);
        veeIndex.put(demand.id(), vees);
        return vees++;
    }

    private void grow(int size) {
        demands = Arrays.copyOf(demands, size);
        requirementOf = Arrays.copyOf(requirementOf, size);
        hostOf = Arrays.copyOf(hostOf, size);
        groupsOf = Arrays.copyOf(groupsOf, size);
        rulesOf = Arrays.copyOf(rulesOf, size);
        asked = Arrays.copyOf(asked, size * width);
    }

    /** A condition over the hosts as they are at the moment it is asked. */
    Rows.Truths compiled(Expression condition) {
        return requirements.computeIfAbsent(condition, it -> it.compileCondition(words));
    }

    // ---- questions

    boolean fits(Amounts amounts, int host) {
        int cell = host * width;
        for (int r = 0; r < width; r++, cell++) {
            long more = amounts.at(r);
            if (more > 0 && more > promised[cell] - used[cell]) {
                return false;
            }
        }
        return true;
    }

    /** Whether the host has room for the VEE, which is not there yet. */
    public boolean fits(int vee, int host) {
        int cell = host * width;
        for (int at = vee * width, end = at + width; at < end; at++, cell++) {
            if (asked[at] > promised[cell] - used[cell] && asked[at] > 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether a VEE without a place may be placed there: room, rules and its own requirements. */
    public boolean allows(int vee, int host) {
        return usable[host] && fits(vee, host) && permits(vee, host);
    }

    /** Whether rules and requirements let a VEE without a place in, were there room. */
    public boolean permits(int vee, int host) {
        return !ruledOut(vee, host) && (requirementOf[vee] == null || requirementOf[vee].at(host) == Rows.Truths.TRUE);
    }

    /** Whether the VEE could be there if it had the host for itself: what no other VEE can change. Its own place is always one where it could be. */
    public boolean couldHost(int vee, int host) {
        if (hostOf[vee] == host) {
            return true;
        }
        for (int r = 0; r < width; r++) {
            if (asked(vee, r) > promised(host, r)) {
                return false;
            }
        }
        for (var rule : rulesOf[vee]) {
            if (rule.lasts() && rule.excludes(host, host)) {
                return false;
            }
        }
        return usable[host] && (requirementOf[vee] == null || requirementOf[vee].at(host) == Rows.Truths.TRUE);
    }

    /** Whether a rule keeps a VEE without a place away from there. */
    public boolean ruledOut(int vee, int host) {
        for (var rule : rulesOf[vee]) {
            if (rule.excludes(host, host)) {
                return true;
            }
        }
        return false;
    }

    /** Whether any rule or requirement speaks of the VEE. */
    public boolean bound(int vee) {
        return rulesOf[vee].length > 0 || requirementOf[vee] != null;
    }

    /** Whether a VEE that has a place must keep it. */
    public boolean rooted(int vee) {
        for (var rule : rulesOf[vee]) {
            if (rule.roots()) {
                return true;
            }
        }
        return false;
    }

    // ---- changes

    public void place(int vee, int host) {
        if (hostOf[vee] != NOWHERE) {
            throw new IllegalStateException("VEE %d is on host %d already".formatted(demands[vee].id(), hosts.get(hostOf[vee]).id()));
        }
        hostOf[vee] = host;
        tenants.enter(vee, host);
        account(vee, host, 1);
    }

    public void remove(int vee) {
        int host = hostOf[vee];
        tenants.leave(vee, host);
        account(vee, host, -1);
        hostOf[vee] = NOWHERE;
    }

    /** Keeps resources and group membership of a VEE on a host it is leaving. @param moved whether it has another place by now, and so is one member of its groups as before */
    void hold(int vee, int host, boolean moved) {
        account(vee, host, 1, moved);
    }

    void letGo(int vee, int host, boolean moved) {
        account(vee, host, -1, moved);
    }

    private void account(int vee, int host, int sign) {
        account(vee, host, sign, false);
    }

    private void account(int vee, int host, int sign, boolean hereOnly) {
        int cell = host * width;
        for (int at = vee * width, end = at + width; at < end; at++, cell++) {
            used[cell] += sign * asked[at];
        }
        running[host] += sign;
        for (int group : groupsOf[vee]) {
            if (hereOnly) {
                rules.countHere(group, host, sign);
            } else {
                rules.count(group, host, sign);
            }
        }
        changes.note(host);
    }
}
