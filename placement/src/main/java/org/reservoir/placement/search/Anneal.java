package org.reservoir.placement.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.reservoir.placement.State;

/**
 * Simulated annealing over shifts, swaps, chains of two, emptied hosts, hosts that change places, whole groups and ways home. The temperatures are
 * taken from the moves that the problem really has, and while hosts are to be emptied full ones pull, less and less.
 */
final class Anneal {
    private static final int SAMPLE = 1_000;
    private static final double HOT = 0.5;
    private static final double COLD = 0.05;
    /** Of what it costs to have a host in use; it fades until this part of the search is over. */
    private static final double PULL = 0.5;
    private static final double PULLING = 0.7;
    private static final int LOOKS = 200;
    private static final int ADMIT = -1;
    private final Board board;
    private final State state;
    private final Units units;
    private final List<List<Integer>> groups;
    private final int[] free;
    private final SplittableRandom dice;
    private final double opening;
    private double temperature;
    private final int[] onHost = new int[4096];
    private final Room room;
    /** What waits for places, in units; some may be placed by now. */
    private final List<List<Integer>> wanted;
    private final Comparator<Integer> largestFirst;
    /** By host: who was there at first. */
    private final int[][] born;

    Anneal(Board board, Units units, Room room, List<List<Integer>> wanted, long seed) {
        this.wanted = wanted;
        this.room = room;
        largestFirst = Comparator.comparingDouble(units::size).reversed().thenComparingInt(v -> v);
        var from = new HashMap<Integer, List<Integer>>();
        for (int v = 0; v < board.vees; v++) {
            from.computeIfAbsent(board.origin[v], _ -> new ArrayList<>()).add(v);
        }
        born = IntStream.range(0, board.hosts).mapToObj(h -> from.getOrDefault(h, List.of()).stream().sorted(largestFirst).mapToInt(v -> v).toArray()).toArray(int[][]::new);
        this.board = board;
        this.state = board.state;
        this.units = units;
        groups = units.gathered();
        dice = new SplittableRandom(seed);
        var movable = new ArrayList<Integer>();
        for (int v = 0; v < board.vees; v++) {
            if (!board.stays(v)) {
                movable.add(v);
            }
        }
        free = movable.stream().mapToInt(v -> v).toArray();
        opening = board.cost().opening();
    }

    /** How much of a search is over. */
    interface Progress {
        /** From 0 to 1. */
        double spent();
    }

    /** @return the best places seen */
    int[] run(Progress progress) {
        int[] best = board.places();
        long least = board.total();
        if (free.length == 0) {
            return best;
        }
        board.pull(0);
        double[] range = range();
        for (double spent = progress.spent(); spent < 1; spent = progress.spent()) {
            temperature = range[1] * Math.pow(range[0] / range[1], spent);
            board.pull(opening * PULL * Math.max(0, 1 - spent / PULLING));
            for (int i = 0; i < Budget.BLOCK; i++) {
                one();
                if (board.total() < least) {
                    least = board.total();
                    board.copyTo(best);
                }
            }
        }
        board.pull(0);
        return best;
    }

    private void one() {
        int vee = free[dice.nextInt(free.length)];
        int choice = wanted.isEmpty() || dice.nextInt(20) > 0 ? dice.nextInt(1000) : ADMIT;
        if (board.at(vee) == State.NOWHERE && choice != ADMIT) {
            return;
        }
        double before = board.energy();
        int mark = board.mark();
        boolean done = choice == ADMIT ? admitted(wanted.get(dice.nextInt(wanted.size())))
                : choice < 380 ? board.move(vee, target(vee))
                : choice < 800 ? swap(vee, free[dice.nextInt(free.length)])
                : choice < 900 ? chain(vee)
                : choice < 985 ? home(vee)
                : choice < 990 ? exchange(vee)
                : choice < 993 ? emptied(board.at(vee))
                : choice < 997 ? reopened()
                : groups.isEmpty() || together();
        double worse = board.energy() - before;
        if (!done || !board.withinMoves() || worse > 0 && (temperature <= 0 || dice.nextDouble() >= Math.exp(-worse / temperature))) {
            board.undo(mark);
        } else {
            board.keep();
        }
    }

    /** A unit that has no place gets one, or gives it up. */
    private boolean admitted(List<Integer> unit) {
        var there = unit.stream().filter(vee -> board.at(vee) != State.NOWHERE).toList();
        there.forEach(board::take);
        return !there.isEmpty() || settled(unit);
    }

    /** At one of the places where all of the group may be, taken by chance. */
    private boolean settled(List<Integer> group) {
        var places = units.locations(group);
        var where = places.get(dice.nextInt(places.size()));
        for (int vee : group) {
            int host = room.cheapest(vee, where);
            if (host == State.NOWHERE || !board.put(vee, host)) {
                return false;
            }
        }
        return true;
    }

    /** Mostly a host in use. */
    private int target(int vee) {
        int other = board.at(free[dice.nextInt(free.length)]);
        return other == board.at(vee) || other == State.NOWHERE || dice.nextInt(4) == 0 ? dice.nextInt(board.hosts) : other;
    }

    private boolean swap(int vee, int other) {
        int here = board.at(vee);
        int there = board.at(other);
        if (here == there || there == State.NOWHERE || !exchangeable(vee, other, here, there)) {
            return false;
        }
        board.take(vee);
        board.take(other);
        return board.put(vee, there) && board.put(other, here);
    }

    private boolean exchangeable(int vee, int other, int here, int there) {
        for (int r = 0; r < state.resources(); r++) {
            long more = state.asked(vee, r) - state.asked(other, r);
            if (more > state.free(there, r) || -more > state.free(here, r)) {
                return false;
            }
        }
        return true;
    }

    /** To a host that another leaves for a third. */
    private boolean chain(int vee) {
        int other = free[dice.nextInt(free.length)];
        int host = board.at(other);
        if (host == board.at(vee) || host == State.NOWHERE || !roomWithout(other, vee, host)) {
            return false;
        }
        int to = target(other);
        if (to == host || to == board.at(vee) || !state.fits(other, to)) {
            return false;
        }
        return board.move(other, to) && board.move(vee, host);
    }

    private boolean roomWithout(int leaving, int vee, int host) {
        for (int r = 0; r < state.resources(); r++) {
            if (state.asked(vee, r) > state.free(host, r) + state.asked(leaving, r)) {
                return false;
            }
        }
        return true;
    }

    /** Back to where it was, for one there that has moved itself, or that was not there. */
    private boolean home(int vee) {
        int home = board.origin[vee];
        int here = board.at(vee);
        if (home == State.NOWHERE || home == here) {
            return board.move(vee, target(vee));
        }
        if (board.move(vee, home)) {
            return true;
        }
        int count = list(home);
        if (count == 0) {
            return false;
        }
        int other = onHost[dice.nextInt(count)];
        return !board.stays(other) && swap(vee, other);
    }

    private int list(int host) {
        int count = 0;
        for (int vee = state.firstOn(host); vee != State.NOWHERE && count < onHost.length; vee = state.nextOn(vee)) {
            onHost[count++] = vee;
        }
        return count;
    }

    /** All of two hosts change places: mostly the VEE's host with the one that it came from, or with one that is empty. */
    private boolean exchange(int vee) {
        int here = board.at(vee);
        int there = board.origin[vee] != here && board.origin[vee] != State.NOWHERE ? board.origin[vee] : dice.nextInt(board.hosts);
        if (here == there) {
            return false;
        }
        var mine = Arrays.copyOf(onHost, list(here));
        var theirs = Arrays.copyOf(onHost, list(there));
        return lifted(mine) && lifted(theirs) && put(mine, there) && put(theirs, here);
    }

    private boolean lifted(int[] vees) {
        for (int vee : vees) {
            if (board.stays(vee)) {
                return false;
            }
            board.take(vee);
        }
        return true;
    }

    private boolean put(int[] vees, int host) {
        for (int vee : vees) {
            if (!board.put(vee, host)) {
                return false;
            }
        }
        return true;
    }

    /** Every VEE of a host to others in use, the largest first, each where it fits most closely. */
    private boolean emptied(int host) {
        var there = new ArrayList<Integer>();
        for (int vee = state.firstOn(host); vee != State.NOWHERE; vee = state.nextOn(vee)) {
            there.add(vee);
        }
        there.sort(largestFirst);
        for (int vee : there) {
            if (board.stays(vee) || !closest(vee, host)) {
                return false;
            }
        }
        return true;
    }

    private boolean closest(int vee, int but) {
        int looks = Math.min(board.hosts, LOOKS);
        int start = dice.nextInt(board.hosts);
        int best = State.NOWHERE;
        double tightest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < looks; i++) {
            int host = (start + i) % board.hosts;
            if (host != but && state.running(host) > 0 && board.open(host) && state.fits(vee, host)) {
                double left = host == board.origin[vee] ? -1 : room.slack(host);
                if (left < tightest) {
                    tightest = left;
                    best = host;
                }
            }
        }
        return best != State.NOWHERE && board.move(vee, best);
    }

    /** An empty host is opened for those that came from it, and another in use is emptied instead. */
    private boolean reopened() {
        int host = dice.nextInt(board.hosts);
        for (int i = 0; i < board.hosts && (state.running(host) > 0 || born[host].length == 0); i++) {
            host = (host + 1) % board.hosts;
        }
        if (state.running(host) > 0 || born[host].length == 0) {
            return false;
        }
        int other = board.at(born[host][dice.nextInt(born[host].length)]);
        for (int vee : born[host]) {
            if (!board.stays(vee) && board.at(vee) != State.NOWHERE) {
                board.move(vee, host);
            }
        }
        if (dice.nextBoolean() || other == State.NOWHERE) {
            other = board.at(free[dice.nextInt(free.length)]);
        }
        return other != host && other != State.NOWHERE && emptied(other);
    }

    /** A group that must be together goes elsewhere as one. */
    private boolean together() {
        var group = groups.get(dice.nextInt(groups.size()));
        var there = group.stream().filter(vee -> board.at(vee) != State.NOWHERE).toList();
        if (there.isEmpty()) {
            return false;
        }
        there.forEach(board::take);
        return settled(there);
    }

    /** From the least to the most that moves for the worse cost here. */
    private double[] range() {
        var worse = new double[SAMPLE];
        int found = 0;
        temperature = 0;
        for (int i = 0; i < 20 * SAMPLE && found < SAMPLE; i++) {
            int vee = free[dice.nextInt(free.length)];
            if (board.at(vee) == State.NOWHERE) {
                continue;
            }
            double before = board.energy();
            int mark = board.mark();
            if (i % 2 == 0 ? board.move(vee, target(vee)) : swap(vee, free[dice.nextInt(free.length)])) {
                double delta = board.energy() - before;
                if (delta > 0) {
                    worse[found++] = delta;
                }
            }
            board.undo(mark);
        }
        if (found == 0) {
            return new double[] {1, 1};
        }
        Arrays.sort(worse, 0, found);
        return new double[] {Math.max(0.5, COLD * worse[found / 20]), Math.max(1, HOT * worse[found / 2])};
    }
}
