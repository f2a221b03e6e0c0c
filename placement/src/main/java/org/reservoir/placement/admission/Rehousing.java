package org.reservoir.placement.admission;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Level;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.State;
import org.reservoir.placement.search.Budget;

/**
 * Finds places on the hosts that are left for VEEs whose hosts are down and for those that are wanted besides. Big ones first, each
 * where it leaves least room; when there is none, one other VEE may make way. What it finds is a proof that there is room; that it
 * finds nothing is strong evidence that there is none.
 */
final class Rehousing {
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
            return IntStream.range(0, vees.length).filter(i -> hosts[i] == State.NOWHERE).map(i -> vees[i]).toArray();
        }
    }

    /** @param down hosts that are gone; @param wanted VEEs without a place, placed after those that lost theirs, in this order */
    Outcome of(boolean[] down, int[] wanted, RandomGenerator random) {
        return inTime(down, wanted, random, Long.MAX_VALUE, Trials.AS_LONG_AS_IT_TAKES).orElseThrow();
    }

    /**
     * The same, or nothing when time is up before it is known: to look for thousands of places on full hosts takes as long as a whole answer may.
     *
     * @param pairs of a host and a VEE that might make way, that are looked at in all
     */
    Optional<Outcome> inTime(boolean[] down, int[] wanted, RandomGenerator random, long pairs, Budget budget) {
        var lost = displaced(down);
        return tried(lost, down, wanted, random, pairs, budget).map(found -> found.whole() || lost.size() + wanted.length > FEW ? found : thorough(down, lost, wanted).orElse(found));
    }

    private Optional<Outcome> tried(List<Integer> lost, boolean[] down, int[] wanted, RandomGenerator random, long pairs, Budget budget) {
        var trail = new Trail(state);
        try {
            lost.forEach(trail::take);
            var units = new ArrayList<>(units(lost));
            Arrays.stream(wanted).forEach(vee -> units.add(List.of(vee)));
            var stranded = new ArrayList<Integer>();
            var vacancies = new Vacancies(state, down, trail, random, pairs);
            for (var unit : units) {
                if (budget.expired()) {
                    return Optional.empty();
                }
                stranded.addAll(vacancies.house(unit));
            }
            return Optional.of(outcome(trail, stranded));
        } finally {
            trail.back();
        }
    }

    /** All ways to place a few, as far as the effort goes. */
    private Optional<Outcome> thorough(boolean[] down, List<Integer> lost, int[] wanted) {
        var trail = new Trail(state);
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
        int count = trail.placed().size() + stranded.size();
        var vees = new int[count];
        var hosts = new int[count];
        for (int i = 0; i < trail.placed().size(); i++) {
            vees[i] = trail.placed().get(i)[0];
            hosts[i] = trail.placed().get(i)[1];
        }
        for (int i = 0; i < stranded.size(); i++) {
            vees[trail.placed().size() + i] = stranded.get(i);
            hosts[trail.placed().size() + i] = State.NOWHERE;
        }
        return new Outcome(vees, hosts);
    }

    /** Whether what was found before holds still: every one of them may go where it went. */
    boolean stands(boolean[] down, Outcome found) {
        if (!found.whole()) {
            return false;
        }
        var trail = new Trail(state);
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
}
