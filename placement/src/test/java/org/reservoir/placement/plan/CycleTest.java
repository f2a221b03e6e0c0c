package org.reservoir.placement.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.placement.Worlds.host;
import static org.reservoir.placement.Worlds.vee;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Demand;
import org.reservoir.placement.HostView;
import org.reservoir.placement.Level;
import org.reservoir.placement.Move;
import org.reservoir.placement.Plan;
import org.reservoir.placement.Rates;
import org.reservoir.placement.Replay;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.Speeds;
import org.reservoir.placement.Step;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.policy.Balance;
import org.reservoir.placement.policy.FewMoves;
import org.reservoir.placement.policy.Objective;
import org.reservoir.placement.policy.PowerSaving;
import org.reservoir.placement.search.Budget;
import org.reservoir.placement.search.LocalSearch;
import org.reservoir.placement.search.Problems;

class CycleTest {
    private static final Objective SAVING = Objective.of(PowerSaving.USUAL, 1).and(FewMoves.COUNTED, 1);

    private static Snapshot world(List<HostView> hosts, List<VeeView> vees, Constraint... constraints) {
        return Snapshot.of(hosts).with(vees, List.of(constraints));
    }

    private static VeeView at(long host, Demand demand) {
        return new VeeView(demand, host);
    }

    private static Review review(Snapshot now, List<Demand> waiting, Order order) {
        return Cycle.review(now, waiting, order, new LocalSearch(), Budget.ofIterations(1, 60));
    }

    private static Order order(Objective objective) {
        return new Order(objective, 100, 0.01, Rates.USUAL);
    }

    private final Snapshot twoHalfFull = world(List.of(host(1, 4, 4), host(2, 4, 4)), List.of(at(1, vee(1, 1, 1)), at(2, vee(2, 1, 1)), at(2, vee(3, 1, 1))));

    @Test
    void powerSavingEmptiesAHostThenPutsItToSleep() {
        var change = (Review.Change) review(twoHalfFull, List.of(), order(SAVING));
        assertThat(change.plan().steps()).extracting(Step::move).containsExactly(new Move.Migrate(1, 1, 2));
        assertThat(change.plan().power()).containsExactly(new Plan.Power(1, false, change.plan().length(), change.plan().length().plus(Rates.USUAL.sleep())));
        assertThat(change.gains().getFirst().points()).isEqualTo(110 - 10 - 5 - 1);
        assertThat(change.after().get("watts")).isLessThan(change.before().get("watts"));
    }

    @Test
    void loadBalanceWakesAHostBeforeItFillsIt() {
        var now = world(List.of(host(1, 4, 4), host(2, 4, 4).sleeping()), List.of(at(1, vee(1, 2, 2)), at(1, vee(2, 2, 2))));
        var change = (Review.Change) review(now, List.of(), order(Objective.of(Balance.USUAL, 1).and(FewMoves.COUNTED, 1)));
        assertThat(change.plan().power()).containsExactly(new Plan.Power(2, true, Duration.ZERO, Rates.USUAL.wake()));
        assertThat(change.plan().steps()).hasSize(1).first().extracting(Step::begin).isEqualTo(Rates.USUAL.wake());
    }

    @Test
    void whatGainsTooLittleOrIsOverTheBudgetOfMovesIsLeft() {
        var little = review(twoHalfFull, List.of(), new Order(SAVING, 100, 0.9, Rates.USUAL));
        assertThat(((Review.Keep) little).why()).contains("1 move would gain 25.93 %").contains("90.00 %");
        assertThat(((Review.Keep) review(twoHalfFull, List.of(), new Order(SAVING, 0, 0, Rates.USUAL))).why()).contains("within 0 moves");
        var idle = world(List.of(host(1, 4, 4), host(2, 4, 4)), List.of(at(1, vee(1, 1, 1))));
        assertThat(((Review.Keep) review(idle, List.of(), new Order(SAVING, 100, 0.9, Rates.USUAL))).why()).startsWith("to put 1 idle host to sleep would gain");
    }

    @Test
    void whoWaitsIsWorthAnyMove() {
        var now = world(List.of(host(1, 4, 4), host(2, 4, 4)), List.of(at(1, vee(1, 2, 2)), at(2, vee(2, 2, 2))));
        var change = (Review.Change) review(now, List.of(vee(9, 4, 4)), new Order(Objective.FEW_MOVES, 5, 1, Rates.USUAL));
        assertThat(change.plan().steps()).hasSize(2);
    }

    @Test
    void aHostIsEmptiedForItsMaintenanceAndAntiAffinityHoldsAllTheWhile() {
        var now = world(List.of(host(1, 8, 8), host(2, 8, 8), host(3, 8, 8)), List.of(at(1, vee(1, 1, 1, "web")), at(2, vee(2, 1, 1, "web"))),
                new Constraint.Spread("web", Level.HOST), new Constraint.Ban(Constraint.EVERYONE, Set.of(1L)));
        var change = (Review.Change) review(now, List.of(), order(Objective.FEW_MOVES));
        assertThat(change.plan().steps()).extracting(Step::move).containsExactly(new Move.Migrate(1, 1, 3));
        assertThat(change.left()).isEmpty();
    }

    @Test
    void movesBetweenSitesTakeLongerAndGoFewAtATime() {
        var hosts = List.of(host(1, 8, 8).in("r", "a"), host(2, 8, 8).in("r", "b"), host(3, 8, 8).in("r", "b"));
        var now = world(hosts, List.of(at(1, vee(1, 1, 1)), at(1, vee(2, 1, 1))), new Constraint.Ban(Constraint.EVERYONE, Set.of(1L)));
        var slow = new Rates(100L << 20, 60L << 20, Duration.ofSeconds(3), 4, true, new Rates.Link(10L << 20, 1), Duration.ZERO, Duration.ZERO);
        var steps = ((Review.Change) review(now, List.of(), new Order(Objective.FEW_MOVES, 9, 0, slow))).plan().steps();
        assertThat(steps.get(0).end()).isGreaterThan(Duration.ofSeconds(100));
        assertThat(steps.get(1).begin()).isEqualTo(steps.get(0).end());
    }

    /** To fill host 3 by slow moves costs more than balance gains; by fast ones it is done, and the slow host is spared where another will do. */
    @Test
    void movesThatWereMeasuredAsSlowMustGainMoreAndFastOnesAreChosenRather() {
        var hosts = List.of(host(1, 8, 8), host(2, 8, 8), host(3, 8, 8));
        var now = world(hosts, List.of(at(1, vee(1, 2, 2)), at(1, vee(2, 2, 2)), at(1, vee(3, 2, 2)), at(1, vee(4, 2, 2))), new Constraint.Root("none"));
        var crawling = new Speeds(Duration.ofSeconds(1), Map.of(), Map.of(1L, 100L << 20), Map.of(2L, 1L << 20, 3L, 100L << 20));
        var allSlow = new Speeds(Duration.ofSeconds(1), Map.of(), Map.of(1L, 1L << 20), Map.of(2L, 1L << 20, 3L, 1L << 20));
        assertThat(spread(now, Speeds.UNMEASURED)).containsKeys(2L, 3L);
        assertThat(spread(now, crawling)).containsKey(3L).doesNotContainKey(2L);
        assertThat(spread(now, allSlow)).isEmpty();
    }

    private static Map<Long, Long> spread(Snapshot now, Speeds speeds) {
        var objective = Objective.of(Balance.USUAL, 1).and(FewMoves.COUNTED.measured(speeds), 5);
        return switch (review(now, List.of(), new Order(objective, 100, 0.01, Rates.USUAL.measured(speeds)))) {
            case Review.Keep _ -> Map.of();
            case Review.Change change -> change.solution().places().stream().filter(vee -> vee.host() != 1).collect(Collectors.groupingBy(VeeView::host, Collectors.counting()));
        };
    }

    @Test
    void aRefusedDemandIsToldWhichMovesOrWhichConstraintWouldMakeRoom() {
        var now = world(List.of(host(1, 4, 4), host(2, 4, 4), host(3, 4, 4)), List.of(at(1, vee(1, 2, 2)), at(2, vee(2, 2, 2)), at(3, vee(3, 2, 2))),
                new Constraint.Fence("big", Set.of(1L)));
        assertThat(Remedies.of(now, vee(9, 4, 4, "big"))).containsExactly("move VEE 1 from node-1 to node-2; then node-1 takes it");
        var full = world(List.of(host(1, 1, 1), host(2, 4, 4)), List.of(), new Constraint.Fence("big", Set.of(1L)));
        assertThat(Remedies.of(full, vee(9, 4, 4, "big"))).containsExactly("without the constraint fence of group big it would fit on node-2");
    }

    @Test
    @Tag("long")
    void everyPlanThatComesOutIsSafeAtEveryMoment() {
        Seeded.forAll(40, seed -> {
            var problem = Problems.random(Seeded.random(seed), 2 + (int) (seed % 9), 24);
            var order = new Order(problem.objective(), (int) (seed % 7) * 3, 0, Rates.USUAL);
            if (Cycle.review(problem.snapshot(), problem.waiting(), order, new LocalSearch(), Budget.ofIterations(seed, 20)) instanceof Review.Change change) {
                var starting = problem.waiting().stream().filter(demand -> !change.solution().unplaced().contains(demand)).toList();
                assertThat(Replay.violations(problem.snapshot(), starting, change.plan())).isEmpty();
                assertThat(change.gains()).hasSameSizeAs(change.plan().steps());
            }
        });
    }
}
