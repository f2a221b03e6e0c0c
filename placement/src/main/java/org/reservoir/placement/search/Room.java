package org.reservoir.placement.search;

import java.util.function.IntPredicate;
import org.reservoir.placement.State;

/**
 * Finds room for VEEs that have none: the host where they cost least, else one from which others are sent on (an ejection chain). The chain
 * gets longer and looks at more hosts until it finds one or its effort is used up.
 */
final class Room {
    private static final int[] EFFORT = {2_000, 20_000, 100_000};
    private final Board board;
    private final State state;
    private int effort;

    Room(Board board) {
        this.board = board;
        this.state = board.state;
    }

    /** The host where a VEE without a place costs least, of equals the fullest; or {@link State#NOWHERE}. */
    int cheapest(int vee, IntPredicate hosts) {
        int best = State.NOWHERE;
        double least = Double.POSITIVE_INFINITY;
        double tightest = 0;
        for (int host = 0; host < board.hosts; host++) {
            if (!board.open(host) || !hosts.test(host) || !state.allows(vee, host)) {
                continue;
            }
            double energy = board.energyWith(vee, host);
            if (energy <= least) {
                double left = slack(host);
                if (energy < least || left < tightest) {
                    best = host;
                    least = energy;
                    tightest = left;
                }
            }
        }
        return best;
    }

    /** Free shares of all resources. */
    double slack(int host) {
        double sum = 0;
        for (int r = 0; r < state.resources(); r++) {
            sum += (double) state.free(host, r) / Math.max(1, state.promised(host, r));
        }
        return sum;
    }

    /** Gives a VEE a place on one of these hosts, moving others when it must. When it cannot, all is as before. */
    boolean place(int vee, IntPredicate hosts) {
        int host = cheapest(vee, hosts);
        if (host != State.NOWHERE) {
            return board.put(vee, host);
        }
        for (int depth = 1; depth <= EFFORT.length; depth++) {
            effort = EFFORT[depth - 1];
            if (chain(vee, hosts, depth)) {
                return true;
            }
        }
        return false;
    }


    /** Puts the VEE where one other has to go, which goes on in the same way. */
    private boolean chain(int vee, IntPredicate hosts, int depth) {
        for (int host = 0; host < board.hosts && effort > 0; host++) {
            if (!board.open(host) || !hosts.test(host) || !state.host(host).usable()) {
                continue;
            }
            for (int other = state.firstOn(host), next; other != State.NOWHERE; other = next) {
                next = state.nextOn(other);
                if (!board.stays(other) && makesRoom(other, vee, host) && displace(vee, host, other, depth)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean makesRoom(int other, int vee, int host) {
        for (int r = 0; r < state.resources(); r++) {
            if (state.asked(vee, r) > state.free(host, r) + state.asked(other, r)) {
                return false;
            }
        }
        return true;
    }

    private boolean displace(int vee, int host, int other, int depth) {
        effort--;
        int mark = board.mark();
        board.take(other);
        if (board.put(vee, host)) {
            int to = cheapest(other, it -> it != host);
            if (to != State.NOWHERE ? board.put(other, to) : depth > 1 && chain(other, it -> it != host, depth - 1)) {
                if (board.withinMoves()) {
                    return true;
                }
            }
        }
        board.undo(mark);
        return false;
    }
}
