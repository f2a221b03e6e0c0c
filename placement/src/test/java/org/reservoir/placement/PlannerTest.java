package org.reservoir.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.placement.Worlds.host;
import static org.reservoir.placement.Worlds.vee;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.reservoir.kernel.testing.Seeded;

class PlannerTest {
    private static VeeView at(Demand demand, long host) {
        return new VeeView(demand, host);
    }

    private static List<Move> moves(Plan plan) {
        return plan.steps().stream().map(Step::move).toList();
    }

    private final Demand one = vee(1, 2, 2);
    private final Demand two = vee(2, 2, 1);

    @Test
    void aMoveWaitsUntilItsDestinationIsFree() {
        var now = Snapshot.of(List.of(host(1, 2, 2), host(2, 2, 2), host(3, 2, 2))).with(List.of(at(one, 1), at(two, 2)), List.of());
        var plan = Planner.plan(now, List.of(at(one, 2), at(two, 3)), Rates.USUAL);
        assertThat(moves(plan)).containsExactly(new Move.Migrate(2, 2, 3), new Move.Migrate(1, 1, 2));
        assertThat(plan.steps().get(1).begin()).isEqualTo(plan.steps().get(0).end());
    }

    @Test
    void twoVeesThatChangePlacesTakeABypass() {
        var now = Snapshot.of(List.of(host(1, 2, 2), host(2, 2, 2), host(3, 2, 2))).with(List.of(at(one, 1), at(two, 2)), List.of());
        assertThat(moves(Planner.plan(now, List.of(at(one, 2), at(two, 1)), Rates.USUAL)))
                .containsExactly(new Move.Migrate(2, 2, 3), new Move.Migrate(1, 1, 2), new Move.Migrate(2, 3, 1));
    }

    @Test
    void withoutABypassTheCheaperIsSuspended() {
        var now = Snapshot.of(List.of(host(1, 2, 2), host(2, 2, 2))).with(List.of(at(one, 1), at(two, 2)), List.of());
        assertThat(moves(Planner.plan(now, List.of(at(one, 2), at(two, 1)), Rates.USUAL)))
                .containsExactly(new Move.Suspend(2, 2), new Move.Migrate(1, 1, 2), new Move.Resume(2, 1));
    }

    @Test
    void whatCannotBeOrderedIsLeftOutAndSaid() {
        var now = Snapshot.of(List.of(host(1, 2, 2), host(2, 2, 2))).with(List.of(at(one, 1), at(two, 2)), List.of());
        var plan = Planner.plan(now, List.of(at(one, 2), at(two, 1)), Rates.USUAL.withoutSuspend());
        assertThat(plan.steps()).isEmpty();
        assertThat(plan.unfinished()).containsExactly(new Move.Migrate(1, 1, 2), new Move.Migrate(2, 2, 1));
    }

    @Test
    void membersOfASpreadGroupNeverMeetOnTheWay() {
        var a = vee(1, 1, 1, "web");
        var b = vee(2, 1, 1, "web");
        var now = Snapshot.of(List.of(host(1, 8, 8), host(2, 8, 8), host(3, 8, 8))).with(List.of(at(a, 1), at(b, 2)), List.of(new Constraint.Spread("web", Level.HOST)));
        var plan = Planner.plan(now, List.of(at(a, 2), at(b, 1)), Rates.USUAL);
        assertThat(moves(plan)).hasSize(3);
        assertThat(Replay.violations(now, List.of(), plan)).isEmpty();
    }

    @Test
    void whoMovesHasOneSeatOfALicenceAndKeepsNobodyWaiting() {
        var a = vee(1, 1, 1, "db");
        var b = vee(2, 1, 1, "db");
        var hosts = List.of(host(1, 8, 8), host(2, 8, 8), host(3, 8, 8), host(4, 8, 8));
        var now = Snapshot.of(hosts).with(List.of(at(a, 1), at(b, 2)), List.of(new Constraint.Licence("oracle", "db", 2, false)));
        var plan = Planner.plan(now, List.of(at(a, 3), at(b, 4)), Rates.USUAL);
        assertThat(plan.steps()).extracting(Step::begin).as("both at once").containsExactly(Duration.ZERO, Duration.ZERO);
        assertThat(Replay.violations(now, List.of(), plan)).isEmpty();
        var late = vee(3, 1, 1, "db");
        var three = now.with(now.vees(), List.of(new Constraint.Licence("oracle", "db", 3, false)));
        var more = Planner.plan(three, List.of(at(a, 3), at(b, 4), at(late, 1)), Rates.USUAL);
        assertThat(more.steps()).extracting(Step::begin).as("the third seat is free").containsOnly(Duration.ZERO);
        assertThat(Replay.violations(three, List.of(late), more)).isEmpty();
        assertThat(Replay.violations(now, List.of(late), more)).as("a third of two").extracting(Violation::constraint).contains("licence");
    }

    @Test
    void stopsMakeRoomForStarts() {
        var now = Snapshot.of(List.of(host(1, 2, 2))).with(List.of(at(one, 1)), List.of());
        assertThat(moves(Planner.plan(now, List.of(at(two, 1)), Rates.USUAL))).containsExactly(new Move.Stop(1, 1), new Move.Start(2, 1));
    }

    @Test
    void movesThatDoNotMeetGoOnAtOnce() {
        var now = Snapshot.of(List.of(host(1, 2, 2), host(2, 2, 2), host(3, 2, 2), host(4, 2, 2))).with(List.of(at(one, 1), at(two, 2)), List.of());
        var plan = Planner.plan(now, List.of(at(one, 3), at(two, 4)), Rates.USUAL);
        assertThat(plan.steps()).extracting(Step::begin).containsOnly(Duration.ZERO);
    }

    @Test
    void aReplaySeesWhatAWrongPlanBreaks() {
        var now = Snapshot.of(List.of(host(1, 2, 2), host(2, 2, 2))).with(List.of(at(one, 1), at(two, 2)), List.of());
        var wrong = new Plan(List.of(new Step(new Move.Migrate(1, 1, 2), Duration.ZERO, Duration.ofSeconds(1)), new Step(new Move.Stop(7, 1), Duration.ZERO, Duration.ofSeconds(1))), List.of());
        assertThat(Replay.violations(now, List.of(), wrong)).extracting(Violation::constraint).contains("cpu", "vee");
    }

    @Test
    void everyMomentOfEveryPlanIsValidAndItArrives() {
        Seeded.forAll(300, seed -> {
            var random = Seeded.random(seed);
            var snapshot = Worlds.random(random, 2 + random.nextInt(10));
            var demands = Worlds.demands(random, 25, 1);
            var now = snapshot.with(placed(snapshot, demands, Policy.STRIPING), snapshot.constraints());
            var others = new ArrayList<>(demands.subList(5, 25));
            others.addAll(Worlds.demands(random, 5, 100));
            Collections.shuffle(others, new Random(seed));
            var target = placed(snapshot, others, random.nextBoolean() ? Policy.PACKING : Policy.LOAD_AWARE);
            var plan = Planner.plan(now, target, random.nextBoolean() ? Rates.USUAL : Rates.USUAL.withoutSuspend());
            var starting = target.stream().map(VeeView::demand).filter(d -> now.vees().stream().noneMatch(v -> v.demand().id() == d.id())).toList();
            var broken = Replay.violations(now, starting, plan);
            assertThat(broken).isEmpty();
            if (plan.unfinished().isEmpty()) {
                assertThat(Replay.outcome(now, starting, plan)).containsExactlyInAnyOrderElementsOf(target);
            }
            var suspended = moves(plan).stream().filter(Move.Suspend.class::isInstance).map(Move::vee).toList();
            assertThat(moves(plan).stream().filter(Move.Resume.class::isInstance).map(Move::vee).toList()).containsExactlyInAnyOrderElementsOf(suspended);
        });
    }

    private static List<VeeView> placed(Snapshot snapshot, List<Demand> demands, Policy policy) {
        return Placer.open(snapshot).place(demands, policy).stream().filter(Decision.Placed.class::isInstance)
                .map(d -> new VeeView(d.demand(), ((Decision.Placed) d).host())).toList();
    }
}
