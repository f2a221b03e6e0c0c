package org.reservoir.placement.search;

import java.util.function.Consumer;

/**
 * Our own search: mends what is broken, places who waits, empties hosts when that saves, then anneals as long as the budget lasts and sends home
 * whom it moved for nothing. With no iterations it is the greedy part alone: milliseconds.
 */
public final class LocalSearch implements Solver {
    /** So many rounds of annealing, each from the best of those before and cooler. */
    private static final int ROUNDS = 3;

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
        private long blocks;

        Run(Problem problem, Budget budget, Consumer<Solution> better) {
            this.budget = budget;
            this.better = better;
            board = new Board(problem);
            room = new Room(board);
            units = new Units(board, room);
        }

        Solution run() {
            construct();
            better.accept(solution());
            for (int round = 0; round < ROUNDS && budget.iterations() > 0 && !over(); round++) {
                anneal(round);
                new Homing(board).run();
                board.keep();
                better.accept(solution());
            }
            return solution();
        }

        private void construct() {
            new Repair(board, room, units).run();
            board.keep();
            for (var unit : units.waiting()) {
                units.place(unit);
                board.keep();
            }
            if (board.cost().opening() > 0) {
                new Consolidation(board, units).run();
                board.keep();
            }
            new Homing(board).run();
            board.keep();
        }

        private boolean over() {
            return budget.expired() || blocks >= budget.iterations();
        }

        /** Later rounds begin at half of the temperature's way down. */
        private void anneal(int round) {
            var start = board.places();
            long before = board.total();
            long begin = blocks;
            long end = budget.iterations() / ROUNDS * (round + 1);
            long startTime = budget.timed() ? budget.ticker().getAsLong() : 0;
            double span = Math.max(1, (budget.deadline() - startTime) / (double) (ROUNDS - round));
            double from = round == 0 ? 0 : 0.4;
            var best = new Anneal(board, units, budget.seed() * 31 + round).run(() -> {
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
