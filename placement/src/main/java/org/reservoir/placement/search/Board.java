package org.reservoir.placement.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.reservoir.placement.Demand;
import org.reservoir.placement.Move;
import org.reservoir.placement.State;
import org.reservoir.placement.VeeView;

/**
 * Where all searches play: the state, what it costs, and a log of what was changed, so that trial moves can be taken back. Nothing is put where
 * it may not be, so a board that began right stays right.
 */
final class Board {
    final State state;
    final int[] origin;
    final int vees;
    final int hosts;
    private final Problem problem;
    private final Ledger ledger;
    private final boolean[] stays;
    private final boolean[] open;
    private int moved;
    private int[] log = new int[1024];
    private int logged;

    Board(Problem problem) {
        this.problem = problem;
        state = new State(problem.snapshot());
        problem.waiting().forEach(state::add);
        hosts = state.hosts();
        vees = state.vees();
        origin = new int[vees];
        stays = new boolean[vees];
        open = new boolean[hosts];
        Arrays.fill(open, true);
        for (int v = 0; v < vees; v++) {
            origin[v] = state.hostOf(v);
            stays[v] = origin[v] != State.NOWHERE && state.rooted(v);
        }
        ledger = new Ledger(new Cost(problem.objective(), state), state, origin);
        problem.scope().ifPresent(this::narrow);
    }

    private void narrow(Problem.Scope scope) {
        for (int v = 0; v < vees; v++) {
            stays[v] |= !scope.vees().contains(state.demand(v).id());
        }
        for (int h = 0; h < hosts; h++) {
            open[h] = scope.hosts().contains(state.host(h).id());
        }
    }

    /** The objective as it stands. */
    long total() {
        return ledger.total();
    }

    /** The objective with the pull in it: what a search follows. */
    double energy() {
        return ledger.energy();
    }

    Cost cost() {
        return ledger.cost();
    }

    boolean stays(int vee) {
        return stays[vee];
    }

    boolean open(int host) {
        return open[host];
    }

    int at(int vee) {
        return state.hostOf(vee);
    }

    int moved() {
        return moved;
    }

    Problem problem() {
        return problem;
    }

    boolean withinMoves() {
        return moved <= problem.mostMoves();
    }

    /** Pulls towards full hosts from now on, for searches that are to empty others; 0 ends that. */
    void pull(double strength) {
        ledger.pull(strength);
    }

    // ---- changes

    /** Takes a VEE from its place. */
    void take(int vee) {
        int from = state.hostOf(vee);
        note(vee, from);
        lift(vee, from);
    }

    /** Puts a VEE that has no place there, if it may be there. */
    boolean put(int vee, int to) {
        if (!open[to] || !state.allows(vee, to)) {
            return false;
        }
        note(vee, State.NOWHERE);
        drop(vee, to);
        return true;
    }

    /** Moves a VEE if it may; otherwise all is as before. */
    boolean move(int vee, int to) {
        if (state.hostOf(vee) == State.NOWHERE) {
            return put(vee, to);
        }
        if (!open[to] || !state.fits(vee, to)) {
            return false;
        }
        int mark = logged;
        take(vee);
        if (put(vee, to)) {
            return true;
        }
        undo(mark);
        return false;
    }

    /** Whether rules and requirements would let a VEE that has a place go there. */
    boolean mayGo(int vee, int to) {
        if (!state.bound(vee)) {
            return open[to];
        }
        int from = state.hostOf(vee);
        state.remove(vee);
        boolean may = open[to] && state.permits(vee, to);
        state.place(vee, from);
        return may;
    }

    /** Whether a rule wants a VEE elsewhere than where it is. */
    boolean ruledOut(int vee) {
        if (!state.bound(vee)) {
            return false;
        }
        int at = state.hostOf(vee);
        state.remove(vee);
        boolean out = state.ruledOut(vee, at);
        state.place(vee, at);
        return out;
    }

    /** Makes a move that was judged elsewhere. */
    void force(Move move) {
        int vee = state.veeIndex(move.vee());
        if (state.hostOf(vee) != State.NOWHERE) {
            lift(vee, state.hostOf(vee));
        }
        long to = switch (move) {
            case Move.Start(_, var host) -> host;
            case Move.Resume(_, var host) -> host;
            case Move.Migrate(_, _, var host) -> host;
            case Move.Stop _, Move.Suspend _ -> State.NOWHERE;
        };
        if (to != State.NOWHERE) {
            drop(vee, state.hostIndex(to));
        }
    }

    /** What {@link #energy} would be with a VEE that has no place put there, where it may be. */
    double energyWith(int vee, int host) {
        if (ledger.looksAtVeesAlone()) {
            return ledger.totalWith(vee, host);
        }
        drop(vee, host);
        double energy = energy();
        lift(vee, host);
        return energy;
    }

    int mark() {
        return logged;
    }

    /** Takes back all since the mark. */
    void undo(int mark) {
        while (logged > mark) {
            int before = log[--logged];
            int vee = log[--logged];
            int now = state.hostOf(vee);
            if (now != State.NOWHERE) {
                lift(vee, now);
            }
            if (before != State.NOWHERE) {
                drop(vee, before);
            }
        }
    }

    /** Forgets the log: what was done stays. */
    void keep() {
        logged = 0;
    }

    private void note(int vee, int before) {
        if (logged + 2 > log.length) {
            log = Arrays.copyOf(log, 2 * log.length);
        }
        log[logged++] = vee;
        log[logged++] = before;
    }

    private void lift(int vee, int from) {
        state.remove(vee);
        moved -= origin[vee] != State.NOWHERE && from != origin[vee] ? 1 : 0;
        ledger.changed(vee, from, -1, State.NOWHERE);
    }

    private void drop(int vee, int to) {
        state.place(vee, to);
        moved += origin[vee] != State.NOWHERE && to != origin[vee] ? 1 : 0;
        ledger.changed(vee, to, 1, to);
    }

    // ---- whole placements

    int[] places() {
        var places = new int[vees];
        for (int v = 0; v < vees; v++) {
            places[v] = state.hostOf(v);
        }
        return places;
    }

    void copyTo(int[] places) {
        for (int v = 0; v < vees; v++) {
            places[v] = state.hostOf(v);
        }
    }

    /** Goes back to a placement that was here before. */
    void restore(int[] places) {
        logged = 0;
        for (int v = 0; v < vees; v++) {
            if (state.hostOf(v) != places[v] && state.hostOf(v) != State.NOWHERE) {
                lift(v, state.hostOf(v));
            }
        }
        for (int v = 0; v < vees; v++) {
            if (state.hostOf(v) != places[v] && places[v] != State.NOWHERE) {
                drop(v, places[v]);
            }
        }
    }

    /** The number that delta after delta must have come to. */
    long recomputed() {
        return ledger.recomputed();
    }

    Solution solution(String solver, boolean truncated, long iterations) {
        var places = new ArrayList<VeeView>();
        var unplaced = new ArrayList<Demand>();
        for (int v = 0; v < vees; v++) {
            if (state.hostOf(v) == State.NOWHERE) {
                unplaced.add(state.demand(v));
            } else {
                places.add(new VeeView(state.demand(v), state.host(state.hostOf(v)).id()));
            }
        }
        return new Solution(solver, places, unplaced, ledger.total(), points(), moved, Long.MIN_VALUE, truncated, iterations, List.of());
    }

    Map<String, Double> points() {
        return ledger.points();
    }
}
