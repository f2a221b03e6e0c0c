package org.reservoir.placement.search;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.reservoir.placement.Amounts;
import org.reservoir.placement.State;

/**
 * Fills hosts one after the other from a heap of VEEs that have to go somewhere: of all shapes the largest after which what is free is still even, and where
 * there is none the one after which it is the most even. Where each VEE looks for its host instead, the last to come find rooms in which one resource is used up.
 */
final class Filling {
    /** More shapes than these are not looked through for each VEE. */
    private static final int MOST_SHAPES = 256;
    /** What is free may differ by so much between resources, in parts of the host. */
    private static final double EVEN = 0.02;
    /** Of one shape so many VEEs are tried when rules keep them from a host. */
    private static final int TRIES = 3;
    private final Board board;
    private final State state;
    private final List<Deque<Integer>> shapes;

    /** @param vees in the order in which those of a shape go */
    Filling(Board board, Units units, List<Integer> vees) {
        this.board = board;
        this.state = board.state;
        Map<Amounts, Deque<Integer>> byAmounts = new LinkedHashMap<>();
        for (int vee : vees) {
            byAmounts.computeIfAbsent(state.demand(vee).amounts(), _ -> new ArrayDeque<>()).add(vee);
        }
        shapes = new ArrayList<>(byAmounts.size() > MOST_SHAPES ? List.of() : byAmounts.values());
        shapes.sort(Comparator.comparingDouble((Deque<Integer> shape) -> units.size(shape.getFirst())).reversed());
    }

    /** Moves VEEs to the host until no shape fits any more. */
    void fill(int host) {
        var open = new ArrayList<>(shapes);
        for (var shape = next(open, host); shape.isPresent(); shape = next(open, host)) {
            take(shape.get(), host, open);
        }
    }

    private void take(Deque<Integer> shape, int host, List<Deque<Integer>> open) {
        if (!moved(shape, host)) {
            open.remove(shape);
        }
        if (shape.isEmpty()) {
            shapes.remove(shape);
            open.remove(shape);
        }
    }

    /** Of those that fit the largest that leaves the host even, or the one that leaves it the most even. */
    private Optional<Deque<Integer>> next(List<Deque<Integer>> open, int host) {
        Deque<Integer> best = null;
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < open.size() && least > EVEN; i++) {
            double uneven = uneven(open.get(i).getFirst(), host);
            if (uneven < least) {
                least = uneven;
                best = open.get(i);
            }
        }
        return Optional.ofNullable(best);
    }

    /** By how much the free parts of the host would differ with the VEE; infinite where there is no room. */
    private double uneven(int vee, int host) {
        double largest = 0;
        double least = 1;
        for (int r = 0; r < state.resources(); r++) {
            long free = state.free(host, r) - state.asked(vee, r);
            if (free < 0) {
                return Double.POSITIVE_INFINITY;
            }
            long there = state.promised(host, r);
            if (there > 0) {
                largest = Math.max(largest, (double) free / there);
                least = Math.min(least, (double) free / there);
            }
        }
        return Math.max(0, largest - least);
    }

    private boolean moved(Deque<Integer> shape, int host) {
        for (int i = Math.min(TRIES, shape.size()); i > 0; i--) {
            int vee = shape.removeFirst();
            if (board.move(vee, host)) {
                return true;
            }
            shape.addLast(vee);
        }
        return false;
    }
}
