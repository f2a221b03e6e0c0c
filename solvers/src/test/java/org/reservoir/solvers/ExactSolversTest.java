package org.reservoir.solvers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.placement.Checker;
import org.reservoir.placement.policy.Headroom;
import org.reservoir.placement.search.BruteForce;
import org.reservoir.placement.search.Budget;
import org.reservoir.placement.search.LocalSearch;
import org.reservoir.placement.search.Portfolio;
import org.reservoir.placement.search.Problem;
import org.reservoir.placement.search.Problems;
import org.reservoir.placement.search.Solution;
import org.reservoir.placement.search.Solver;

/** What needs no native code runs always; what does is tagged long, for loading takes seconds. */
class ExactSolversTest {
    private static final Solver CP_SAT = new CpSatSolver(2);
    /** Costs are rounded for each host or VEE; where they bend, loads to thousandths. */
    private static final long ROUNDING = 200;

    private static Problem problem(long seed, int hosts, int vees) {
        var random = Seeded.random(seed);
        Problem problem;
        do {
            problem = Problems.lasting(Problems.random(random, hosts, vees));
        } while (problem.objective().has(Headroom.class));
        return problem;
    }

    @Test
    void whatIsNotLinearOrTooLargeIsDeclinedBeforeAnythingIsLoaded() {
        var random = Seeded.random(1);
        Problem problem;
        do {
            problem = Problems.random(random, 3, 6);
        } while (!problem.objective().has(Headroom.class));
        assertThat(CP_SAT.declines(problem)).contains("headroom is not linear");
        assertThat(MipSolver.cbc().declines(problem)).isPresent();
    }

    @Test
    @Tag("long")
    void nothingIsBetterThanWhatCpSatProvesOptimal() {
        assertThat(CP_SAT.declines(problem(1, 2, 4))).isEmpty();
        Seeded.forAll(40, seed -> {
            var problem = problem(seed, 2 + (int) (seed % 2), 6);
            var solution = CP_SAT.solve(problem, Budget.ofIterations(seed, 100_000));
            assertThat(new Checker(problem.snapshot()).worsened(solution.places(), solution.unplaced())).isEmpty();
            assertThat(solution.cost()).isCloseTo(BruteForce.cheapest(problem), org.assertj.core.data.Offset.offset(ROUNDING));
        });
    }

    @Test
    @Tag("long")
    void allThreeAgreeAndTheSearchIsNoBetterThanTheirBound() {
        Seeded.forAll(12, seed -> {
            var problem = Problems.withoutWaiting(problem(seed, 5, 12));
            var searched = new LocalSearch().solve(problem, Budget.ofIterations(seed, 200));
            for (var solver : List.of(CP_SAT, MipSolver.cbc(), MipSolver.scip())) {
                Solution exact = solver.solve(problem, Budget.ofIterations(seed, 500_000).guarded(System::nanoTime, System.nanoTime() + 20_000_000_000L));
                assertThat(new Checker(problem.snapshot()).worsened(exact.places(), exact.unplaced())).as(solver.name()).isEmpty();
                assertThat(exact.cost()).as(solver.name()).isLessThanOrEqualTo(searched.cost() + ROUNDING + Math.abs(searched.cost()) / 500);
                assertThat(exact.bound()).as(solver.name()).isLessThanOrEqualTo(searched.cost() + ROUNDING + Math.abs(searched.cost()) / 500);
            }
        });
    }

    @Test
    @Tag("long")
    void withASeedAndABudgetInIterationsThePlanIsTheSame() {
        var problem = problem(5, 6, 20);
        var first = CP_SAT.solve(problem, Budget.ofIterations(7, 20_000));
        assertThat(CP_SAT.solve(problem, Budget.ofIterations(7, 20_000)).places()).isEqualTo(first.places());
    }

    @Test
    @Tag("long")
    void aPortfolioTellsTheOthersWhatTheFirstFoundAndProvesIt() {
        var problem = Problems.withoutWaiting(problem(3, 5, 12));
        try (var threads = Executors.newFixedThreadPool(2)) {
            var solution = new Portfolio(new LocalSearch(), List.of(CP_SAT, MipSolver.cbc()), threads).solve(problem, Budget.ofIterations(1, 100_000));
            assertThat(solution.faults()).isEmpty();
            assertThat(solution.cost() - solution.bound()).isLessThanOrEqualTo(ROUNDING);
        }
    }
}
