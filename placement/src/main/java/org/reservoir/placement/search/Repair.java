package org.reservoir.placement.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.reservoir.placement.State;

/**
 * Mends what is broken with few moves: VEEs that a rule wants elsewhere, groups that are torn apart, hosts that are promised too much. What it
 * cannot mend it leaves as it was: that no better place was found proves nothing.
 */
final class Repair {
    private static final int MOST_SUBSETS = 20_000;
    private static final int TRIES = 8;
    /** What had no room may find some when others have gone. */
    private static final int PASSES = 3;
    private final Board board;
    private final State state;
    private final Room room;
    private final Units units;

    Repair(Board board, Room room, Units units) {
        this.board = board;
        this.state = board.state;
        this.room = room;
        this.units = units;
    }

    void run() {
        units.gathered().stream().filter(this::torn).forEach(this::regather);
        for (int pass = 0; pass < PASSES && ruledOut().stream().filter(this::isRehoused).count() > 0; pass++) {
            board.keep();
        }
        for (int host = 0; host < board.hosts; host++) {
            if (state.overloaded(host)) {
                relieve(host);
            }
        }
    }

    private List<Integer> ruledOut() {
        return IntStream.range(0, board.vees).filter(v -> board.at(v) != State.NOWHERE && !board.stays(v) && board.ruledOut(v)).boxed().sorted(units::largestFirst).toList();
    }

    private boolean torn(List<Integer> unit) {
        return unit.stream().anyMatch(v -> board.at(v) != State.NOWHERE && board.ruledOut(v)) || units.locations(unit).stream().noneMatch(where -> unit.stream().allMatch(v -> board.at(v) == State.NOWHERE || where.test(board.at(v))));
    }

    private void regather(List<Integer> unit) {
        int mark = board.mark();
        var there = unit.stream().filter(v -> board.at(v) != State.NOWHERE).toList();
        there.forEach(board::take);
        double least = Double.POSITIVE_INFINITY;
        int[] best = null;
        int taken = board.mark();
        for (var where : units.locations(unit)) {
            if (units.together(there, where) && board.withinMoves() && board.energy() < least) {
                least = board.energy();
                best = board.places();
            }
            board.undo(taken);
        }
        board.undo(mark);
        if (best != null) {
            board.restore(best);
        }
    }

    /** Whether a VEE was where it may not be, and is elsewhere now. */
    private boolean isRehoused(int vee) {
        int mark = board.mark();
        if (board.ruledOut(vee)) {
            board.take(vee);
            if (room.place(vee, _ -> true) && board.withinMoves()) {
                return true;
            }
        }
        board.undo(mark);
        return false;
    }

    /** Sends away as few VEEs as free enough. */
    private void relieve(int host) {
        for (var leaving : subsets(host)) {
            int mark = board.mark();
            leaving.forEach(board::take);
            boolean done = leaving.stream().sorted(units::largestFirst).allMatch(vee -> room.place(vee, it -> it != host));
            if (done && board.withinMoves()) {
                return;
            }
            board.undo(mark);
        }
        relieveSome(host);
    }

    /** Not enough could be sent away: send what goes. */
    private void relieveSome(int host) {
        for (int vee : movable(host)) {
            int mark = board.mark();
            board.take(vee);
            if (!room.place(vee, it -> it != host) || !board.withinMoves()) {
                board.undo(mark);
            }
            if (!state.overloaded(host)) {
                return;
            }
        }
    }

    private List<Integer> movable(int host) {
        var list = new ArrayList<Integer>();
        for (int vee = state.firstOn(host); vee != State.NOWHERE; vee = state.nextOn(vee)) {
            if (!board.stays(vee)) {
                list.add(vee);
            }
        }
        list.sort(units::largestFirst);
        return list;
    }

    /** The smallest sets of VEEs whose leaving is enough, those that are cheap to place first. */
    private List<List<Integer>> subsets(int host) {
        var there = movable(host);
        var found = new ArrayList<List<Integer>>();
        for (int size = 1; size <= there.size() && found.isEmpty(); size++) {
            if (choose(there.size(), size) > MOST_SUBSETS) {
                break;
            }
            subsets(host, there, 0, size, new ArrayList<>(), found);
        }
        found.sort(Comparator.comparingDouble(set -> set.stream().mapToDouble(units::size).sum()));
        return found.subList(0, Math.min(TRIES, found.size()));
    }

    private static double choose(int from, int many) {
        double ways = 1;
        for (int i = 0; i < many; i++) {
            ways = ways * (from - i) / (i + 1);
        }
        return ways;
    }

    private void subsets(int host, List<Integer> there, int next, int missing, List<Integer> chosen, List<List<Integer>> found) {
        if (missing == 0) {
            if (enough(host, chosen)) {
                found.add(List.copyOf(chosen));
            }
            return;
        }
        for (int i = next; i <= there.size() - missing; i++) {
            chosen.add(there.get(i));
            subsets(host, there, i + 1, missing - 1, chosen, found);
            chosen.removeLast();
        }
    }

    private boolean enough(int host, List<Integer> leaving) {
        for (int r = 0; r < state.resources(); r++) {
            long freed = 0;
            for (int vee : leaving) {
                freed += state.asked(vee, r);
            }
            if (state.free(host, r) + freed < 0) {
                return false;
            }
        }
        return true;
    }
}
