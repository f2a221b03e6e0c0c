package org.reservoir.solvers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.placement.Amounts;
import org.reservoir.placement.Checker;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Demand;
import org.reservoir.placement.HostView;
import org.reservoir.placement.Resource;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.policy.Headroom;
import org.reservoir.placement.policy.Objective;
import org.reservoir.placement.policy.PowerSaving;
import org.reservoir.placement.search.Budget;
import org.reservoir.placement.search.Neighbourhoods;
import org.reservoir.placement.search.Problem;
import org.reservoir.placement.search.Problems;
import org.reservoir.placement.search.Solution;
import org.reservoir.placement.search.Solvers;

/** Solvers as a site's configuration names them. */
class NamedSolversTest {
    @Test
    void aNameThatNobodyHasIsRefusedWithThoseThereAre() {
        var refused = catchThrowableOfType(Refused.class, () -> Solvers.named("magic"));
        assertThat(refused).hasMessageContaining("magic");
        assertThat(refused.advice()).contains("cbc, cp-sat, greedy, lns, scip, portfolio");
    }

    @ParameterizedTest
    @ValueSource(strings = {"greedy", "lns", "cp-sat", "cbc", "scip", "portfolio"})
    void everySolverAnswersAlsoWhatItDeclines(String name) {
        var random = Seeded.random(1);
        Problem problem;
        do {
            problem = Problems.random(random, 3, 6);
        } while (!problem.objective().has(Headroom.class));
        var solution = Solvers.named(name).solve(problem, Budget.ofIterations(1, 5));
        assertThat(new Checker(problem.snapshot()).worsened(solution.places(), solution.unplaced())).isEmpty();
        if (!name.equals("greedy") && !name.equals("lns")) {
            assertThat(solution.faults()).anyMatch(fault -> fault.contains("declines: headroom is not linear"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cp-sat", "cbc", "scip"})
    void withMoreSeatsTakenThanThereAreNobodyNewGetsOneAndAllElseIsSolved(String name) {
        var hosts = LongStream.rangeClosed(1, 3).mapToObj(id -> HostView.of(id, "h" + id, Amounts.of(8, 8, 8))).toList();
        var placed = LongStream.rangeClosed(1, 3).mapToObj(id -> new VeeView(Demand.of(id, Amounts.of(1, 1, 1), "db"), id)).toList();
        for (var perHost : List.of(false, true)) {
            var snapshot = new Snapshot(Resource.USUAL, hosts, placed, List.of(new Constraint.Licence("oracle", "db", perHost ? 1 : 2, perHost)));
            var waiting = List.of(Demand.of(4, Amounts.of(1, 1, 1), "db"), Demand.of(5, Amounts.of(1, 1, 1)));
            var solution = Solvers.named(name).solve(Problem.of(snapshot, waiting, Objective.of(PowerSaving.USUAL, 1)), Budget.ofIterations(1, 10_000));
            assertThat(new Checker(snapshot).worsened(solution.places(), solution.unplaced())).isEmpty();
            assertThat(solution.places().stream().map(VeeView::host).distinct()).as("one host is enough for all").hasSize(1);
            assertThat(solution.unplaced()).extracting(Demand::id).isEqualTo(perHost ? List.of() : List.of(4L));
        }
    }

    @Test
    @Tag("long")
    void partsSolvedExactlyAreValidNeverWorseAndTheSameEachTime() {
        var parts = new Neighbourhoods(new CpSatSolver(1));
        Seeded.forAll(6, seed -> {
            var problem = problem(seed);
            var begun = Solvers.named("greedy").solve(problem, Budget.ofIterations(seed, 0));
            Solution found = parts.solve(problem.knowing(begun), Budget.ofIterations(seed, 2_000));
            assertThat(new Checker(problem.snapshot()).worsened(found.places(), found.unplaced())).isEmpty();
            assertThat(found.cost()).isLessThanOrEqualTo(begun.cost());
            assertThat(parts.solve(problem.knowing(begun), Budget.ofIterations(seed, 2_000)).places()).isEqualTo(found.places());
        });
    }

    private static Problem problem(long seed) {
        var random = Seeded.random(seed);
        Problem problem;
        do {
            problem = Problems.lasting(Problems.random(random, 8, 30));
        } while (problem.objective().has(Headroom.class));
        return problem;
    }
}
