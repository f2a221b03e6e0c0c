package org.reservoir.placement.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.placement.Worlds.host;
import static org.reservoir.placement.Worlds.vee;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.reservoir.kernel.expression.Expression;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Demand;
import org.reservoir.placement.HostWords;
import org.reservoir.placement.Level;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.VeeView;

class ConflictTest {
    private static Snapshot hosts(int count, double cpus, Constraint... constraints) {
        return Snapshot.of(IntStream.rangeClosed(1, count).mapToObj(id -> host(id, cpus, 16)).toList()).with(List.of(), List.of(constraints));
    }

    private static List<Demand> set(int count, double cpus, String... groups) {
        return IntStream.rangeClosed(1, count).mapToObj(id -> vee(id, cpus, 1, groups)).toList();
    }

    @Test
    void aSetThatFitsHasNoConflict() {
        assertThat(Conflict.of(hosts(2, 4), set(8, 1))).isEmpty();
    }

    @Test
    void affinityAndAntiAffinityThatContradictEachOtherAreNamedWithTwoOfTheMembersAndNothingElse() {
        var together = new Constraint.Gather("g", Level.HOST);
        var apart = new Constraint.Spread("g", Level.HOST);
        var conflict = Conflict.of(hosts(4, 8, together, apart, new Constraint.Fence("g", Set.of(1L, 2L, 3L))), set(3, 1, "g")).orElseThrow();
        assertThat(conflict.constraints()).containsExactlyInAnyOrder(together, apart);
        assertThat(conflict.members()).hasSize(2);
        assertThat(conflict.help()).contains(new Conflict.Help.Without(apart), new Conflict.Help.Fewer(1)).doesNotContain(new Conflict.Help.Moving(List.of()));
    }

    @Test
    void ofASetForWhichAFenceLeavesTooLittleTheFenceIsNamedAndHowManyWouldFit() {
        var fence = new Constraint.Fence("g", Set.of(1L));
        var conflict = Conflict.of(hosts(3, 4, fence, new Constraint.Ban("h", Set.of(1L)), new Constraint.AllOrNothing("g")), set(6, 1, "g")).orElseThrow();
        assertThat(conflict.constraints()).containsExactly(fence);
        assertThat(conflict.members()).hasSize(5);
        assertThat(conflict.help()).containsExactly(new Conflict.Help.Without(fence), new Conflict.Help.Fewer(4));
    }

    @Test
    void whereThereIsJustTooLittleRoomMembersAloneAreInConflictAndOneThatIsTooBigForAnyHostIsItAlone() {
        var room = Conflict.of(hosts(2, 4), set(9, 1)).orElseThrow();
        assertThat(room.members()).hasSize(9);
        assertThat(room.help()).containsExactly(new Conflict.Help.Fewer(8));
        var big = new ArrayList<>(set(3, 1));
        big.add(vee(77, 5, 1));
        assertThat(Conflict.of(hosts(2, 4), big).orElseThrow().members()).containsExactly(77L);
    }

    @Test
    void aMemberThatAsksForWhatNoHostIsNamesItsRequirementsAlone() {
        var demands = new ArrayList<>(set(2, 1));
        demands.add(vee(7, 1, 1).requiring(Expression.condition("total_cpu > 100", HostWords.STANDARD)));
        var conflict = Conflict.of(hosts(2, 4), demands).orElseThrow();
        assertThat(conflict.members()).containsExactly(7L);
        assertThat(conflict.requirements()).containsExactly(7L);
        assertThat(conflict.help()).contains(new Conflict.Help.WithoutRequirements(7));
    }

    @Test
    void whatMovesOfOthersWouldMakeRoomIsToldFirst() {
        var now = hosts(3, 4, new Constraint.Gather("g", Level.HOST)).with(List.of(new VeeView(vee(11, 2, 1), 1), new VeeView(vee(12, 2, 1), 2), new VeeView(vee(13, 2, 1), 3)),
                List.of(new Constraint.Gather("g", Level.HOST)));
        var conflict = Conflict.of(now, set(4, 1, "g")).orElseThrow();
        assertThat(conflict.help().getFirst()).isInstanceOfSatisfying(Conflict.Help.Moving.class, moving -> assertThat(moving.moves()).hasSize(1));
    }

    @Test
    void ofAConflictNothingCanBeLeftOut() {
        var conflicts = new int[1];
        Seeded.forAll(60, seed -> {
            var random = Seeded.random(seed);
            var all = List.of(new Constraint.Spread("a", Level.HOST), new Constraint.Gather("b", Level.HOST), new Constraint.Fence("a", Set.of(1L, 2L)), new Constraint.Ban("b", Set.of(2L)),
                    new Constraint.Apart("a", "b", Level.HOST), new Constraint.Licence("l", "a", 2, false));
            var constraints = all.stream().filter(_ -> random.nextBoolean()).toArray(Constraint[]::new);
            var snapshot = hosts(3, 3, constraints);
            var set = IntStream.rangeClosed(1, 5).mapToObj(id -> vee(id, 1 + random.nextInt(2), 1, random.nextBoolean() ? "a" : "b")).toList();
            Conflict.of(snapshot, set).ifPresent(conflict -> {
                conflicts[0]++;
                var members = set.stream().filter(it -> conflict.members().contains(it.id())).toList();
                assertThat(Conflict.of(snapshot.with(List.of(), List.copyOf(conflict.constraints())), members)).as("it is one").isPresent();
                for (var left : conflict.constraints()) {
                    assertThat(Conflict.of(snapshot.with(List.of(), conflict.constraints().stream().filter(it -> !it.equals(left)).toList()), members)).as("without %s", left).isEmpty();
                }
                for (var left : members) {
                    assertThat(Conflict.of(snapshot.with(List.of(), List.copyOf(conflict.constraints())), members.stream().filter(it -> !it.equals(left)).toList())).as("without %s", left).isEmpty();
                }
            });
        });
        assertThat(conflicts[0]).isGreaterThan(10);
    }
}
