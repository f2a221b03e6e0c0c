package org.reservoir.placement.search;

import java.util.List;
import java.util.function.Consumer;

/**
 * Our own search: mends what is broken, places who waits, empties hosts when that saves, then anneals as long as the budget lasts and sends home
 * whom it moved for nothing. With no iterations it is the greedy part alone: milliseconds.
 */
public final class LocalSearch implements Solver {
    /** So many rounds of annealing, each from the best of those before and cooler. */
    private static final int ROUNDS = 6;
    /** Where hosts are to be emptied, so many of them begin with a choice of hosts of their own. */
    private static final int STARTS = 4;
    private static final double NOISE = 0.3;
    /** How far down the temperature is when a later round begins. */
    private static final double LATER = 0.3;

    @Override
    public String name() {
        return "local search";
    }

    @Override
    public Solution solve(Problem problem, Budget budget, Consumer<Solution> better) {
        return new Run(problem, budget, better).run();
    }

    private static final class Run {
        private final Budget budget;
        private final Consumer<Solution> better;
        private final Board board;
        private final Units units;
        private final Room room;
        private List<List<Integer>> wanted = List.of();
        private long blocks;

        Run(Problem problem, Budget budget, Consumer<Solution> better) {
            this.budget = budget;
            this.better = better;
            board = new Board(problem);
            room = new Room(board);
            units = new Units(board, room);
        }

        Solution run() {
            mend();
            var mended = board.places();
            consolidate(0, 0);
            var found = solution();
            better.accept(found);
            if (budget.iterations() == 0) {
                return found;
            }
            for (int round = 0; round < ROUNDS && !over(); round++) {
                var best = board.places();
                long least = board.total();
                if (round > 0 && round < STARTS && saves()) {
                    board.restore(mended);
                    consolidate(NOISE, budget.seed() + round);
                }
                anneal(round);
                new Homing(board).run();
                board.keep();
                if (board.total() > least) {
                    board.restore(best);
                } else {
                    better.accept(solution());
                }
            }
            return solution();
        }

        private void mend() {
            new Repair(board, room, units).run();
            board.keep();
            wanted = units.waiting();
            for (var unit : wanted) {
                units.place(unit);
                board.keep();
            }
        }

        private boolean saves() {
            return board.cost().opening() > 0;
        }

        private void consolidate(double noise, long seed) {
            if (saves()) {
                new Consolidation(board, units, noise, seed).run();
                board.keep();
            }
            new Homing(board).run();
            board.keep();
        }

        private boolean over() {
            return budget.expired() || blocks >= budget.iterations();
        }

        private void anneal(int round) {
            var start = board.places();
            long before = board.total();
            long begin = blocks;
            long end = budget.iterations() / ROUNDS * (round + 1);
            long startTime = budget.timed() ? budget.ticker().getAsLong() : 0;
            double span = Math.max(1, (budget.deadline() - startTime) / (double) (ROUNDS - round));
            double from = round == 0 || round < STARTS && saves() ? 0 : LATER;
            var best = new Anneal(board, units, room, wanted, budget.seed() * 31 + round).run(() -> {
                if (budget.expired()) {
                    return 1;
                }
                double spent = budget.timed() ? (budget.ticker().getAsLong() - startTime) / span : (blocks - begin) / (double) Math.max(1, end - begin);
                blocks++;
                return from + (1 - from) * spent;
            });
            board.restore(best);
            if (board.total() > before) {
                board.restore(start);
            }
        }

        private Solution solution() {
            return board.solution("local search", budget.expired(), blocks);
        }
    }
}
