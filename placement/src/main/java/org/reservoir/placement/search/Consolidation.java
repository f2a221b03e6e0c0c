package org.reservoir.placement.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.reservoir.placement.State;

/**
 * Empties hosts. First all at once: the hosts that are dear to have in use for what they hold are emptied into the others, the largest VEE first,
 * each into the fullest host that takes it. Then host by host, while that pays. Costs no more than sorting, whatever the number of hosts.
 */
final class Consolidation {
    private static final int FAILURES = 400;
    private final Board board;
    private final State state;
    private final Units units;
    private final double[] opening;
    /** What it saves to empty a host, less what its VEEs cost to move. */
    private final double[] saving;
    private final double[] total;

    /** @param noise how much the saving of each host is blurred, to end at another choice of hosts: a part of the mean */
    Consolidation(Board board, Units units, double noise, long seed) {
        this.board = board;
        this.state = board.state;
        this.units = units;
        var dice = new SplittableRandom(seed);
        opening = IntStream.range(0, board.hosts).mapToDouble(board.cost()::opening).toArray();
        double mean = Arrays.stream(opening).average().orElse(0);
        saving = IntStream.range(0, board.hosts).mapToDouble(h -> opening[h] - leaving(h) + noise * mean * (dice.nextDouble() - 0.5)).toArray();
        total = new double[state.resources()];
        for (int r = 0; r < total.length; r++) {
            for (int h = 0; h < board.hosts; h++) {
                total[r] += state.promised(h, r);
            }
        }
    }

    void run() {
        double before = board.energy();
        int mark = board.mark();
        atOnce();
        if (board.energy() > before || !board.withinMoves()) {
            board.undo(mark);
        }
        board.keep();
        oneByOne();
    }

    private double leaving(int host) {
        long points = 0;
        int elsewhere = (host + 1) % board.hosts;
        for (int vee = state.firstOn(host); vee != State.NOWHERE; vee = state.nextOn(vee)) {
            points += board.cost().vee(vee, board.origin[vee], elsewhere) - board.cost().vee(vee, board.origin[vee], host);
        }
        return points;
    }

    /** The part of all that there is. */
    private double capacity(int host) {
        double sum = 0;
        for (int r = 0; r < total.length; r++) {
            sum += total[r] == 0 ? 0 : state.promised(host, r) / total[r];
        }
        return sum;
    }

    private void atOnce() {
        var dearestFirst = IntStream.range(0, board.hosts).filter(h -> state.running(h) > 0 || board.open(h) && state.host(h).usable()).boxed()
                .sorted(Comparator.comparingDouble((Integer h) -> -saving[h] / Math.max(1e-12, capacity(h))).thenComparingDouble(this::capacity).thenComparingInt(state::running)).toList();
        int kept = enough(dearestFirst);
        var keep = new boolean[board.hosts];
        var leaving = new ArrayList<Integer>();
        for (int i = 0; i < dearestFirst.size(); i++) {
            int host = dearestFirst.get(i);
            keep[host] = i >= kept;
            for (int vee = state.firstOn(host); i < kept && vee != State.NOWHERE; vee = state.nextOn(vee)) {
                if (!board.stays(vee)) {
                    leaving.add(vee);
                }
            }
        }
        leaving.sort(units::largestFirst);
        var filling = new Filling(board, units, leaving);
        dearestFirst.subList(kept, dearestFirst.size()).stream().filter(host -> board.open(host) && state.host(host).usable()).forEach(filling::fill);
        var fullest = new Fullest(board, keep);
        var left = leaving.stream().filter(vee -> !fullest.holds(board.at(vee)) && !fullest.takes(vee)).toList();
        for (int i = kept - 1; i >= 0 && !left.isEmpty(); i--) {
            int host = dearestFirst.get(i);
            fullest.add(host);
            left = left.stream().filter(vee -> !fullest.holds(board.at(vee)) && !board.move(vee, host)).toList();
        }
    }

    /** Where the list may be cut, so that what comes after is enough for all VEEs, in sums. */
    private int enough(List<Integer> dearestFirst) {
        var missing = new long[state.resources()];
        for (int vee = 0; vee < board.vees; vee++) {
            for (int r = 0; r < missing.length && board.at(vee) != State.NOWHERE; r++) {
                missing[r] += state.asked(vee, r);
            }
        }
        int cut = dearestFirst.size();
        while (cut > 0 && Arrays.stream(missing).anyMatch(amount -> amount > 0)) {
            int host = dearestFirst.get(--cut);
            for (int r = 0; r < missing.length; r++) {
                missing[r] -= state.promised(host, r);
            }
        }
        return cut;
    }

    /** Those first that bring the most for each move. */
    private void oneByOne() {
        var order = IntStream.range(0, board.hosts).filter(h -> state.running(h) > 0 && opening[h] > 0).boxed()
                .sorted(Comparator.comparingDouble((Integer h) -> -saving[h] / state.running(h)).thenComparingInt(h -> h)).toList();
        var keep = new boolean[board.hosts];
        order.forEach(host -> keep[host] = true);
        var fullest = new Fullest(board, keep);
        int failures = 0;
        for (int host : order) {
            if (failures > FAILURES || board.moved() >= board.problem().mostMoves()) {
                return;
            }
            failures += emptied(host, fullest) ? 0 : 1;
        }
    }

    boolean emptied(int host, Fullest fullest) {
        double before = board.energy();
        int mark = board.mark();
        fullest.remember();
        fullest.remove(host);
        var there = new ArrayList<Integer>();
        for (int vee = state.firstOn(host); vee != State.NOWHERE; vee = state.nextOn(vee)) {
            there.add(vee);
        }
        there.sort(units::largestFirst);
        boolean done = there.stream().allMatch(vee -> !board.stays(vee) && fullest.takes(vee)) && board.energy() < before && board.withinMoves();
        if (!done) {
            board.undo(mark);
            fullest.refresh();
            fullest.add(host);
        } else {
            board.keep();
        }
        return done;
    }
}
