package org.reservoir.solvers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.State;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.policy.Curve;
import org.reservoir.placement.policy.Headroom;
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

    final LinearProgram program = new LinearProgram();

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
            used[h] = program.column(1, Math.round(cost.whenUsed(h) - cost.whenEmpty(h)));
            program.constant += Math.round(cost.whenEmpty(h));
        }
        for (int v = 0; v < state.vees(); v++) {
            places(v);
        }
        capacities();
        for (var curve : cost.curves()) {
            bend(curve);
        }
        problem.snapshot().constraints().forEach(new LinearRules(program, state, at, left)::add);
        moves();
    }

    /** Why the problem is too large or of the wrong kind; empty when it is not. */
    static Optional<String> unfit(Problem problem) {
        long vees = problem.scope().map(scope -> (long) scope.vees().size()).orElse((long) problem.snapshot().vees().size() + problem.waiting().size());
        long hosts = problem.scope().map(scope -> (long) scope.hosts().size()).orElse((long) problem.snapshot().hosts().size());
        if (vees * hosts > MOST_PAIRS) {
            return Optional.of("%d VEEs on %d hosts are too many for an exact solver".formatted(vees, hosts));
        }
        return problem.objective().tiers().stream().flatMap(List::stream).map(part -> part.goal()).filter(Headroom.class::isInstance).findFirst()
                .map(_ -> "headroom is not linear");
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
                at[vee][h] = program.column(1, cost.vee(vee, origin[vee], h));
                columns.add(at[vee][h]);
            }
        }
        if (origin[vee] == State.NOWHERE && !(fixed && stay[vee] != State.NOWHERE)) {
            left.put(vee, program.column(1, cost.vee(vee, State.NOWHERE, State.NOWHERE)));
            columns.add(left.get(vee));
        }
        program.sum(1, 1, columns);
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
                program.row(all, Long.MAX_VALUE, open, sizes);
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
                program.row(0, 1, List.of(used[host], at[v][host]), List.of(1L, -1L));
            }
        }
        columns.add(used[host]);
        factors.add(-(state.promised(host, r) / common));
        program.row(Long.MIN_VALUE, 0, columns, factors);
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
    private void bend(Curve curve) {
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
            int price = program.column((long) Math.ceil(4 * weight * (curve.cost()[curve.pieces()] + Math.abs(curve.slope(curve.pieces() - 1)))) + 1, 1);
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
                program.charge(at[v][host], Math.round(slope * state.asked(v, r) / state.promised(host, r)));
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
        program.row(offset * there, Long.MAX_VALUE, columns, factors);
    }

    private void moves() {
        var stays = IntStream.range(0, state.vees()).filter(v -> origin[v] != State.NOWHERE && at[v][origin[v]] >= 0).mapToObj(v -> at[v][origin[v]]).toList();
        long placed = Arrays.stream(origin).filter(h -> h != State.NOWHERE).count();
        if (problem.mostMoves() < placed) {
            program.sum(placed - problem.mostMoves(), Long.MAX_VALUE, stays);
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
