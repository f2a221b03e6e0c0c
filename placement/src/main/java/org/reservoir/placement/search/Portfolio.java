package org.reservoir.placement.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.reservoir.placement.Checker;

/**
 * Several solvers for one problem, and the best valid solution when time is up. One begins; the others, which may run at the same time, are told what it
 * found. No solver is believed: the {@link Checker} judges each solution, its cost is counted again, and one that throws is left out.
 */
public final class Portfolio implements Solver {
    private static final double FIRST_PART = 0.15;
    private final Solver first;
    private final List<Solver> then;
    private final ExecutorService threads;

    /** @param threads of the caller, who also ends them */
    public Portfolio(Solver first, List<Solver> then, ExecutorService threads) {
        this.first = first;
        this.then = List.copyOf(then);
        this.threads = threads;
    }

    @Override
    public String name() {
        return "portfolio";
    }

    @Override
    public Solution solve(Problem problem, Budget budget, Consumer<Solution> better) {
        var best = new Best(problem, better);
        best.offer(first.solve(problem, budget.timed() ? part(budget) : budget, best::offer));
        var able = new ArrayList<Solver>();
        then.forEach(solver -> solver.declines(problem).ifPresentOrElse(why -> best.fault("%s declines: %s".formatted(solver.name(), why)), () -> able.add(solver)));
        if (!able.isEmpty() && !best.now().optimal() && !budget.expired()) {
            var told = problem.knowing(best.now());
            together(able.stream().<Callable<Solution>>map(solver -> () -> solver.solve(told, budget.seeded(budget.seed() + 1), best::offer)).toList(), best);
        }
        return best.now();
    }

    private static Budget part(Budget budget) {
        return budget.guarded(budget.ticker(), budget.deadline() - (long) ((1 - FIRST_PART) * budget.left()));
    }

    private void together(List<Callable<Solution>> solvers, Best best) {
        try {
            for (var answer : threads.invokeAll(solvers)) {
                offer(best, answer::get);
            }
        } catch (InterruptedException stopped) {
            throw new IllegalStateException("The search was interrupted.", stopped);
        }
    }

    private static void offer(Best best, Callable<Solution> answer) throws InterruptedException {
        try {
            best.offer(answer.call());
        } catch (ExecutionException failed) {
            best.fault("a solver failed: " + failed.getCause());
        } catch (InterruptedException stopped) {
            throw stopped;
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** The best so far, whoever found it; begins with what is now. */
    private static final class Best {
        private final Problem problem;
        private final Checker checker;
        private final Consumer<Solution> better;
        private final List<String> faults = new ArrayList<>();
        private Optional<Solution> best = Optional.empty();
        private long bound = Long.MIN_VALUE;

        Best(Problem problem, Consumer<Solution> better) {
            this.problem = problem;
            this.better = better;
            checker = new Checker(problem.snapshot());
        }

        synchronized void offer(Solution offered) {
            bound = Math.max(bound, offered.bound());
            if (best.isPresent() && offered.cost() >= best.get().cost()) {
                return;
            }
            var broken = checker.worsened(offered.places(), offered.unplaced());
            var counted = Solution.of(problem, offered.solver(), offered.places(), Long.MIN_VALUE, offered.truncated());
            if (!broken.isEmpty() || counted.cost() != offered.cost() || counted.moves() > problem.mostMoves()) {
                fault("%s offered what is not valid: cost %d for %d; %s".formatted(offered.solver(), offered.cost(), counted.cost(), broken));
                return;
            }
            best = Optional.of(offered);
            better.accept(offered);
        }

        synchronized void fault(String what) {
            faults.add(what);
        }

        synchronized Solution now() {
            var found = best.orElseGet(() -> Solution.of(problem, "none", problem.snapshot().vees(), Long.MIN_VALUE, false));
            return found.bounded(Math.min(bound, found.cost())).faulted(faults);
        }
    }
}
