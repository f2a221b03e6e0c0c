package org.reservoir.placement.search;

import java.util.stream.IntStream;
import org.reservoir.placement.State;

/** Sends VEEs that were moved back home where that costs no more: alone, or for another that takes the place they had. */
final class Homing {
    private static final int PASSES = 5;
    private final Board board;
    private final State state;

    Homing(Board board) {
        this.board = board;
        this.state = board.state;
    }

    void run() {
        long before = Long.MAX_VALUE;
        for (int pass = 0; pass < PASSES && board.total() < before; pass++) {
            before = board.total();
            IntStream.range(0, board.vees).filter(this::isAway).boxed()
                    .sorted(this::dearestFirst).forEach(this::home);
        }
    }

    private int dearestFirst(int vee, int other) {
        int memory = state.resources() > 1 ? 1 : 0;
        int asked = Long.compare(state.asked(other, memory), state.asked(vee, memory));
        return asked != 0 ? asked : Integer.compare(vee, other);
    }

    private boolean isAway(int vee) {
        return board.origin[vee] != State.NOWHERE && board.at(vee) != board.origin[vee] && board.at(vee) != State.NOWHERE && !board.stays(vee);
    }

    private void home(int vee) {
        if (!isAway(vee)) {
            return;
        }
        long before = board.total();
        int mark = board.mark();
        int here = board.at(vee);
        int home = board.origin[vee];
        if (board.move(vee, home) && board.total() < before) {
            board.keep();
            return;
        }
        board.undo(mark);
        for (int other = state.firstOn(home), next; other != State.NOWHERE; other = next) {
            next = state.nextOn(other);
            if (!board.stays(other) && (exchanged(vee, other, here, home, before) || exchanged(vee, other, board.origin[other], home, before))) {
                board.keep();
                return;
            }
        }
    }

    private boolean exchanged(int vee, int other, int to, int home, long before) {
        if (to == State.NOWHERE || to == home) {
            return false;
        }
        int mark = board.mark();
        board.take(vee);
        board.take(other);
        if (board.put(vee, home) && board.put(other, to) && board.total() < before) {
            return true;
        }
        board.undo(mark);
        return false;
    }
}
