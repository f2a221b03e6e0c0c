package org.reservoir.placement.admission;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

import org.reservoir.placement.Amounts;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Level;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.State;

/**
 * Finds places on the hosts that are left for VEEs whose hosts are down and for those that are wanted besides. Big ones first, each
 * where it leaves least room; when there is none, one other VEE may make way. What it finds is a proof that there is room; that it
 * finds nothing is strong evidence that there is none.
 */
final class Rehousing {
    /** So many hosts are looked at before all are. */
    private static final int GLANCE = 32;
    /** So many pairs of a host and a VEE that might make way. */
    private static final int EFFORT = 4_000;
    /** Of so few, all ways are tried when the short one finds none. */
    private static final int FEW = 24;
    private static final int THOROUGH = 50_000;

    private final State state;
    private final Set<String> together;

    Rehousing(State state, Snapshot snapshot) {
        this.state = state;
        this.together = snapshot.constraints().stream().filter(it -> it instanceof Constraint.Gather(_, var level) && level == Level.HOST).map(Constraint::group)
                .collect(Collectors.toSet());
    }

    /**
     * Who went where.
     *
     * @param vees  in the order in which they were placed; those that made way come before those for which they did
     * @param hosts of each; {@link State#NOWHERE} for one that is stranded
     */
    record Outcome(int[] vees, int[] hosts) {
        boolean whole() {
            return Arrays.stream(hosts).allMatch(host -> host != State.NOWHERE);
        }

        int[] stranded() {
            return java.util.stream.IntStream.range(0, vees.length).filter(i -> hosts[i] == State.NOWHERE).map(i -> vees[i]).toArray();
        }
    }

    /** What was changed in the state, to be taken back. */
    private final class Trail {
        private final List<int[]> before = new ArrayList<>();
        private final List<int[]> placed = new ArrayList<>();

        void take(int vee) {
            before.add(new int[] {vee, state.hostOf(vee)});
            state.remove(vee);
        }

        void put(int vee, int host) {
            state.place(vee, host);
            placed.add(new int[] {vee, host});
        }

        /** Everything is where it was. */
        void back() {
            placed.forEach(it -> {
                if (state.hostOf(it[0]) != State.NOWHERE) {
                    state.remove(it[0]);
                }
            });
            before.reversed().forEach(it -> {
                if (state.hostOf(it[0]) != State.NOWHERE) {
                    state.remove(it[0]);
                }
                state.place(it[0], it[1]);
            });
        }
    }

    /** @param down hosts that are gone; @param wanted VEEs without a place, placed after those that lost theirs, in this order */
    Outcome of(boolean[] down, int[] wanted, RandomGenerator random) {
        var found = tried(down, wanted, random);
        var lost = displaced(down);
        return found.whole() || lost.size() + wanted.length > FEW ? found : thorough(down, lost, wanted).orElse(found);
    }

    private Outcome tried(boolean[] down, int[] wanted, RandomGenerator random) {
        var trail = new Trail();
        try {
            var lost = displaced(down);
            lost.forEach(trail::take);
            var stranded = new ArrayList<Integer>();
            var hopeless = new HashSet<Like>();
            units(lost).forEach(unit -> stranded.addAll(house(unit, hopeless, down, trail, random)));
            for (int vee : wanted) {
                stranded.addAll(house(List.of(vee), hopeless, down, trail, random));
            }
            return outcome(trail, stranded);
        } finally {
            trail.back();
        }
    }

    /** All ways to place a few, as far as the effort goes. */
    private Optional<Outcome> thorough(boolean[] down, List<Integer> lost, int[] wanted) {
        var trail = new Trail();
        try {
            lost.forEach(trail::take);
            var all = new ArrayList<Integer>();
            units(lost).forEach(all::addAll);
            Arrays.stream(wanted).forEach(all::add);
            int[] hosts = new int[all.size()];
            if (!fit(all, 0, hosts, down, new int[] {THOROUGH})) {
                return Optional.empty();
            }
            return Optional.of(new Outcome(all.stream().mapToInt(i -> i).toArray(), hosts));
        } finally {
            trail.back();
        }
    }

    private boolean fit(List<Integer> vees, int next, int[] hosts, boolean[] down, int[] effort) {
        if (next == vees.size()) {
            return true;
        }
        int vee = vees.get(next);
        for (int host = 0; host < down.length && effort[0] > 0; host++) {
            effort[0]--;
            if (!down[host] && state.allows(vee, host)) {
                hosts[next] = host;
                state.place(vee, host);
                boolean found = fit(vees, next + 1, hosts, down, effort);
                state.remove(vee);
                if (found) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Outcome outcome(Trail trail, List<Integer> stranded) {
        int count = trail.placed.size() + stranded.size();
        var vees = new int[count];
        var hosts = new int[count];
        for (int i = 0; i < trail.placed.size(); i++) {
            vees[i] = trail.placed.get(i)[0];
            hosts[i] = trail.placed.get(i)[1];
        }
        for (int i = 0; i < stranded.size(); i++) {
            vees[trail.placed.size() + i] = stranded.get(i);
            hosts[trail.placed.size() + i] = State.NOWHERE;
        }
        return new Outcome(vees, hosts);
    }

    /** Whether what was found before holds still: every one of them may go where it went. */
    boolean stands(boolean[] down, Outcome found) {
        if (!found.whole()) {
            return false;
        }
        var trail = new Trail();
        try {
            var lost = displaced(down);
            lost.forEach(trail::take);
            for (int i = 0; i < found.vees().length; i++) {
                int vee = found.vees()[i];
                if (state.hostOf(vee) != State.NOWHERE) {
                    trail.take(vee); // one that made way
                }
                if (down[found.hosts()[i]] || !state.allows(vee, found.hosts()[i])) {
                    return false;
                }
                trail.put(vee, found.hosts()[i]);
            }
            return lost.stream().allMatch(vee -> state.hostOf(vee) != State.NOWHERE);
        } finally {
            trail.back();
        }
    }

    private List<Integer> displaced(boolean[] down) {
        var lost = new ArrayList<Integer>();
        for (int host = 0; host < down.length; host++) {
            if (down[host]) {
                for (int vee = state.firstOn(host); vee != State.NOWHERE; vee = state.nextOn(vee)) {
                    lost.add(vee);
                }
            }
        }
        return lost;
    }

    /** Those that must share a host are housed as one; the biggest first. */
    private List<List<Integer>> units(List<Integer> lost) {
        Map<Object, List<Integer>> units = new LinkedHashMap<>();
        lost.forEach(vee -> units.computeIfAbsent(unit(vee), _ -> new ArrayList<>()).add(vee));
        return units.values().stream().sorted(Comparator.comparingDouble((List<Integer> unit) -> unit.stream().mapToDouble(this::bulk).sum()).reversed()).toList();
    }

    private Object unit(int vee) {
        return together.isEmpty() ? (Object) vee : state.demand(vee).groups().stream().filter(together::contains).findFirst().<Object>map(name -> name).orElse(vee);
    }

    /** The largest share of a host that it takes, of any resource. */
    private double bulk(int vee) {
        double most = 0;
        for (int r = 0; r < state.resources(); r++) {
            most = Math.max(most, (double) state.asked(vee, r) / Math.max(1, state.promised(0, r)));
        }
        return most;
    }

    // ---- finding a place

    /** What makes VEEs as hard to place as each other. */
    private record Like(Amounts amounts, Set<String> groups) {}

    /** Where one found no place, none that is like it is looked for: room only becomes less. */
    private List<Integer> house(List<Integer> unit, Set<Like> hopeless, boolean[] down, Trail trail, RandomGenerator random) {
        if (unit.size() > 1) {
            return house(unit, down, trail, random);
        }
        var demand = state.demand(unit.getFirst());
        var like = new Like(demand.amounts(), demand.groups());
        if (hopeless.contains(like)) {
            return unit;
        }
        var left = house(unit, down, trail, random);
        if (!left.isEmpty()) {
            hopeless.add(like);
        }
        return left;
    }

    /** @return those for which there is none: nobody or the whole unit */
    private List<Integer> house(List<Integer> unit, boolean[] down, Trail trail, RandomGenerator random) {
        int vee = unit.getFirst();
        int host = unit.size() == 1 ? tightest(vee, down, random) : tightestFor(unit, down);
        if (host != State.NOWHERE) {
            unit.forEach(it -> trail.put(it, host));
            return List.of();
        }
        return unit.size() == 1 && madeWay(vee, down, trail, random) ? List.of() : unit;
    }

    private int tightest(int vee, boolean[] down, RandomGenerator random) {
        int best = State.NOWHERE;
        double least = Double.POSITIVE_INFINITY;
        int start = random.nextInt(down.length);
        for (int i = 0; i < down.length && (i < GLANCE || best == State.NOWHERE); i++) {
            int host = start + i < down.length ? start + i : start + i - down.length;
            if (!down[host] && state.allows(vee, host)) {
                double slack = slack(host);
                if (slack < least) {
                    least = slack;
                    best = host;
                }
            }
        }
        return best;
    }

    private int tightestFor(List<Integer> unit, boolean[] down) {
        int best = State.NOWHERE;
        for (int host = 0; host < down.length; host++) {
            if (!down[host] && (best == State.NOWHERE || slack(host) < slack(best)) && takesAll(unit, host)) {
                best = host;
            }
        }
        return best;
    }

    private boolean takesAll(List<Integer> unit, int host) {
        int placed = 0;
        while (placed < unit.size() && state.allows(unit.get(placed), host)) {
            state.place(unit.get(placed++), host);
        }
        unit.subList(0, placed).forEach(state::remove);
        return placed == unit.size();
    }

    private double slack(int host) {
        double sum = 0;
        for (int r = 0; r < state.resources(); r++) {
            sum += (double) state.free(host, r) / Math.max(1, state.promised(host, r));
        }
        return sum;
    }

    /** One VEE that runs is sent on, so that this one has room. */
    private boolean madeWay(int vee, boolean[] down, Trail trail, RandomGenerator random) {
        int effort = 0;
        int start = random.nextInt(down.length);
        for (int i = 0; i < down.length && effort < EFFORT; i++) {
            int host = (start + i) % down.length;
            if (down[host] || !state.couldHost(vee, host)) {
                continue;
            }
            for (int other : on(host)) {
                if (++effort < EFFORT && !state.rooted(other) && makesWay(other, vee, host, down, trail, random)) {
                    return true;
                }
            }
        }
        return false;
    }

    private int[] on(int host) {
        var on = new int[state.running(host)];
        int count = 0;
        for (int vee = state.firstOn(host); vee != State.NOWHERE; vee = state.nextOn(vee)) {
            on[count++] = vee;
        }
        return on;
    }

    private boolean makesWay(int other, int vee, int host, boolean[] down, Trail trail, RandomGenerator random) {
        state.remove(other);
        boolean room = state.allows(vee, host);
        if (room) {
            state.place(vee, host);
            int elsewhere = tightest(other, down, random);
            state.remove(vee);
            state.place(other, host);
            if (elsewhere != State.NOWHERE && elsewhere != host) {
                trail.take(other);
                trail.put(other, elsewhere);
                trail.put(vee, host);
                return true;
            }
            return false;
        }
        state.place(other, host);
        return false;
    }
}
