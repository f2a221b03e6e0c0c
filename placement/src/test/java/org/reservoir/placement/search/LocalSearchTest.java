package org.reservoir.placement.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reservoir.placement.Worlds.host;
import static org.reservoir.placement.Worlds.vee;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.placement.Checker;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Demand;
import org.reservoir.placement.HostView;
import org.reservoir.placement.Level;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.policy.Balance;
import org.reservoir.placement.policy.FewMoves;
import org.reservoir.placement.policy.Headroom;
import org.reservoir.placement.policy.Objective;
import org.reservoir.placement.policy.PowerProfile;
import org.reservoir.placement.policy.PowerSaving;
import org.reservoir.placement.policy.Profit;

class LocalSearchTest {
    private static final LocalSearch SEARCH = new LocalSearch();

    private static Solution solve(Problem problem) {
        return SEARCH.solve(problem, Budget.ofIterations(1, 60));
    }

    private static Map<Long, Long> hosts(Solution solution) {
        var map = new java.util.TreeMap<Long, Long>();
        solution.places().forEach(vee -> map.put(vee.demand().id(), vee.host()));
        return map;
    }

    private static Snapshot world(List<HostView> hosts, List<VeeView> vees, Constraint... constraints) {
        return Snapshot.of(hosts).with(vees, List.of(constraints));
    }

    private static VeeView at(long host, Demand demand) {
        return new VeeView(demand, host);
    }

    @Test
    void powerSavingEmptiesAHost() {
        var now = world(List.of(host(1, 4, 4), host(2, 4, 4), host(3, 4, 4)), List.of(at(1, vee(1, 1, 1)), at(2, vee(2, 2, 2)), at(3, vee(3, 1, 1))));
        var solution = solve(Problem.of(now, List.of(), Objective.of(PowerSaving.USUAL, 1).then(FewMoves.COUNTED)));
        assertThat(Set.copyOf(hosts(solution).values())).hasSize(1);
        assertThat(solution.moves()).isEqualTo(2);
    }

    @Test
    void loadBalanceFillsHostsAlike() {
        var now = world(List.of(host(1, 8, 8), host(2, 8, 8)), List.of(at(1, vee(1, 2, 2)), at(1, vee(2, 2, 2)), at(1, vee(3, 1, 1)), at(1, vee(4, 1, 1))));
        var solution = solve(Problem.of(now, List.of(), Objective.of(Balance.USUAL, 1).then(FewMoves.COUNTED)));
        assertThat(hosts(solution)).containsOnlyKeys(1L, 2L, 3L, 4L);
        assertThat(solution.places().stream().filter(vee -> vee.host() == 1).mapToLong(vee -> vee.demand().amounts().at(0)).sum()).isEqualTo(3000);
    }

    @Test
    void aMixWeighsWhatAMoveBringsAgainstWhatItCosts() {
        var now = world(List.of(host(1, 4, 4), host(2, 4, 4)), List.of(at(1, vee(1, 1, 1)), at(2, vee(2, 1, 1))));
        assertThat(solve(Problem.of(now, List.of(), Objective.of(PowerSaving.USUAL, 1).and(FewMoves.COUNTED, 90))).moves()).isEqualTo(1);
        assertThat(solve(Problem.of(now, List.of(), Objective.of(PowerSaving.USUAL, 1).and(FewMoves.COUNTED, 110))).moves()).isZero();
    }

    @Test
    void headroomKeepsRoomForAHostThatFails() {
        var now = world(List.of(host(1, 4, 4), host(2, 4, 4), host(3, 4, 4)), List.of(at(1, vee(1, 2, 2)), at(2, vee(2, 2, 2))));
        var lean = solve(Problem.of(now, List.of(), Objective.of(PowerSaving.USUAL, 1)));
        var safe = solve(Problem.of(now, List.of(), Objective.of(new Headroom(1, true), 1).then(PowerSaving.USUAL)));
        assertThat(Set.copyOf(hosts(lean).values())).hasSize(1);
        assertThat(Set.copyOf(hosts(safe).values())).hasSize(2);
    }

    @Test
    void profitLeavesWaitingWhatWouldCostMoreThanItBrings() {
        var costs = Map.of(1L, new Profit.HostCost(3, 0), 2L, new Profit.HostCost(10, 0));
        var offers = Map.of(1L, new Profit.Offer(5, 0), 2L, new Profit.Offer(5, 0), 3L, new Profit.Offer(5, 6));
        var now = world(List.of(host(1, 1, 4), host(2, 4, 4)), List.of());
        var solution = solve(Problem.of(now, List.of(vee(1, 1, 1), vee(2, 1, 1), vee(3, 1, 1)), Objective.of(new Profit(offers, costs), 1)));
        assertThat(hosts(solution)).containsExactly(Map.entry(3L, 1L));
        assertThat(solution.points().get("loss")).isEqualTo(3 - 5);
    }

    @Test
    void whoIsDearerToLeaveWaitingByItsSlaClassGetsTheLastPlace() {
        var prices = Map.of("cpu", 0.1, "penalty", 0.5, "penalty-gold", 9.0, "penalty-99.9", 20.0);
        var now = Snapshot.of(List.of(host(1, 1, 4)));
        var waiting = List.of(vee(1, 1, 1), vee(2, 1, 1, "sla gold"), vee(3, 1, 1, "sla tin"));
        var objective = Objective.of(org.reservoir.placement.policy.Earnings.of(prices), 1);
        assertThat(solve(Problem.of(now, waiting, objective)).places()).extracting(vee -> vee.demand().id()).containsExactly(2L);
        var more = java.util.stream.Stream.concat(waiting.stream(), java.util.stream.Stream.of(vee(4, 1, 1, "sla 99.9"))).toList();
        assertThat(solve(Problem.of(now, more, objective)).places()).extracting(vee -> vee.demand().id()).containsExactly(4L);
        assertThatThrownBy(() -> org.reservoir.placement.policy.Earnings.of(Map.of("cpu", 0.1, "penalty-", 1.0))).hasMessageContaining("penalty-");
    }

    @Test
    void whoWaitsIsPlacedAndOthersMakeRoom() {
        var now = world(List.of(host(1, 4, 4), host(2, 4, 4)), List.of(at(1, vee(1, 2, 2)), at(2, vee(2, 2, 2))));
        var solution = solve(Problem.of(now, List.of(vee(9, 4, 4)), Objective.FEW_MOVES));
        assertThat(solution.unplaced()).isEmpty();
        assertThat(solution.moves()).isEqualTo(1);
    }

    @Test
    void aSetIsPlacedWholeOrNotAtAll() {
        var now = world(List.of(host(1, 3, 3)), List.of(), new Constraint.AllOrNothing("set"));
        var solution = solve(Problem.of(now, List.of(vee(1, 2, 2, "set"), vee(2, 2, 2, "set"), vee(3, 1, 1)), Objective.FEW_MOVES));
        assertThat(hosts(solution)).containsOnlyKeys(3L);
    }

    @Test
    void aGroupThatMustBeTogetherMovesAsOne() {
        var now = world(List.of(host(1, 4, 4), host(2, 4, 4)), List.of(at(1, vee(1, 1, 1, "db")), at(1, vee(2, 1, 1, "db"))),
                new Constraint.Gather("db", Level.HOST), new Constraint.Ban(Constraint.EVERYONE, Set.of(1L)));
        assertThat(hosts(solve(Problem.of(now, List.of(), Objective.FEW_MOVES)))).containsValues(2L).doesNotContainValue(1L);
    }

    @Test
    void anOverloadedHostIsRelievedByTheFewestMoves() {
        var now = world(List.of(host(1, 4, 8), host(2, 4, 8), host(3, 1, 8)), List.of(at(1, vee(1, 3, 1)), at(1, vee(2, 1, 1)), at(1, vee(3, 1, 1)), at(2, vee(4, 3, 1))));
        var solution = solve(Problem.of(now, List.of(), Objective.FEW_MOVES));
        assertThat(solution.moves()).isEqualTo(1);
        assertThat(new Checker(now).violations(solution.places(), List.of())).isEmpty();
    }

    @Test
    void whatCannotBeMendedStaysAsItWas() {
        var now = world(List.of(host(1, 1, 1)), List.of(at(1, vee(1, 1, 1)), at(1, vee(2, 1, 1))));
        assertThat(hosts(solve(Problem.of(now, List.of(), Objective.FEW_MOVES)))).containsEntry(1L, 1L).containsEntry(2L, 1L);
    }

    @Test
    void noMoreMovesThanAllowed() {
        Seeded.forAll(20, seed -> {
            var random = Seeded.random(seed);
            var problem = Problems.random(random, 8, 24).movingAtMost(random.nextInt(4));
            assertThat(solve(problem).moves()).isLessThanOrEqualTo(problem.mostMoves());
        });
    }

    @Test
    void onlyWhatIsInScopeMoves() {
        var now = world(List.of(host(1, 4, 4), host(2, 4, 4), host(3, 4, 4)), List.of(at(1, vee(1, 1, 1)), at(2, vee(2, 1, 1)), at(3, vee(3, 1, 1))));
        var problem = Problem.of(now, List.of(), Objective.of(PowerSaving.USUAL, 1)).within(new Problem.Scope(Set.of(1L, 2L), Set.of(1L, 2L)));
        assertThat(hosts(solve(problem))).containsEntry(3L, 3L).extracting(it -> it.get(1L).equals(it.get(2L))).isEqualTo(true);
    }

    @Test
    @Tag("long")
    void everySolutionIsValidNoDearerThanWhatIsAndTheSameEachTime() {
        Seeded.forAll(25, seed -> {
            var random = Seeded.random(seed);
            var problem = Problems.random(random, 2 + random.nextInt(10), 28);
            var solution = SEARCH.solve(problem, Budget.ofIterations(seed, 30));
            assertThat(new Checker(problem.snapshot()).worsened(solution.places(), solution.unplaced())).isEmpty();
            var now = Solution.of(problem, "now", problem.snapshot().vees(), Long.MIN_VALUE, false);
            assertThat(solution.cost()).isLessThanOrEqualTo(now.cost());
            assertThat(Solution.of(problem, "again", solution.places(), Long.MIN_VALUE, false).cost()).isEqualTo(solution.cost());
            assertThat(SEARCH.solve(problem, Budget.ofIterations(seed, 30)).places()).isEqualTo(solution.places());
        });
    }

    @Test
    @Tag("long")
    void onTinyProblemsNothingIsBetterThanWhatItFinds() {
        Seeded.forAll(25, seed -> {
            var random = Seeded.random(seed);
            var problem = Problems.withoutWaiting(Problems.lasting(Problems.random(random, 2 + random.nextInt(2), 8)));
            assertThat(SEARCH.solve(problem, Budget.ofIterations(seed, 120)).cost()).isEqualTo(BruteForce.cheapest(problem));
        });
    }

    @Test
    void aPortfolioBelievesNoSolver() {
        var now = world(List.of(host(1, 1, 1), host(2, 1, 1)), List.of(at(1, vee(1, 1, 1)), at(2, vee(2, 1, 1))));
        Solver liar = solver("liar", problem -> new Solution("liar", List.of(at(1, vee(1, 1, 1)), at(1, vee(2, 1, 1))), List.of(), -7, Map.of(), 0, Long.MIN_VALUE, false, 0, List.of()));
        Solver faulty = solver("faulty", _ -> {
            throw new IllegalStateException("I am broken");
        });
        try (var threads = Executors.newFixedThreadPool(2)) {
            var solution = new Portfolio(SEARCH, List.of(liar, faulty), threads).solve(Problem.of(now, List.of(), Objective.FEW_MOVES), Budget.ofIterations(1, 2));
            assertThat(hosts(solution)).containsEntry(1L, 1L).containsEntry(2L, 2L);
            assertThat(solution.faults()).anySatisfy(fault -> assertThat(fault).contains("liar offered what is not valid"))
                    .anySatisfy(fault -> assertThat(fault).contains("I am broken"));
        }
    }

    private static Solver solver(String name, java.util.function.Function<Problem, Solution> answer) {
        return new Solver() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Solution solve(Problem problem, Budget budget, Consumer<Solution> better) {
                return answer.apply(problem);
            }
        };
    }

    @Test
    void aDeadlineThatHasPassedStillGivesAValidSolutionAndSaysSo() {
        var problem = Problems.random(Seeded.random(3), 6, 20);
        var solution = SEARCH.solve(problem, Budget.ofIterations(1, 1000).guarded(() -> 10, 5));
        assertThat(solution.truncated()).isTrue();
        assertThat(new Checker(problem.snapshot()).worsened(solution.places(), solution.unplaced())).isEmpty();
    }

    @Test
    void numbersThatMakeNoSenseAreRefusedWithTheirName() {
        assertThatThrownBy(() -> Objective.of(Balance.USUAL, Double.NaN)).isInstanceOf(Refused.class).hasMessageContaining("imbalance");
        assertThatThrownBy(() -> new PowerProfile(-1, 0, 0, 0)).isInstanceOf(Refused.class).hasMessageContaining("power profile");
        assertThatThrownBy(() -> new Profit.Offer(Double.POSITIVE_INFINITY, 0)).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> Problem.of(world(List.of(host(1, 1, 1)), List.of(at(1, vee(1, 1, 1)))), List.of(vee(1, 1, 1)), Objective.FEW_MOVES)).hasMessageContaining("VEE 1");
        assertThatThrownBy(() -> new Constraint.Among("x", List.of(Set.of(1L), Set.of(1L, 2L)))).hasMessageContaining("two parts");
    }
}
