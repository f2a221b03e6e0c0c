package org.reservoir.veem;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

import org.reservoir.placement.search.Budget;
import org.reservoir.placement.search.LocalSearch;
import org.reservoir.placement.search.Portfolio;
import org.reservoir.placement.search.Problem;
import org.reservoir.placement.search.Solution;
import org.reservoir.placement.search.Solver;

/** Who searches for better placements: our own search, and beside it the solvers that plug-ins provide. */
final class Search implements Reviewer.Solvers {
    private static final long DEADLINE_NS = 5_000_000_000L;
    private static final long SEED = 1;
    private static final int FEWEST = 200;
    private static final int MOST = 20_000;
    private static final int PER_VEE = 4;

    private final Plugged plugged;

    Search(Plugged plugged) {
        this.plugged = plugged;
    }

    @Override
    public Solver solver() {
        var others = plugged.solvers();
        return others.isEmpty() ? new LocalSearch() : new Beside(others);
    }

    /** The same site gives the same plan, unless it is so large that time is up first. */
    @Override
    public Budget budget(int vees) {
        return Budget.ofIterations(SEED, Math.clamp((long) vees * PER_VEE, FEWEST, MOST)).guarded(System::nanoTime, System.nanoTime() + DEADLINE_NS);
    }

    /** A portfolio that ends its threads when it has answered. */
    private record Beside(List<Solver> others) implements Solver {
        @Override
        public String name() {
            return "portfolio";
        }

        @Override
        public Solution solve(Problem problem, Budget budget, Consumer<Solution> better) {
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                return new Portfolio(new LocalSearch(), others, threads).solve(problem, budget, better);
            }
        }
    }
}
