package org.reservoir.placement.admission;

import java.util.ArrayList;
import java.util.List;
import org.reservoir.placement.State;

/** What was changed in the state, to be taken back. */
final class Trail {
    private final State state;
    private final List<int[]> before = new ArrayList<>();
    private final List<int[]> placed = new ArrayList<>();

    Trail(State state) {
        this.state = state;
    }

    /** VEEs and the hosts that they were put on, in this order. */
    List<int[]> placed() {
        return placed;
    }

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
