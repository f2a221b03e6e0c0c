package org.reservoir.solvers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.HostView;
import org.reservoir.placement.Level;
import org.reservoir.placement.State;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.search.Cost;
import org.reservoir.placement.search.Problem;
import org.reservoir.placement.search.Solution;

/**
 * A placement problem as columns and rows of whole numbers, the same for all back ends: a column for each VEE and host where it could be, one for each
 * host in use, and further ones for places of groups and for costs that bend. Amounts are divided by what all have in common, so that they stay small.
 */
final class LinearModel {
    static final long MOST_PAIRS = 400_000;
    /** Loads are rounded to thousandths for costs that bend; finer steps make factors that MIP solvers get lost in. */
    private static final long LOAD_STEPS = 1_000;

    /** {@code least <= sum of factor * column <= most}. */
    record Row(long least, long most, int[] columns, long[] factors) {}

    final List<Row> rows = new ArrayList<>();
    /** Upper bounds; lower ones are 0. A column is a truth when its bound is 1. */
    final List<Long> bounds = new ArrayList<>();
    final List<Long> costs = new ArrayList<>();
    /** What nothing changes. */
    long constant;

    private final Problem problem;
    private final State state;
    private final Cost cost;
    private final int[] origin;
    /** Where those stay that may not move. */
    private final int[] stay;
    /** By VEE and host: its column, or -1. */
    private final int[][] at;
    private final int[] used;
    private final Map<Integer, Integer> left = new LinkedHashMap<>();

    LinearModel(Problem problem) {
        this.problem = problem;
        state = new State(problem.snapshot());
        problem.waiting().forEach(state::add);
        cost = new Cost(problem.objective(), state);
        origin = IntStream.range(0, state.vees()).map(state::hostOf).toArray();
        stay = origin.clone();
        problem.known().filter(_ -> problem.scope().isPresent()).ifPresent(this::stayWhere);
        at = new int[state.vees()][state.hosts()];
        used = new int[state.hosts()];
        for (int h = 0; h < state.hosts(); h++) {
            used[h] = column(1, Math.round(cost.whenUsed(h) - cost.whenEmpty(h)));
            constant += Math.round(cost.whenEmpty(h));
        }
        for (int v = 0; v < state.vees(); v++) {
            places(v);
        }
        capacities();
        for (var curve : cost.curves()) {
            bend(curve);
        }
        problem.snapshot().constraints().forEach(this::constrain);
        moves();
    }

    /** Why the problem is too large or of the wrong kind; empty when it is not. */
    static Optional<String> unfit(Problem problem) {
        long vees = problem.scope().map(scope -> (long) scope.vees().size()).orElse((long) problem.snapshot().vees().size() + problem.waiting().size());
        long hosts = problem.scope().map(scope -> (long) scope.hosts().size()).orElse((long) problem.snapshot().hosts().size());
        if (vees * hosts > MOST_PAIRS) {
            return Optional.of("%d VEEs on %d hosts are too many for an exact solver".formatted(vees, hosts));
        }
        return problem.objective().tiers().stream().flatMap(List::stream).map(part -> part.goal()).filter(org.reservoir.placement.policy.Headroom.class::isInstance).findFirst()
                .map(_ -> "headroom is not linear");
    }

    private int column(long bound, long price) {
        bounds.add(bound);
        costs.add(price);
        return bounds.size() - 1;
    }

    private void row(long least, long most, List<Integer> columns, List<Long> factors) {
        rows.add(new Row(least, most, columns.stream().mapToInt(i -> i).toArray(), factors.stream().mapToLong(f -> f).toArray()));
    }

    private void sum(long least, long most, List<Integer> columns) {
        row(least, most, columns, columns.stream().map(_ -> 1L).toList());
    }

    private void stayWhere(Solution known) {
        Arrays.fill(stay, State.NOWHERE);
        known.places().forEach(vee -> stay[state.veeIndex(vee.demand().id())] = state.hostIndex(vee.host()));
    }

    /** One place, or none for one that waits. */
    private void places(int vee) {
        var columns = new ArrayList<Integer>();
        boolean fixed = fixed(vee);
        Arrays.fill(at[vee], -1);
        for (int h = 0; h < state.hosts(); h++) {
            boolean here = h == stay[vee];
            if (here && mayStay(vee) || !here && !fixed && (open(h) || h == origin[vee]) && state.couldHost(vee, h)) {
                at[vee][h] = column(1, cost.vee(vee, origin[vee], h));
                columns.add(at[vee][h]);
            }
        }
        if (origin[vee] == State.NOWHERE && !(fixed && stay[vee] != State.NOWHERE)) {
            left.put(vee, column(1, cost.vee(vee, State.NOWHERE, State.NOWHERE)));
            columns.add(left.get(vee));
        }
        sum(1, 1, columns);
    }

    private boolean fixed(int vee) {
        return origin[vee] != State.NOWHERE && state.rooted(vee) || problem.scope().filter(scope -> !scope.vees().contains(state.demand(vee).id())).isPresent();
    }

    private boolean mayStay(int vee) {
        return fixed(vee) || !problem.snapshot().constraints().stream().filter(c -> c.binds(state.demand(vee))).anyMatch(c -> switch (c) {
            case Constraint.Ban ban -> ban.hosts().contains(state.host(stay[vee]).id());
            case Constraint.Fence fence -> !fence.hosts().contains(state.host(stay[vee]).id());
            case Constraint.Within within -> !within.takes(state.host(stay[vee]));
            default -> false;
        });
    }

    private boolean open(int host) {
        return problem.scope().filter(scope -> !scope.hosts().contains(state.host(host).id())).isEmpty();
    }

    /** Room on each host in use; and, for better bounds, that the hosts in use have room for all that must run. */
    private void capacities() {
        for (int r = 0; r < state.resources(); r++) {
            long common = common(r);
            long all = 0;
            for (int v = 0; v < state.vees(); v++) {
                all += origin[v] == State.NOWHERE ? 0 : state.asked(v, r) / common;
            }
            var open = new ArrayList<Integer>();
            var sizes = new ArrayList<Long>();
            for (int h = 0; h < state.hosts(); h++) {
                capacity(h, r, common);
                open.add(used[h]);
                sizes.add(state.promised(h, r) / common);
            }
            if (all > 0) {
                row(all, Long.MAX_VALUE, open, sizes);
            }
        }
    }

    private void capacity(int host, int r, long common) {
        var columns = new ArrayList<Integer>();
        var factors = new ArrayList<Long>();
        for (int v = 0; v < state.vees(); v++) {
            if (at[v][host] >= 0 && state.asked(v, r) > 0) {
                columns.add(at[v][host]);
                factors.add(state.asked(v, r) / common);
            }
            if (r == 0 && at[v][host] >= 0) {
                row(0, 1, List.of(used[host], at[v][host]), List.of(1L, -1L));
            }
        }
        columns.add(used[host]);
        factors.add(-(state.promised(host, r) / common));
        row(Long.MIN_VALUE, 0, columns, factors);
    }

    private long common(int r) {
        long common = 0;
        for (int v = 0; v < state.vees(); v++) {
            common = gcd(common, state.asked(v, r));
        }
        return Math.max(1, common);
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /** A cost column above each straight piece of the curve: {@code cost * promised >= slope * used + offset * promised}. */
    private void bend(org.reservoir.placement.policy.Curve curve) {
        int r = curve.resource();
        for (int h = 0; h < state.hosts(); h++) {
            double weight = curve.weight()[h];
            if (state.promised(h, r) == 0 || weight == 0) {
                continue;
            }
            if (curve.pieces() == 1 && curve.cost()[0] == 0) {
                straight(h, r, weight * curve.slope(0));
                continue;
            }
            int price = column((long) Math.ceil(4 * weight * (curve.cost()[curve.pieces()] + Math.abs(curve.slope(curve.pieces() - 1)))) + 1, 1);
            long unit = Math.max(1, state.promised(h, r) / LOAD_STEPS);
            for (int piece = 0; piece < curve.pieces(); piece++) {
                double offset = curve.cost()[piece] - curve.slope(piece) * curve.load()[piece];
                above(h, r, unit, price, Math.round(weight * curve.slope(piece)), Math.round(weight * offset));
            }
        }
    }

    private void straight(int host, int r, double slope) {
        for (int v = 0; v < state.vees(); v++) {
            if (at[v][host] >= 0) {
                costs.set(at[v][host], costs.get(at[v][host]) + Math.round(slope * state.asked(v, r) / state.promised(host, r)));
            }
        }
    }

    private void above(int host, int r, long unit, int price, long slope, long offset) {
        long there = state.promised(host, r) / unit;
        var columns = new ArrayList<>(List.of(price));
        var factors = new ArrayList<>(List.of(there));
        for (int v = 0; v < state.vees(); v++) {
            if (at[v][host] >= 0 && state.asked(v, r) > 0) {
                columns.add(at[v][host]);
                factors.add(-slope * Math.round((double) state.asked(v, r) / unit));
            }
        }
        row(offset * there, Long.MAX_VALUE, columns, factors);
    }

    private void constrain(Constraint constraint) {
        var members = IntStream.range(0, state.vees()).filter(v -> constraint.binds(state.demand(v))).toArray();
        switch (constraint) {
            case Constraint.Spread(_, var level, var atMost) -> places(level).values().forEach(hosts -> sum(0, atMost, columns(members, hosts)));
            case Constraint.Gather(_, var level) -> oneOf(members, List.copyOf(places(level).values()));
            case Constraint.Among(_, var parts) -> among(members, parts);
            case Constraint.SplitAmong(_, var other, var parts) -> {
                var others = IntStream.range(0, state.vees()).filter(v -> state.demand(v).groups().contains(other)).toArray();
                among(members, parts);
                among(others, parts);
                parts.forEach(part -> sum(0, 1, List.of(held(members, hosts(part)), held(others, hosts(part)))));
            }
            case Constraint.Apart(_, var other, var level) -> apart(members, IntStream.range(0, state.vees()).filter(v -> state.demand(v).groups().contains(other)).toArray(), level);
            case Constraint.Lonely _ -> apart(members, IntStream.range(0, state.vees()).filter(v -> !constraint.binds(state.demand(v))).toArray(), Level.HOST);
            case Constraint.Licence licence -> licence(licence, members);
            case Constraint.AllOrNothing _ -> {
                var waiting = Arrays.stream(members).filter(left::containsKey).toArray();
                for (int i = 1; i < waiting.length; i++) {
                    row(0, 0, List.of(left.get(waiting[0]), left.get(waiting[i])), List.of(1L, -1L));
                }
            }
            case Constraint.Fence _, Constraint.Ban _, Constraint.Within _, Constraint.Root _ -> { }
        }
    }

    private void among(int[] members, List<Set<Long>> parts) {
        var inNone = IntStream.range(0, state.hosts()).filter(h -> parts.stream().noneMatch(part -> part.contains(state.host(h).id()))).boxed().toList();
        sum(0, 0, columns(members, inNone));
        oneOf(members, parts.stream().map(this::hosts).toList());
    }

    private List<Integer> hosts(Set<Long> part) {
        return IntStream.range(0, state.hosts()).filter(h -> part.contains(state.host(h).id())).boxed().toList();
    }

    private void licence(Constraint.Licence licence, int[] members) {
        var everywhere = IntStream.range(0, state.hosts()).boxed().toList();
        if (!licence.perHost()) {
            sum(0, licence.seats(), columns(members, everywhere));
            return;
        }
        var seats = everywhere.stream().map(host -> held(members, List.of(host))).toList();
        sum(0, licence.seats(), seats);
    }

    /** All in one of the places. */
    private void oneOf(int[] members, List<List<Integer>> places) {
        sum(0, 1, places.stream().map(hosts -> held(members, hosts)).toList());
    }

    /** No member of one where there is a member of the other. */
    private void apart(int[] members, int[] others, Level level) {
        places(level).values().forEach(hosts -> sum(0, 1, List.of(held(members, hosts), held(others, hosts))));
    }

    /** A column that is 1 when one of the VEES is on one of the hosts. */
    private int held(int[] vees, List<Integer> hosts) {
        int held = column(1, 0);
        columns(vees, hosts).forEach(column -> row(0, 1, List.of(held, column), List.of(1L, -1L)));
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

    private void moves() {
        var stays = IntStream.range(0, state.vees()).filter(v -> origin[v] != State.NOWHERE && at[v][origin[v]] >= 0).mapToObj(v -> at[v][origin[v]]).toList();
        long placed = Arrays.stream(origin).filter(h -> h != State.NOWHERE).count();
        if (problem.mostMoves() < placed) {
            sum(placed - problem.mostMoves(), Long.MAX_VALUE, stays);
        }
    }

    /** Values of the columns that say who is where, for a start. */
    Map<Integer, Boolean> hint(List<VeeView> places) {
        var hint = new LinkedHashMap<Integer, Boolean>();
        for (int column : used) {
            hint.put(column, false);
        }
        left.values().forEach(column -> hint.put(column, true));
        for (var vee : places) {
            int v = state.veeIndex(vee.demand().id());
            int host = state.hostIndex(vee.host());
            hint.put(used[host], true);
            hint.computeIfPresent(left.getOrDefault(v, -1), (_, _) -> false);
            for (int h = 0; v >= 0 && h < state.hosts(); h++) {
                if (at[v][h] >= 0) {
                    hint.put(at[v][h], h == host);
                }
            }
        }
        return hint;
    }

    List<VeeView> places(IntFunction<Boolean> chosen) {
        var places = new ArrayList<VeeView>();
        for (int v = 0; v < state.vees(); v++) {
            for (int h = 0; h < state.hosts(); h++) {
                if (at[v][h] >= 0 && chosen.apply(at[v][h])) {
                    places.add(new VeeView(state.demand(v), state.host(h).id()));
                }
            }
        }
        return places;
    }
}
