package org.reservoir.placement.search;

import java.util.function.Consumer;

/** The beginning of our own search alone: mends, places who waits, empties hosts. Milliseconds, whatever the budget. */
final class Greedy implements Solver {
    @Override
    public String name() {
        return "greedy";
    }

    @Override
    public Solution solve(Problem problem, Budget budget, Consumer<Solution> better) {
        return new LocalSearch().solve(problem, new Budget(budget.seed(), 0, budget.ticker(), budget.deadline()), better);
    }
}
