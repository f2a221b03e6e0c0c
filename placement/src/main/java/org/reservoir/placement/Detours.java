package org.reservoir.placement;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Breaks cycles of moves that wait for each other: the cheapest VEE that stands in another's way takes a bypass over a third host, or is suspended; each at most
 * once.
 */
final class Detours {
    private final Timetable table;
    private final State state;
    private final Set<Integer> detoured = new HashSet<>();
    private final Set<Integer> suspended = new HashSet<>();

    Detours(Timetable table, State state) {
        this.table = table;
        this.state = state;
    }

    /** Begins a move that helps. @return whether there was one */
    boolean find(boolean maySuspend) {
        return detour() || maySuspend && suspendOne() || resumeSomewhere();
    }

    boolean suspended(int vee) {
        return suspended.contains(vee);
    }

    /** Sends the cheapest VEE that stands in the way over a third host. */
    private boolean detour() {
        for (int vee : obstacles()) {
            int via = detoured.contains(vee) ? State.NOWHERE : bypass(vee);
            if (via != State.NOWHERE) {
                detoured.add(vee);
                long id = state.demand(vee).id();
                table.begin(vee, new Move.Migrate(id, table.id(state.hostOf(vee)), table.id(via)), via, false);
                return true;
            }
        }
        return false;
    }

    private boolean suspendOne() {
        for (int vee : obstacles()) {
            if (suspended.add(vee)) {
                table.begin(vee, new Move.Suspend(state.demand(vee).id(), table.id(state.hostOf(vee))), State.NOWHERE, false);
                return true;
            }
        }
        return false;
    }

    /** No VEE is left suspended: one whose goal does not become free resumes where there is room. */
    private boolean resumeSomewhere() {
        for (int vee : table.pending().stream().toArray()) {
            int host = state.hostOf(vee) < 0 && suspended.contains(vee) ? bypass(vee) : State.NOWHERE;
            if (host != State.NOWHERE) {
                table.begin(vee, new Move.Resume(state.demand(vee).id(), table.id(host)), host, false);
                return true;
            }
        }
        return false;
    }

    /** Running VEEs that wait to move: first those whose going lets another come at once, then by memory. */
    private List<Integer> obstacles() {
        return table.pending().stream().filter(vee -> state.hostOf(vee) >= 0).boxed().sorted(Comparator
                .comparing((Integer vee) -> !opensAWay(vee)).thenComparingLong(vee -> memory(vee)).thenComparingInt(vee -> vee)).toList();
    }

    private long memory(int vee) {
        var amounts = state.demand(vee).amounts();
        return amounts.at(Math.min(1, amounts.size() - 1));
    }

    private boolean opensAWay(int vee) {
        int from = state.hostOf(vee);
        state.remove(vee);
        boolean opens = table.waitingFor(from).anyMatch(other -> state.fits(state.demand(other).amounts(), from) && table.rulesAllow(other, from));
        state.place(vee, from);
        return opens;
    }

    /** The host with the fewest VEEs, of those that take the VEE. */
    private int bypass(int vee) {
        var demand = state.demand(vee);
        var scores = new Shape(demand.amounts(), demand.requirements(), Rank.STRIPING).scores(state);
        int best = State.NOWHERE;
        for (int host = 0; host < state.hosts.size(); host++) {
            if (host != state.hostOf(vee) && table.awake(host) && scores.applyAsDouble(host) != Shape.NOT_HERE && table.rulesAllow(vee, host)
                    && (best == State.NOWHERE || state.running(host) < state.running(best))) {
                best = host;
            }
        }
        return best;
    }
}
