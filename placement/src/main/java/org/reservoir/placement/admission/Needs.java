package org.reservoir.placement.admission;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.reservoir.placement.Amounts;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.State;

/** What VEEs ask for and who is where, as {@link FirstFit} sees them in each of its ways. VEEs that ask for as much are of one size; the biggest are numbered first. */
final class Needs {
    /** Of one that asks for more than room. */
    static final int SPECIAL = -1;
    private static final int[] NO_GROUPS = {};

    final State state;
    /** Those that have a place. */
    final int[] placed;
    final PlainRules rules;
    /** Whether nobody keeps away from others by a rule that does not bind these. */
    final boolean plain;
    /** Of each resource, what the host has that has most of it. */
    final double[] most;
    /** Hosts that take somebody. */
    final int[] hosts;
    final Amounts[] sizes;
    /** By VEE. */
    final int[] sizeOf;
    /** By VEE, the groups whose members are on different hosts, by number. */
    final int[][] apart;
    /** By host, who is there, the biggest first. */
    final int[][] there;
    private int groups;

    /** @param wanted VEEs without a place, of which some may be wanted */
    Needs(State state, Snapshot snapshot, int[] wanted) {
        this.state = state;
        placed = IntStream.range(0, state.vees()).filter(vee -> state.hostOf(vee) != State.NOWHERE).toArray();
        var vees = IntStream.concat(Arrays.stream(placed), Arrays.stream(wanted)).toArray();
        rules = PlainRules.of(state, snapshot, vees);
        plain = PlainRules.holdIn(snapshot);
        most = IntStream.range(0, state.resources()).mapToDouble(r -> Math.max(1, IntStream.range(0, state.hosts()).mapToLong(host -> state.promised(host, r)).max().orElse(1))).toArray();
        hosts = IntStream.range(0, state.hosts()).filter(host -> rules.takes(state, host)).toArray();
        sizeOf = new int[state.vees()];
        apart = new int[state.vees()][];
        sizes = sized(vees);
        there = IntStream.range(0, state.hosts()).mapToObj(this::on).toArray(int[][]::new);
    }

    private Amounts[] sized(int[] vees) {
        Map<Amounts, Integer> met = new LinkedHashMap<>();
        var names = new HashMap<String, Integer>();
        int last = State.NOWHERE;
        for (int vee : vees) {
            var demand = state.demand(vee);
            sizeOf[vee] = rules.special().contains(vee) ? SPECIAL : met.computeIfAbsent(demand.amounts(), _ -> met.size());
            // replicas of one service have one set of groups
            apart[vee] = last != State.NOWHERE && demand.groups() == state.demand(last).groups() ? apart[last]
                    : numbers(rules.apart(demand), names);
            last = vee;
        }
        groups = names.size();
        var all = met.keySet().toArray(Amounts[]::new);
        var bulk = Arrays.stream(all).mapToDouble(this::bulk).toArray();
        var biggestFirst = IntStream.range(0, all.length).boxed().sorted((one, other) -> Double.compare(bulk[other], bulk[one])).mapToInt(size -> size).toArray();
        var rank = new int[all.length];
        IntStream.range(0, all.length).forEach(i -> rank[biggestFirst[i]] = i);
        for (int vee : vees) {
            sizeOf[vee] = sizeOf[vee] == SPECIAL ? SPECIAL : rank[sizeOf[vee]];
        }
        return Arrays.stream(biggestFirst).mapToObj(size -> all[size]).toArray(Amounts[]::new);
    }

    private static int[] numbers(List<String> groups, Map<String, Integer> names) {
        if (groups.isEmpty()) {
            return NO_GROUPS;
        }
        var numbers = new int[groups.size()];
        Arrays.setAll(numbers, i -> names.computeIfAbsent(groups.get(i), _ -> names.size()));
        return numbers;
    }

    /** How many hosts a member of a group may find taken by others of it. */
    int taken() {
        var members = new int[groups];
        int most = 1;
        for (var its : apart) {
            for (int i = 0; its != null && i < its.length; i++) {
                most = Math.max(most, ++members[its[i]]);
            }
        }
        return most - 1;
    }

    private double bulk(Amounts amounts) {
        double bulk = 0;
        for (int r = 0; r < most.length; r++) {
            bulk = Math.max(bulk, amounts.at(r) / most[r]);
        }
        return bulk;
    }

    private int[] on(int host) {
        var on = new int[state.running(host)];
        var keys = new long[on.length];
        int count = 0;
        for (int vee = state.firstOn(host); vee != State.NOWHERE; vee = state.nextOn(vee)) {
            on[count] = vee;
            keys[count] = (long) sizeOf[vee] << Integer.SIZE | count++;
        }
        Arrays.sort(keys);
        var biggestFirst = new int[count];
        for (int i = 0; i < count; i++) {
            biggestFirst[i] = on[(int) keys[i]];
        }
        return biggestFirst;
    }
}
