package org.reservoir.placement.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.reservoir.placement.State;

/** The steps of the annealing: shifts, swaps, chains of two, emptied hosts, hosts that change places, whole groups and ways home. What fails halfway is undone by whoever asked. */
final class Steps {
    private static final int LOOKS = 200;
    private final Board board;
    private final State state;
    private final Units units;
    private final Room room;
    private final List<List<Integer>> wanted;
    private final List<List<Integer>> groups;
    private final int[] free;
    private final SplittableRandom dice;
    private final int[] onHost = new int[4096];
    private final Comparator<Integer> largestFirst;
    /** By host: who was there at first. */
    private final int[][] born;

    Steps(Board board, Units units, Room room, List<List<Integer>> wanted, int[] free, SplittableRandom dice) {
        this.board = board;
        this.state = board.state;
        this.units = units;
        this.room = room;
        this.wanted = wanted;
        this.free = free;
        this.dice = dice;
        groups = units.gathered();
        largestFirst = units::largestFirst;
        var from = new HashMap<Integer, List<Integer>>();
        for (int v = 0; v < board.vees; v++) {
            from.computeIfAbsent(board.origin[v], _ -> new ArrayList<>()).add(v);
        }
        born = IntStream.range(0, board.hosts).mapToObj(h -> from.getOrDefault(h, List.of()).stream().sorted(largestFirst).mapToInt(v -> v).toArray()).toArray(int[][]::new);
    }

    /** A step of that VEE, of the kind that the number from 0 to 999 stands for. */
    boolean tried(int vee, int choice) {
        return choice < 380 ? board.move(vee, target(vee))
                : choice < 800 ? swap(vee, free[dice.nextInt(free.length)])
                : choice < 900 ? chain(vee)
                : choice < 985 ? home(vee)
                : choice < 990 ? exchange(vee)
                : choice < 993 ? emptied(board.at(vee))
                : choice < 997 ? reopened()
                : groups.isEmpty() || together();
    }

    boolean admitted() {
        return admitted(wanted.get(dice.nextInt(wanted.size())));
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
    int target(int vee) {
        int other = board.at(free[dice.nextInt(free.length)]);
        return other == board.at(vee) || other == State.NOWHERE || dice.nextInt(4) == 0 ? dice.nextInt(board.hosts) : other;
    }

    boolean swap(int vee, int other) {
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
}
