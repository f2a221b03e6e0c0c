package org.reservoir.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reservoir.placement.Worlds.condition;
import static org.reservoir.placement.Worlds.host;
import static org.reservoir.placement.Worlds.number;
import static org.reservoir.placement.Worlds.vee;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.expression.Value;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.placement.Decision.NoRoom;
import org.reservoir.placement.Decision.Placed;

class PlacerTest {
    private static final List<HostView> THREE = List.of(host(1, 4, 4), host(2, 4, 4), host(3, 8, 8));

    private static List<Long> hosts(List<Decision> decisions) {
        return decisions.stream().map(d -> d instanceof Placed(_, var host) ? host : 0L).toList();
    }

    private static List<Demand> alike(int count, String... groups) {
        return IntStream.rangeClosed(1, count).mapToObj(id -> vee(id, 1, 1, groups)).toList();
    }

    private static List<Long> placed(List<HostView> hosts, List<Constraint> constraints, Policy policy, List<Demand> demands) {
        return hosts(Placer.open(Snapshot.of(hosts).with(List.of(), constraints)).place(demands, policy));
    }

    @Test
    void packingFillsOneHostAfterTheOther() {
        assertThat(placed(THREE, List.of(), Policy.PACKING, alike(6))).containsExactly(1L, 1L, 1L, 1L, 2L, 2L);
    }

    @Test
    void stripingGoesRound() {
        assertThat(placed(THREE, List.of(), Policy.STRIPING, alike(5))).containsExactly(1L, 2L, 3L, 1L, 2L);
    }

    @Test
    void loadAwareTakesTheHostWithTheMostCpuLeft() {
        assertThat(placed(THREE, List.of(), Policy.LOAD_AWARE, alike(6))).containsExactly(3L, 3L, 3L, 3L, 1L, 2L);
    }

    @Test
    void fixedTakesTheHighestPriority() {
        var hosts = List.of(host(1, 4, 4), host(2, 1, 4).with("priority", Value.count(5)), host(3, 4, 4).with("priority", Value.count(2)));
        assertThat(placed(hosts, List.of(), Policy.FIXED, alike(3))).containsExactly(2L, 3L, 3L);
    }

    @Test
    void aRankOfTheDemandOverridesThePolicyAndUnknownRanksComeLast() {
        var hosts = List.of(host(1, 4, 4), host(2, 4, 4).with("load", Value.share(new BigDecimal("0.9"))), host(3, 1, 4).with("load", Value.share(new BigDecimal("0.1"))));
        var demands = alike(6).stream().map(d -> d.ranking(number("-load"))).toList();
        assertThat(placed(hosts, List.of(), Policy.PACKING, demands)).containsExactly(3L, 2L, 2L, 2L, 2L, 1L);
    }

    @Test
    void withProfitTheCheapestHostThatHasRoomIsTakenAndOfEqualsTheEmptiest() {
        var dear = host(1, 2, 4).with("cost_cpu", Value.text("0.09"));
        var cheap = host(2, 2, 4).with("cost_cpu", Value.text("0.01"));
        var hosts = List.of(dear, host(3, 2, 4), host(4, 2, 4), cheap);
        var rank = org.reservoir.placement.policy.Objective.of(org.reservoir.placement.policy.Earnings.of(java.util.Map.of("cpu", 0.1, "host-cpu", 0.05)), 1).rank();
        assertThat(rank).isEqualTo(new Rank.Cheapest(0.05, 0));
        assertThat(placed(hosts, List.of(), new Policy(rank), alike(7))).containsExactly(2L, 2L, 3L, 4L, 3L, 4L, 1L);
    }

    @Test
    void requirementsFilterHosts() {
        var hosts = List.of(host(1, 4, 4), host(2, 4, 4).labelled("ssd"), host(3, 4, 1).labelled("ssd"));
        var demands = alike(3).stream().map(d -> d.requiring(condition("labels contains \"ssd\" and free_memory > 1 GiB"))).toList();
        assertThat(placed(hosts, List.of(), Policy.PACKING, demands)).containsExactly(2L, 2L, 2L);
    }

    @Test
    void overcommitMultipliesWhatMayBePromised() {
        assertThat(placed(List.of(host(1, 1, 8).overcommitting(2.5, 1, 1)), List.of(), Policy.PACKING, alike(3))).containsExactly(1L, 1L, 0L);
    }

    @Test
    void disabledHostsTakeNothing() {
        assertThat(placed(List.of(host(1, 4, 4).disabled(), host(2, 4, 4)), List.of(), Policy.PACKING, alike(1))).containsExactly(2L);
    }

    @Test
    void existingVeesCount() {
        var snapshot = Snapshot.of(THREE).with(List.of(new VeeView(vee(9, 4, 1), 1), new VeeView(vee(8, 1, 1, "web"), 2)), List.of(new Constraint.Spread("web", Level.HOST)));
        assertThat(hosts(Placer.open(snapshot).place(alike(2, "web"), Policy.PACKING))).containsExactly(3L, 0L);
    }

    @Test
    void antiAffinityHoldsOnHostsRacksAndSites() {
        var hosts = List.of(host(1, 9, 9).in("r1", "s1"), host(2, 9, 9).in("r1", "s1"), host(3, 9, 9).in("r2", "s1"), host(4, 9, 9).in("r1", "s2"));
        assertThat(placed(hosts, List.of(new Constraint.Spread("web", Level.HOST)), Policy.PACKING, alike(5, "web"))).containsExactly(1L, 2L, 3L, 4L, 0L);
        assertThat(placed(hosts, List.of(new Constraint.Spread("web", Level.RACK)), Policy.PACKING, alike(4, "web"))).containsExactly(1L, 3L, 4L, 0L);
        assertThat(placed(hosts, List.of(new Constraint.Spread("web", Level.SITE)), Policy.PACKING, alike(3, "web"))).containsExactly(1L, 4L, 0L);
    }

    @Test
    void aGroupThatMustShareAHostGoesWhereAllOfItFits() {
        assertThat(placed(THREE, List.of(new Constraint.Gather("db", Level.HOST)), Policy.PACKING, alike(6, "db"))).containsOnly(3L);
    }

    @Test
    void anAllOrNothingSetIsTakenBackWhole() {
        var placer = Placer.open(Snapshot.of(List.of(host(1, 2, 2))).with(List.of(), List.of(new Constraint.AllOrNothing("set"))));
        var decisions = placer.place(alike(3, "set"), Policy.PACKING);
        assertThat(hosts(decisions)).containsExactly(0L, 0L, 0L);
        assertThat(decisions).allSatisfy(decision -> {
            var incomplete = (Decision.Incomplete) decision;
            assertThat(incomplete.set()).isEqualTo("set");
            assertThat(List.of(incomplete.fit(), incomplete.of())).containsExactly(2, 3);
            assertThat(incomplete.cause().demand().id()).isEqualTo(3);
            assertThat(incomplete.cause().advice()).contains("node-1");
        });
        assertThat(hosts(placer.place(List.of(vee(7, 2, 2)), Policy.PACKING))).containsExactly(1L);
    }

    @Test
    void whoComesAfterASetThatHasNoRoomMissesNoRoomForIt() {
        var placer = Placer.open(Snapshot.of(List.of(host(1, 2, 2))));
        assertThat(hosts(placer.place(List.of(vee(1, 1, 1, "s"), vee(2, 1, 1), vee(3, 2, 1, "s"), vee(4, 1, 1)), Policy.PACKING, Set.of("s")))).containsExactly(0L, 1L, 0L, 1L);
    }

    @Test
    void setsThatShareAMemberArePlacedAsOne() {
        var demands = List.of(vee(1, 1, 1, "s"), vee(2, 1, 1, "s", "t"), vee(3, 9, 1, "t"), vee(4, 1, 1, "u"));
        var decisions = Placer.open(Snapshot.of(List.of(host(1, 4, 4)))).place(demands, Policy.PACKING, Set.of("s", "t", "u"));
        assertThat(hosts(decisions)).containsExactly(0L, 0L, 0L, 1L);
        assertThat(((Decision.Incomplete) decisions.getFirst()).set()).isEqualTo("s and t");
    }

    @Test
    void theBigOnesOfASetGoFirstWhenTheSmallOnesWouldTakeTheirRoom() {
        var hosts = List.of(host(1, 2, 2), host(2, 4, 4));
        var demands = List.of(vee(1, 1, 1, "s"), vee(2, 1, 1, "s"), vee(3, 4, 4, "s"));
        assertThat(hosts(Placer.open(Snapshot.of(hosts)).place(demands, Policy.STRIPING))).as("each for itself").contains(0L);
        assertThat(hosts(Placer.open(Snapshot.of(hosts)).place(demands, Policy.STRIPING, Set.of("s")))).containsExactly(1L, 1L, 2L);
    }

    @Test
    void licencesAreCounted() {
        assertThat(placed(THREE, List.of(new Constraint.Licence("oracle", "db", 2, false)), Policy.STRIPING, alike(3, "db"))).containsExactly(1L, 2L, 0L);
        assertThat(placed(THREE, List.of(new Constraint.Licence("oracle", "db", 1, true)), Policy.STRIPING, alike(3, "db"))).containsExactly(1L, 1L, 1L);
    }

    @Test
    void aCountryIsKept() {
        var hosts = List.of(host(1, 4, 4).with("country", Value.text("FR")), host(2, 4, 4).with("country", Value.text("DE")), host(3, 4, 4));
        assertThat(placed(hosts, List.of(new Constraint.Within("eu", "country", Set.of("DE", "AT"))), Policy.PACKING, alike(5, "eu"))).containsExactly(2L, 2L, 2L, 2L, 0L);
    }

    @Test
    void aGroupStaysInThePartItsFirstMemberChose() {
        var hosts = List.of(host(1, 1, 1), host(2, 1, 1), host(3, 9, 9));
        assertThat(placed(hosts, List.of(new Constraint.Among("db", List.of(Set.of(1L, 2L), Set.of(3L)))), Policy.PACKING, alike(3, "db"))).containsExactly(1L, 2L, 0L);
    }

    @Test
    void twoGroupsAreSplitAmongParts() {
        var hosts = List.of(host(1, 8, 8), host(2, 8, 8), host(3, 4, 4), host(4, 9, 9));
        var split = new Constraint.SplitAmong("db", "copy", List.of(Set.of(1L, 2L), Set.of(3L)));
        var placer = Placer.open(Snapshot.of(hosts).with(List.of(), List.of(split)));
        assertThat(hosts(placer.place(List.of(vee(1, 6, 6, "db"), vee(2, 3, 3, "db")), Policy.PACKING))).containsExactly(1L, 2L);
        var full = (NoRoom) placer.place(vee(4, 5, 5, "copy"), Policy.PACKING);
        assertThat(full.summary()).contains("1 host is in the part of a group");
        assertThat(hosts(placer.place(List.of(vee(3, 1, 1, "copy")), Policy.PACKING))).containsExactly(3L);
        var sharing = List.of(new VeeView(vee(1, 1, 1, "db"), 1), new VeeView(vee(3, 1, 1, "copy"), 2));
        assertThat(new Checker(Snapshot.of(hosts).with(List.of(), List.of(split))).violations(sharing, List.of())).extracting(Violation::constraint).containsExactly("split among");
        assertThatThrownBy(() -> new Constraint.SplitAmong("db", "db", List.of())).hasMessageContaining("not two groups");
    }

    @Test
    void aLonelyGroupHasItsHostsForItself() {
        var snapshot = Snapshot.of(THREE).with(List.of(new VeeView(vee(9, 1, 1), 1)), List.of(new Constraint.Lonely("bank")));
        var placer = Placer.open(snapshot);
        assertThat(hosts(placer.place(alike(2, "bank"), Policy.PACKING))).containsExactly(2L, 2L);
        assertThat(hosts(placer.place(List.of(vee(7, 1, 1), vee(8, 3, 3)), Policy.STRIPING))).containsExactly(3L, 1L);
    }

    @Test
    void whatIsSaidOfEveryoneHoldsForVeesOfNoGroup() {
        var empty = new Constraint.Ban(Constraint.EVERYONE, Set.of(3L), new Constraint.Origin("it is to be serviced", "end the service of node-3"));
        var limit = new Constraint.Spread(Constraint.EVERYONE, Level.HOST, 2);
        var placer = Placer.open(Snapshot.of(THREE).with(List.of(), List.of(empty, limit)));
        assertThat(hosts(placer.place(alike(5), Policy.PACKING))).containsExactly(1L, 1L, 2L, 2L, 0L);
        assertThat(placer.objections(vee(9, 1, 1))).extracting(Objection::text).contains("node-3 is banned for all VEEs, because it is to be serviced");
        assertThat(placer.objections(vee(9, 1, 1))).extracting(Objection::change).contains("end the service of node-3");
    }

    @Test
    void whatIsCountedCanBeAnything() {
        var resources = List.of(Resource.CPU, Resource.MEMORY, new Resource("gpu", org.reservoir.kernel.expression.Dimension.COUNT, 0));
        var hosts = List.of(HostView.of(1, "a", Amounts.of(9000, 9, 0)), HostView.of(2, "b", Amounts.of(9000, 9, 2)));
        var placer = Placer.open(new Snapshot(resources, hosts, List.of(), List.of()));
        var demands = IntStream.rangeClosed(1, 3).mapToObj(id -> Demand.of(id, Amounts.of(1000, 1, 1))).toList();
        assertThat(hosts(placer.place(demands, Policy.PACKING))).containsExactly(2L, 2L, 0L);
        assertThat(placer.objections(demands.get(2))).extracting(Objection::text).contains("b has 0 of gpu left, 1 is asked for");
    }

    @Test
    void hostsAsleepComeLast() {
        assertThat(placed(List.of(host(1, 2, 9).sleeping(), host(2, 1, 9)), List.of(), Policy.LOAD_AWARE, alike(3))).containsExactly(2L, 1L, 1L);
    }

    @Test
    void aRefusalNamesTheConstraintOfEachHostAndTheSmallestChange() {
        var hosts = List.of(host(1, 1, 9), host(2, 9, 0.5), host(3, 9, 9).disabled());
        var refusal = (NoRoom) Placer.open(Snapshot.of(hosts)).place(vee(1, 2, 1).requiring(condition("free_cpu > 1")), Policy.PACKING);
        assertThat(refusal.counts()).containsOnly(java.util.Map.entry("requirements", 1), java.util.Map.entry("memory", 1), java.util.Map.entry("usable", 1));
        assertThat(refusal.objections()).extracting(Objection::text).contains("node-2 has 512 MiB of memory left, 1 GiB is asked for",
                "node-1: free_cpu 1 > 1 is false", "node-3 takes no new VEEs");
        assertThat(refusal.advice()).isEqualTo("enable node-3");
        assertThat(refusal.summary()).isEqualTo("1 host has too little memory left, 1 host does not meet its requirements, 1 host takes no new VEEs");
    }

    @Test
    void aDemandIsNotPlacedTwice() {
        var placer = Placer.open(Snapshot.of(THREE));
        placer.place(vee(1, 1, 1), Policy.PACKING);
        assertThatThrownBy(() -> placer.place(vee(1, 1, 1), Policy.PACKING)).isInstanceOf(Refused.class);
        placer.release(1);
        assertThat(placer.place(vee(1, 1, 1), Policy.PACKING)).isInstanceOf(Placed.class);
    }

    @Test
    void withoutHostsThereIsNoRoom() {
        var refusal = (NoRoom) Placer.open(Snapshot.of(List.of())).place(vee(1, 1, 1), Policy.PACKING);
        assertThat(refusal.advice()).isEqualTo("add a host");
    }

    @Test
    void whateverIsPlacedPassesTheCheckerAndWhateverIsRefusedFitsNowhere() {
        Seeded.forAll(300, seed -> {
            var random = Seeded.random(seed);
            var snapshot = Worlds.random(random, 1 + random.nextInt(12));
            var placer = Placer.open(snapshot);
            var policy = List.of(Policy.PACKING, Policy.STRIPING, Policy.LOAD_AWARE).get(random.nextInt(3));
            var after = new ArrayList<VeeView>();
            var unplaced = new ArrayList<Demand>();
            var demands = Worlds.demands(random, 25, 1);
            for (var decision : placer.place(demands, policy)) {
                switch (decision) {
                    case Placed(var demand, var host) -> after.add(new VeeView(demand, host));
                    case NoRoom refusal -> unplaced.add(refusal.demand());
                    case Decision.Incomplete incomplete -> unplaced.add(incomplete.demand());
                }
            }
            var checker = new Checker(snapshot);
            assertThat(checker.violations(after, unplaced)).isEmpty();
            for (var demand : unplaced.stream().filter(d -> d.requirements().isEmpty() && !d.groups().contains("d")).toList()) {
                for (var host : snapshot.hosts()) {
                    var with = new ArrayList<>(after);
                    with.add(new VeeView(demand, host.id()));
                    assertThat(!checker.violations(with, List.of()).isEmpty()).as("%s on %s", demand, host.name()).isTrue();
                }
            }
        });
    }

    @Test
    void theIndexGivesTheSameHostsAsALookAtEveryHost() {
        Seeded.forAll(100, seed -> {
            var random = Seeded.random(seed);
            var snapshot = Worlds.random(random, 1 + random.nextInt(40));
            var indexed = Placer.open(snapshot);
            var policy = List.of(Policy.PACKING, Policy.STRIPING, Policy.LOAD_AWARE, new Policy(new Rank.Custom(number("free_memory / 1 GiB - running")))).get(random.nextInt(4));
            var running = new ArrayList<VeeView>();
            for (var demand : Worlds.demands(random, 60, 1)) {
                var scanned = Placer.open(snapshot.with(running, snapshot.constraints())).place(demand, policy);
                var decision = indexed.place(demand, policy);
                assertThat(decision.getClass()).isEqualTo(scanned.getClass());
                if (decision instanceof Placed(_, var host)) {
                    assertThat(host).isEqualTo(((Placed) scanned).host());
                    running.add(new VeeView(demand, host));
                }
                if (!running.isEmpty() && random.nextInt(5) == 0) {
                    indexed.release(running.remove(random.nextInt(running.size())).demand().id());
                }
            }
        });
    }

    @Test
    void contradictionsAreRefusedWithTheirName() {
        assertThatThrownBy(() -> new Constraint.Spread("web", Level.HOST, 0)).hasMessageContaining("web");
        assertThatThrownBy(() -> host(1, 1, 1).overcommitting(Double.NaN, 1, 1)).hasMessageContaining("node-1");
        assertThatThrownBy(() -> Amounts.of(-1, 0, 0)).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> Snapshot.of(List.of(host(1, 1, 1), host(1, 1, 1)))).hasMessageContaining("twice");
        assertThatThrownBy(() -> Snapshot.of(THREE).with(List.of(new VeeView(vee(1, 1, 1), 99)), List.of())).hasMessageContaining("99");
        var fenced = placed(THREE, List.of(new Constraint.Fence("x", Set.of(1L)), new Constraint.Ban("x", Set.of(1L))), Policy.PACKING, alike(1, "x"));
        assertThat(fenced).containsExactly(0L);
    }
}
