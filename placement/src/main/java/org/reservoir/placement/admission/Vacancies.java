package org.reservoir.placement.admission;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.reservoir.kernel.expression.Expression;
import org.reservoir.placement.Amounts;
import org.reservoir.placement.State;

/**
 * Finds a place for one or some after the other on the hosts that are left: where it leaves least room, or one other VEE makes way. Where one found none, none
 * that is like it is looked for: room only becomes less.
 */
final class Vacancies {
    /** So many hosts are looked at before all are. */
    private static final int GLANCE = 32;
    /** So many pairs of a host and a VEE that might make way. */
    private static final int EFFORT = 4_000;
    private final State state;
    private final boolean[] down;
    private final Trail trail;
    private final RandomGenerator random;
    /** That are left, for all. */
    private long pairs;
    private final Set<Like> hopeless = new HashSet<>();

    /** @param trail where all that is done is noted @param pairs of a host and a VEE that might make way, that are looked at for all together */
    Vacancies(State state, boolean[] down, Trail trail, RandomGenerator random, long pairs) {
        this.state = state;
        this.down = down;
        this.trail = trail;
        this.random = random;
        this.pairs = pairs;
    }

    /** What makes VEEs as hard to place as each other. */
    private record Like(Amounts amounts, Set<String> groups, Optional<Expression> requirements) {}

    private Like like(int vee) {
        var demand = state.demand(vee);
        return new Like(demand.amounts(), demand.groups(), demand.requirements());
    }

    /** @return those for which there is none: nobody or the whole unit */
    List<Integer> house(List<Integer> unit) {
        if (unit.size() > 1) {
            return looked(unit);
        }
        var like = like(unit.getFirst());
        if (hopeless.contains(like)) {
            return unit;
        }
        var left = looked(unit);
        if (!left.isEmpty()) {
            hopeless.add(like);
        }
        return left;
    }

    private List<Integer> looked(List<Integer> unit) {
        int vee = unit.getFirst();
        int host = unit.size() == 1 ? tightest(vee) : tightestFor(unit);
        if (host != State.NOWHERE) {
            unit.forEach(it -> trail.put(it, host));
            return List.of();
        }
        return unit.size() == 1 && madeWay(vee) ? List.of() : unit;
    }

    private int tightest(int vee) {
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

    private int tightestFor(List<Integer> unit) {
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
    private boolean madeWay(int vee) {
        long enough = Math.max(0, pairs - EFFORT);
        var housed = new HashMap<Like, Boolean>();
        int start = random.nextInt(down.length);
        for (int i = 0; i < down.length && pairs > enough; i++) {
            int host = (start + i) % down.length;
            if (down[host] || !state.couldHost(vee, host)) {
                continue;
            }
            for (int other : on(host)) {
                if (--pairs > enough && !state.rooted(other) && housed.computeIfAbsent(like(other), _ -> tightest(other) != State.NOWHERE) && makesWay(other, vee, host)) {
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

    private boolean makesWay(int other, int vee, int host) {
        state.remove(other);
        boolean room = state.allows(vee, host);
        if (room) {
            state.place(vee, host);
            int elsewhere = tightest(other);
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
