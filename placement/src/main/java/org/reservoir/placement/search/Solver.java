package org.reservoir.placement.search;

import java.util.Optional;
import java.util.function.Consumer;

/** Finds places. Implementations keep no state between calls, and with a budget in iterations and one seed give one solution. */
public interface Solver {
    String name();

    /** Why the problem is none for this solver; empty when it is. */
    default Optional<String> declines(Problem problem) {
        return Optional.empty();
    }

    /**
     * @param better is told of each solution that is better than all before, from the thread that solves
     * @return the best; the same as what is now when nothing better was found
     */
    Solution solve(Problem problem, Budget budget, Consumer<Solution> better);

    default Solution solve(Problem problem, Budget budget) {
        return solve(problem, budget, _ -> { });
    }
}
