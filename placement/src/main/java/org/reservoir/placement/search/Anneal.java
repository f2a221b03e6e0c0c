package org.reservoir.placement.search;

import java.util.Arrays;
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
    private static final int ADMIT = -1;
    private final Board board;
    private final Steps steps;
    private final int[] free;
    private final SplittableRandom dice;
    private final double opening;
    private final boolean nobodyWaits;
    private double temperature;

    /** @param wanted what waits for places, in units; some may be placed by now */
    Anneal(Board board, Units units, Room room, List<List<Integer>> wanted, long seed) {
        this.board = board;
        nobodyWaits = wanted.isEmpty();
        dice = new SplittableRandom(seed);
        free = IntStream.range(0, board.vees).filter(v -> !board.stays(v)).toArray();
        steps = new Steps(board, units, room, wanted, free, dice);
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
        int choice = nobodyWaits || dice.nextInt(20) > 0 ? dice.nextInt(1000) : ADMIT;
        if (board.at(vee) == State.NOWHERE && choice != ADMIT) {
            return;
        }
        double before = board.energy();
        int mark = board.mark();
        boolean done = choice == ADMIT ? steps.admitted() : steps.tried(vee, choice);
        double worse = board.energy() - before;
        if (!done || !board.withinMoves() || worse > 0 && (temperature <= 0 || dice.nextDouble() >= Math.exp(-worse / temperature))) {
            board.undo(mark);
        } else {
            board.keep();
        }
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
            if (i % 2 == 0 ? board.move(vee, steps.target(vee)) : steps.swap(vee, free[dice.nextInt(free.length)])) {
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
