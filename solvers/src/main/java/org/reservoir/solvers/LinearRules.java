package org.reservoir.solvers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.HostView;
import org.reservoir.placement.Level;
import org.reservoir.placement.State;

/** Constraints as rows over the columns that say who is where; those that only forbid single places have left out their columns before. */
final class LinearRules {
    private final LinearProgram program;
    private final State state;
    /** By VEE and host: its column, or -1. */
    private final int[][] at;
    /** By VEE that waits: the column that says it goes on waiting. */
    private final Map<Integer, Integer> left;

    LinearRules(LinearProgram program, State state, int[][] at, Map<Integer, Integer> left) {
        this.program = program;
        this.state = state;
        this.at = at;
        this.left = left;
    }

    void add(Constraint constraint) {
        var members = IntStream.range(0, state.vees()).filter(v -> constraint.binds(state.demand(v))).toArray();
        switch (constraint) {
            case Constraint.Spread(_, var level, var atMost) -> places(level).values().forEach(hosts -> program.sum(0, atMost, columns(members, hosts)));
            case Constraint.Gather(_, var level) -> oneOf(members, List.copyOf(places(level).values()));
            case Constraint.Among(_, var parts) -> among(members, parts);
            case Constraint.SplitAmong(_, var other, var parts) -> {
                var others = IntStream.range(0, state.vees()).filter(v -> state.demand(v).groups().contains(other)).toArray();
                among(members, parts);
                among(others, parts);
                parts.forEach(part -> program.sum(0, 1, List.of(held(members, hosts(part)), held(others, hosts(part)))));
            }
            case Constraint.Apart(_, var other, var level) -> apart(members, IntStream.range(0, state.vees()).filter(v -> state.demand(v).groups().contains(other)).toArray(), level);
            case Constraint.Lonely _ -> apart(members, IntStream.range(0, state.vees()).filter(v -> !constraint.binds(state.demand(v))).toArray(), Level.HOST);
            case Constraint.Licence licence -> licence(licence, members);
            case Constraint.AllOrNothing _ -> {
                var waiting = Arrays.stream(members).filter(left::containsKey).toArray();
                for (int i = 1; i < waiting.length; i++) {
                    program.row(0, 0, List.of(left.get(waiting[0]), left.get(waiting[i])), List.of(1L, -1L));
                }
            }
            case Constraint.Fence _, Constraint.Ban _, Constraint.Within _, Constraint.Root _ -> { }
        }
    }

    private void among(int[] members, List<Set<Long>> parts) {
        var inNone = IntStream.range(0, state.hosts()).filter(h -> parts.stream().noneMatch(part -> part.contains(state.host(h).id()))).boxed().toList();
        program.sum(0, 0, columns(members, inNone));
        oneOf(members, parts.stream().map(this::hosts).toList());
    }

    private List<Integer> hosts(Set<Long> part) {
        return IntStream.range(0, state.hosts()).filter(h -> part.contains(state.host(h).id())).boxed().toList();
    }

    /** Of seats that are taken though they are not there any more none is given back by force, or there would be no placement at all. */
    private void licence(Constraint.Licence licence, int[] members) {
        var taken = Arrays.stream(members).map(state::hostOf).filter(host -> host != State.NOWHERE);
        var everywhere = IntStream.range(0, state.hosts()).boxed().toList();
        if (!licence.perHost()) {
            program.sum(0, Math.max(licence.seats(), taken.count()), columns(members, everywhere));
            return;
        }
        var seats = everywhere.stream().map(host -> held(members, List.of(host))).toList();
        program.sum(0, Math.max(licence.seats(), taken.distinct().count()), seats);
    }

    /** All in one of the places. */
    private void oneOf(int[] members, List<List<Integer>> places) {
        program.sum(0, 1, places.stream().map(hosts -> held(members, hosts)).toList());
    }

    /** No member of one where there is a member of the other. */
    private void apart(int[] members, int[] others, Level level) {
        places(level).values().forEach(hosts -> program.sum(0, 1, List.of(held(members, hosts), held(others, hosts))));
    }

    /** A column that is 1 when one of the VEES is on one of the hosts. */
    private int held(int[] vees, List<Integer> hosts) {
        int held = program.column(1, 0);
        columns(vees, hosts).forEach(column -> program.row(0, 1, List.of(held, column), List.of(1L, -1L)));
        return held;
    }

    private List<Integer> columns(int[] vees, List<Integer> hosts) {
        return Arrays.stream(vees).boxed().flatMap(v -> hosts.stream().map(h -> at[v][h])).filter(column -> column >= 0).toList();
    }

    private Map<Object, List<Integer>> places(Level level) {
        IntFunction<Object> place = h -> {
            HostView host = state.host(h);
            return switch (level) {
                case HOST -> h;
                case RACK -> List.of(host.site(), host.rack());
                case SITE -> host.site();
            };
        };
        var places = new LinkedHashMap<Object, List<Integer>>();
        IntStream.range(0, state.hosts()).forEach(h -> places.computeIfAbsent(place.apply(h), _ -> new ArrayList<>()).add(h));
        return places;
    }
}
