package org.reservoir.placement.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.reservoir.placement.State;

/** What a board's placement costs, kept up to date change by change: by VEE, by host, and by the spare room that is wanted. */
final class Ledger {
    private final Cost cost;
    private final State state;
    private final int[] origin;
    private final boolean looksAtHosts;
    private final long[] hostCost;
    private final long[] veeCost;
    private final List<SpareRoom> spare = new ArrayList<>();
    private long spareCost;
    private long total;
    private final Pull pull;

    /** @param origin where each VEE of the state was, which is where it still is */
    Ledger(Cost cost, State state, int[] origin) {
        this.cost = cost;
        this.state = state;
        this.origin = origin;
        pull = new Pull(state);
        looksAtHosts = cost.looksAtHosts();
        hostCost = new long[state.hosts()];
        veeCost = new long[origin.length];
        cost.spares().forEach(wanted -> spare.add(new SpareRoom(state, wanted)));
        for (int v = 0; v < veeCost.length; v++) {
            veeCost[v] = cost.ofVee(v, origin[v], origin[v]);
            total += veeCost[v];
        }
        for (int h = 0; h < hostCost.length && looksAtHosts; h++) {
            hostCost[h] = cost.ofHost(h);
            total += hostCost[h];
        }
        spareChanged();
    }

    Cost cost() {
        return cost;
    }

    long total() {
        return total;
    }

    /** The total with the pull in it. */
    double energy() {
        return total + pull.energy();
    }

    void pull(double strength) {
        pull.begin(strength);
    }

    /** Whether a VEE's place changes nothing but its own cost, as {@link #totalWith} takes it. */
    boolean looksAtVeesAlone() {
        return !looksAtHosts && !pull.pulls() && spare.isEmpty();
    }

    /** The total were a VEE there. */
    long totalWith(int vee, int host) {
        return total + cost.ofVee(vee, origin[vee], host) - veeCost[vee];
    }

    /**
     * A VEE has come to a host or left it.
     *
     * @param sign 1 or -1
     * @param now where it is
     */
    void changed(int vee, int host, int sign, int now) {
        long points = cost.ofVee(vee, origin[vee], now);
        total += points - veeCost[vee];
        veeCost[vee] = points;
        if (looksAtHosts) {
            long there = cost.ofHost(host);
            total += there - hostCost[host];
            hostCost[host] = there;
        }
        pull.changed(host);
        if (!spare.isEmpty()) {
            boolean opened = state.running(host) == (sign > 0 ? 1 : 0);
            for (var room : spare) {
                room.took(vee, sign);
                if (opened) {
                    room.used(host, sign);
                }
            }
            spareChanged();
        }
    }

    private void spareChanged() {
        if (!spare.isEmpty()) {
            long now = cost.ofSpare(spare);
            total += now - spareCost;
            spareCost = now;
        }
    }

    /** The total, counted anew. */
    long recomputed() {
        long sum = 0;
        for (int h = 0; h < hostCost.length && looksAtHosts; h++) {
            sum += cost.ofHost(h);
        }
        for (int v = 0; v < veeCost.length; v++) {
            sum += cost.ofVee(v, origin[v], state.hostOf(v));
        }
        return sum + (spare.isEmpty() ? 0 : cost.ofSpare(cost.spares().stream().map(wanted -> new SpareRoom(state, wanted)).toList()));
    }

    Map<String, Double> points() {
        return cost.points(origin, spare);
    }
}
