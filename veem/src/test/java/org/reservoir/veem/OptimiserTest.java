package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reservoir.veem.SimulatedSite.ADMIN;
import static org.reservoir.veem.SimulatedSite.ANNA;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.PlacementPlan;
import org.reservoir.interfaces.vmi.PlacementPolicy;
import org.reservoir.interfaces.vmi.Placements;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.veeh.simulated.Fault;
import org.reservoir.veeh.simulated.Pace;
import org.reservoir.veeh.simulated.Verb;
import org.reservoir.veem.kept.VeeRecord;

/** Policies, reviews and plans on a site of simulated hosts, a step at a time. */
@Tag("long")
class OptimiserTest extends ReviewedSite {
    /** What a move of 4 GiB is thought to take before any was measured. */
    private static final Duration USUAL = Duration.ofMillis(1000 + (4L << 30) / ((100L << 20) / 1000));

    @Test
    void powerSavingEmptiesHostsAndLoadBalanceRefillsThem() {
        for (int i = 0; i < 6; i++) {
            site.running(spec("v" + i));
        }
        assertThat(perHost()).hasSize(3);

        placements().set(ADMIN, POWER);
        var proposed = placements().review(ADMIN, Optional.empty()).getFirst();
        assertThat(proposed.state()).isEqualTo(PlacementPlan.State.PROPOSED);
        assertThat(proposed.after().get("watts")).isLessThan(proposed.before().get("watts"));
        assertThat(perHost()).as("a review changes nothing").hasSize(3);
        assertThat(placements().plans(ADMIN)).isEmpty();
        placements().run(ADMIN, Optional.empty());
        settle();
        assertThat(newest().state()).isEqualTo(PlacementPlan.State.DONE);
        assertThat(newest().steps()).hasSize(4).allSatisfy(step -> assertThat(step.progress()).isEqualTo(PlacementPlan.Progress.DONE));
        assertThat(newest().idle()).hasSize(2);
        assertThat(perHost()).hasSize(1);
        assertThat(site.vees()).allSatisfy(vee -> assertThat(vee.state()).isEqualTo(VeeState.RUNNING));

        placements().set(ADMIN, BALANCE);
        placements().run(ADMIN, Optional.empty());
        settle();
        assertThat(perHost().values()).containsExactly(2L, 2L, 2L);
        assertThat(placements().review(ADMIN, Optional.empty())).singleElement().satisfies(plan -> assertThat(plan.state()).isEqualTo(PlacementPlan.State.NOTHING));
    }

    @Test
    void profitMovesVeesToWhereTheyCostLessUntilAMoveCostsMoreThanItBrings() {
        site.running(spec("dear").wishing(VeeSpec.Wish.ANYWHERE));
        var on = site.vees().getFirst().host().orElseThrow();
        var host = site.veem.hosts().host(ADMIN, on);
        site.veem.hosts().change(ADMIN, on, new HostRequest(host.name(), host.uri(), "default", 1, 1, Cpus.ZERO, DataSize.ZERO, Map.of("cost_cpu", "0.09"), Map.of()));
        var prices = Map.of("cpu", 0.1, "penalty", 2.0, "host-cpu", 0.02);
        placements().set(ADMIN, new PlacementPolicy(Optional.empty(), Map.of("profit", 1.0, "few-moves", 1.0), 1, 10, 0.01, Duration.ZERO, Optional.empty(), prices));
        var plan = placements().run(ADMIN, Optional.empty()).getFirst();
        assertThat(plan.before().get("loss")).isEqualTo(-80.0, org.assertj.core.api.Assertions.within(1e-6));
        assertThat(plan.after().get("loss")).isEqualTo(-640.0, org.assertj.core.api.Assertions.within(1e-6));
        settle();
        assertThat(site.vees().getFirst().host()).isPresent().get().isNotEqualTo(on);
        placements().set(ADMIN, new PlacementPolicy(Optional.empty(), Map.of("profit", 1.0, "few-moves", 1e6), 1, 10, 0.01, Duration.ZERO, Optional.empty(), prices));
        assertThat(placements().review(ADMIN, Optional.empty()).getFirst().state()).isEqualTo(PlacementPlan.State.NOTHING);
        for (var wrong : List.of(Map.<String, Double>of(), Map.of("cpu", 0.1, "gold", 1.0))) {
            assertThatThrownBy(() -> placements().set(ADMIN, new PlacementPolicy(Optional.empty(), Map.of("profit", 1.0), 1, 10, 0.01, Duration.ZERO, Optional.empty(), wrong)))
                    .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("BAD_GOAL"));
        }
    }

    /** A move from a host takes as long as the host is slow; the site knows nothing of that but what its own moves took. */
    @Test
    void estimatesComeFromWhatMovesTookAndSlowOnesMustPayForThemselvesAlsoAfterARestart() {
        var mebibytesPerSecond = Map.of("h1", 400.0, "h2", 400.0, "h3", 5.0);
        site.world.pace(Pace.advancing(call -> call.verb() == Verb.MIGRATE ? Duration.ofMillis(1000 + Math.round(4096e3 / mebibytesPerSecond.get(call.machine()))) : Duration.ZERO,
                site.clock::advance));
        var vees = java.util.stream.Stream.of("a", "b", "c").map(name -> site.running(spec(name))).toList();
        placements().set(ADMIN, POWER);
        assertThat(newestReview().steps()).allSatisfy(step -> assertThat(step.end().minus(step.begin())).isEqualTo(USUAL));
        for (int round = 0; round < 3; round++) {
            List.of("h1", "h2", "h3").forEach(to -> vees.forEach(vee -> move(vee, to)));
        }
        move(vees.get(0), "h1");
        move(vees.get(1), "h2");
        assertThat(site.veem.hosts().host(ADMIN, host("h1")).facts()).containsEntry("migrates from here", "400 MiB/s");
        assertThat(site.veem.hosts().host(ADMIN, host("h3")).facts()).containsEntry("migrates from here", "5 MiB/s").containsEntry("migrates to here", "400 MiB/s");

        for (var server : List.of(site.veem, site.another())) {
            var steps = server.placements().review(ADMIN, Optional.empty()).getFirst().steps();
            assertThat(steps).extracting(step -> step.from().orElseThrow().name()).as("who is on the slow host stays, the others come").containsExactlyInAnyOrder("h1", "h2");
            assertThat(steps).allSatisfy(step -> assertThat(step.end().minus(step.begin()).toMillis()).isBetween(11_200L, 11_300L));
        }
        placements().set(ADMIN, policy(Map.of("balance", 1.0, "few-moves", 10.0), Duration.ZERO));
        vees.forEach(vee -> move(vee, "h3"));
        assertThat(newestReview().state()).as("to leave the slow host costs more than balance gains").isEqualTo(PlacementPlan.State.NOTHING);
        vees.forEach(vee -> move(vee, "h1"));
        assertThat(newestReview().state()).as("the same moves by the fast way pay").isEqualTo(PlacementPlan.State.PROPOSED);
    }

    private void move(VeeRecord vee, String to) {
        site.act(vee.id(), new VeeAction.Migrate(Optional.of(host(to)), true));
        site.work();
    }

    private PlacementPlan newestReview() {
        return placements().review(ADMIN, Optional.empty()).getFirst();
    }

    private HostId host(String name) {
        return site.veem.hosts().hosts(ADMIN, org.reservoir.interfaces.vmi.Page.Request.FIRST).items().stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow().id();
    }

    @Test
    void aHostWithAnOvercommitThatCannotBeIsRefusedByNameAndStaysAsItWas() {
        var before = site.veem.hosts().host(ADMIN, host("h1"));
        for (double factor : new double[] {0, -2, Double.NaN, 1e9}) {
            var wrong = new HostRequest("h1", before.uri(), "default", factor, 1, Cpus.ZERO, DataSize.ZERO, Map.of(), Map.of());
            assertThatThrownBy(() -> site.veem.hosts().change(ADMIN, before.id(), wrong)).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("BAD_OVERCOMMIT"))
                    .hasMessageContaining("Host h1: its CPU cannot be promised " + factor);
        }
        assertThatThrownBy(() -> site.veem.hosts().add(ADMIN, new HostRequest("new", "sim://new", "default", 1, -1, Cpus.ZERO, DataSize.ZERO, Map.of(), Map.of())))
                .hasMessageContaining("Host new: its memory");
        assertThat(site.veem.hosts().host(ADMIN, before.id())).isEqualTo(before);
    }

    @Test
    void ofAGroupThatWaitsTheLeastThatCannotBeKeptTogetherIsToldAndWhatWouldHelp() {
        List.of("a", "b", "c").forEach(name -> site.running(apart(name)));
        var fourth = site.running(apart("d"));
        site.running(apart("e"));
        assertThat(fourth.state()).isEqualTo(VeeState.PENDING);
        var conflict = site.veem.vees().conflict(ADMIN, fourth.id());
        assertThat(conflict.vees()).as("either of both is one too many").hasSize(1);
        assertThat(conflict.rules()).containsExactly("group db is --apart");
        assertThat(conflict.help()).containsExactly("leaving out that group db is --apart");
        assertThat(site.veem.vees().conflict(ADMIN, site.vees().getFirst().id())).as("it has a place").isEqualTo(org.reservoir.interfaces.vmi.Vees.Conflict.NONE);

        var picky = site.running(spec("picky").wishing(new VeeSpec.Wish(Optional.of("total_cpu > 100"), Optional.empty(), Optional.empty(), false, false, Optional.empty())));
        assertThat(site.veem.vees().conflict(ADMIN, picky.id()).rules()).containsExactly("picky requires total_cpu > 100");
        var big = site.running(VeeSpec.of("big", 65, DataSize.gibibytes(1)));
        assertThat(site.veem.vees().conflict(ADMIN, big.id())).satisfies(it -> {
            assertThat(it.vees()).containsExactly("big");
            assertThat(it.rules()).isEmpty();
            assertThat(it.help()).containsExactly("room for big, which has none by itself: 'vee why' tells what each host lacks");
        });
    }

    @Test
    void aPolicyIsInForceAtTheNextFirstPlacement() {
        placements().set(ADMIN, POWER);
        for (int i = 0; i < 3; i++) {
            site.running(spec("packed" + i));
        }
        assertThat(perHost()).hasSize(1);
        placements().set(ADMIN, BALANCE);
        site.running(spec("elsewhere"));
        assertThat(perHost()).hasSize(2);
        placements().unset(ADMIN, Optional.empty());
        assertThat(placements().policies(ADMIN)).containsExactly(PlacementPolicy.NONE);
        site.running(spec("third"));
        assertThat(perHost()).as("striping again, as the site was started with").hasSize(3);
    }

    @Test
    void whoWishesToBeApartStaysSoWhileHostsAreEmptied() {
        for (var name : List.of("db1", "db2")) {
            site.running(apart(name));
        }
        for (int i = 0; i < 4; i++) {
            site.running(spec("v" + i));
        }
        placements().set(ADMIN, POWER);
        placements().run(ADMIN, Optional.empty());
        settle();
        assertThat(newest().state()).isEqualTo(PlacementPlan.State.DONE);
        assertThat(perHost()).hasSize(2);
    }

    /** As the tiers of a service are that a network of one host ties together. */
    @Test
    void whoWishesToBeTogetherLeavesAHostOneAfterTheOtherAndIsTogetherAgain() {
        for (var group : List.of("shop", "blog")) {
            for (int i = 0; i < 2; i++) {
                site.running(spec(group + i).wishing(new VeeSpec.Wish(Optional.empty(), Optional.empty(), Optional.of(group), true, false, Optional.empty())));
            }
        }
        assertThat(perHost().values()).containsExactly(2L, 2L);
        placements().set(ADMIN, POWER);
        placements().run(ADMIN, Optional.empty());
        settle();
        assertThat(newest().state()).as(newest().why()).isEqualTo(PlacementPlan.State.DONE);
        assertThat(perHost().values()).containsExactly(4L);
    }

    @Test
    void aStrangerThatTakesTheRoomInTheMiddleOfAGroupsMovesEndsThePlanAndTheNextBringsTheGroupTogetherAgain() {
        for (var group : List.of("shop", "blog")) {
            for (int i = 0; i < 3; i++) {
                site.running(VeeSpec.of(group + i, 10, DataSize.gibibytes(4)).wishing(new VeeSpec.Wish(Optional.empty(), Optional.empty(), Optional.of(group), true, false, Optional.empty())));
            }
        }
        placements().set(ADMIN, POWER);
        var plan = placements().run(ADMIN, Optional.empty()).getFirst();
        assertThat(plan.steps()).as("of which two are made at a time").hasSize(3);
        var to = plan.steps().getFirst().to();
        var strangers = new ArrayList<VeeId>();
        site.world.faults(call -> {
            if (call.verb() == Verb.MIGRATE && strangers.isEmpty()) {
                strangers.add(site.veem.vees().create(ADMIN, VeeSpec.of("stranger", 10, DataSize.gibibytes(4)).wishing(VeeSpec.Wish.ANYWHERE.on(to.name()))).id());
                site.veem.scheduler.turn();
            }
            return Fault.NONE;
        });
        settle();
        assertThat(site.vee(strangers.getFirst()).host()).contains(to.id());
        assertThat(newest().state()).as(newest().why()).isEqualTo(PlacementPlan.State.ABANDONED);
        assertThat(newest().why()).contains(to.name());
        placements().run(ADMIN, Optional.empty());
        settle();
        assertThat(newest().state()).as(newest().why()).isEqualTo(PlacementPlan.State.DONE);
        assertThat(site.vees().stream().filter(vee -> vee.spec().placement().together()).collect(Collectors.groupingBy(vee -> vee.spec().placement().group(), Collectors.mapping(VeeRecord::host, Collectors.toSet()))).values())
                .allSatisfy(hosts -> assertThat(hosts).hasSize(1));
    }

    @Test
    void withAPeriodReviewsComeByThemselvesAndWithoutOneNever() {
        for (int i = 0; i < 3; i++) {
            site.running(spec("v" + i));
        }
        placements().set(ADMIN, POWER);
        site.clock.advance(Duration.ofDays(2));
        settle();
        assertThat(perHost()).hasSize(3);
        placements().set(ADMIN, policy(Map.of("power", 1.0), Duration.ofMinutes(5)));
        settle();
        assertThat(perHost()).as("its first review is due at once").hasSize(1);
        site.running(spec("far").wishing(VeeSpec.Wish.ANYWHERE.on("h3")));
        site.running(spec("near").wishing(VeeSpec.Wish.ANYWHERE.on("h2")));
        assertThat(placements().plans(ADMIN)).hasSize(1);
        site.clock.advance(Duration.ofMinutes(6));
        settle();
        assertThat(perHost()).as("those that were told where stay there").hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void noMoreMovesAreMadeThanThePolicyAllows() {
        for (int i = 0; i < 6; i++) {
            site.running(spec("v" + i));
        }
        placements().set(ADMIN, new PlacementPolicy(Optional.empty(), Map.of("power", 1.0), 1, 2, 0.01, Duration.ZERO, Optional.empty()));
        placements().run(ADMIN, Optional.empty());
        settle();
        assertThat(newest().steps()).hasSize(2);
        assertThat(perHost()).hasSize(2);
    }

    @Test
    void aClusterHasAPolicyOfItsOwn() {
        for (int i = 4; i <= 5; i++) {
            site.veem.hosts().add(ADMIN, new HostRequest("h" + i, "sim://h%d?cpus=64&memory=256GiB&disk=8TiB".formatted(i), "green", 1, 1, Cpus.ZERO, DataSize.ZERO, Map.of(), Map.of()));
        }
        for (int i = 0; i < 10; i++) {
            site.running(spec("v" + i));
        }
        assertThat(perHost()).hasSize(5);
        placements().set(ADMIN, new PlacementPolicy(Optional.of("green"), Map.of("power", 1.0), 1, 10, 0.01, Duration.ZERO, Optional.empty()));
        assertThatThrownBy(() -> placements().set(ADMIN, new PlacementPolicy(Optional.of("blue"), Map.of("power", 1.0), 1, 10, 0.01, Duration.ZERO, Optional.empty())))
                .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("CLUSTER_NOT_FOUND"));
        assertThatThrownBy(() -> placements().run(ADMIN, Optional.of("blue"))).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("CLUSTER_NOT_FOUND"));
        placements().run(ADMIN, Optional.of("green"));
        settle();
        assertThat(perHost()).as("three of the site as they were, one of the cluster").hasSize(4).containsValue(4L);
        site.after(site.vees().getLast().id(), new VeeAction.Terminate(true));
        for (int i = 0; i < 2; i++) {
            site.running(spec("new" + i));
        }
        assertThat(perHost()).as("the site stripes over all hosts; where that is the cluster, it packs").hasSize(4);
    }

    @Test
    void aPlanMakesRoomForAVeeThatWaitsInVain() {
        for (int i = 0; i < 9; i++) {
            site.running(VeeSpec.of("v" + i, 16, DataSize.gibibytes(4)));
        }
        var big = site.veem.vees().create(ADMIN, VeeSpec.of("big", 32, DataSize.gibibytes(4))).id();
        site.work();
        assertThat(site.vee(big).state()).isEqualTo(VeeState.PENDING);
        placements().set(ADMIN, BALANCE);
        var plan = placements().run(ADMIN, Optional.empty()).getFirst();
        assertThat(plan.steps()).extracting(step -> step.from().isPresent()).containsExactly(true, false);
        settle();
        assertThat(newest().state()).isEqualTo(PlacementPlan.State.DONE);
        assertThat(site.vee(big).state()).isEqualTo(VeeState.RUNNING);
    }

    @Test
    void whyAVeeHasNoPlaceIsToldByTheOptionsOfItsUser() {
        for (int i = 1; i <= 3; i++) {
            site.running(apart("worker-" + i));
        }
        var fourth = site.running(apart("worker-4"));
        assertThat(fourth.problem().orElseThrow()).contains("group db is --apart and worker-").contains("create the VEE without --apart");
        assertThat(site.veem.vees().explain(ADMIN, fourth.id())).anySatisfy(why -> assertThat(why.reasons().toString()).contains("h1: group db is --apart and worker-1 is there"));
        var told = site.running(VeeSpec.of("told", 65, DataSize.gibibytes(1)).wishing(VeeSpec.Wish.ANYWHERE.on("h2")));
        assertThat(site.veem.vees().explain(ADMIN, told.id()).toString()).contains("h1 is not the host that was asked for: vee create said --on h2");
    }

    @Test
    void aMoveByHandBecomesTheNewWishOfAVeeThatWasToldWhereToBe() {
        var vee = site.running(spec("told").wishing(VeeSpec.Wish.ANYWHERE.on("h1")));
        var h2 = site.veem.hosts().hosts(ADMIN, org.reservoir.interfaces.vmi.Page.Request.ALL).items().get(1);
        var moved = site.after(vee.id(), new VeeAction.Migrate(Optional.of(h2.id()), true));
        assertThat(moved.host()).contains(h2.id());
        assertThat(moved.spec().placement().host()).contains("h2");
    }

    @Test
    void onlyAdministratorsDecideAboutPlacement() {
        assertThatThrownBy(() -> placements().policies(ANNA)).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("ADMINISTRATORS_ONLY"));
        assertThatThrownBy(() -> placements().set(ADMIN, policy(Map.of("beauty", 1.0), Duration.ZERO))).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo("GOAL_UNKNOWN");
            assertThat(refused.advice()).contains("balance, few-moves, headroom, power");
        });
        assertThatThrownBy(() -> policy(Map.of("power", Double.NaN), Duration.ZERO)).isInstanceOf(Refused.class).hasMessageContaining("NaN");
        assertThatThrownBy(() -> placements().review(ADMIN, Optional.empty())).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo("POLICY_NOT_SET"));
    }

    @Test
    void theLossOfHostsIsSurvivedOrTheStrandedAreNamed() {
        for (int i = 0; i < 3; i++) {
            site.running(VeeSpec.of("v" + i, 40, DataSize.gibibytes(4)));
        }
        var each = placements().survival(ADMIN, new Placements.Loss(List.of(), Optional.empty()));
        assertThat(each.survived().rate()).isZero();
        assertThat(each.losses()).hasSize(3);
        var maintenance = placements().survival(ADMIN, new Placements.Loss(List.of("h1"), Optional.empty()));
        assertThat(maintenance.losses()).singleElement().satisfies(loss -> {
            assertThat(loss.hosts()).containsExactly("h1");
            assertThat(loss.vees()).hasSize(1);
        });
        site.after(site.vees().getFirst().id(), new VeeAction.Terminate(true));
        assertThat(placements().survival(ADMIN, new Placements.Loss(List.of("h2"), Optional.empty())).survived().rate()).isEqualTo(1);
        assertThat(placements().survival(ADMIN, new Placements.Loss(List.of(), Optional.of(2))).survived().exact()).isFalse();
    }

    @Test
    void aServiceIsAdmittedWhenWhatItIsPromisedCanBeKept() {
        var small = new Placements.Tier("web", Cpus.of(2), DataSize.gibibytes(1), DataSize.ZERO, 1, 4, List.of(), true, Optional.empty());
        var fits = placements().admit(ADMIN, new Placements.ServiceToAdmit("shop", List.of(new Placements.Tier("web", Cpus.of(2), DataSize.gibibytes(1), DataSize.ZERO, 1, 2, List.of(), true, Optional.empty())), 0.95, Optional.of(0.001)));
        assertThat(fits.admitted()).as(fits.why().toString()).isTrue();
        var tooMany = placements().admit(ADMIN, new Placements.ServiceToAdmit("shop", List.of(small), 0.95, Optional.of(0.001)));
        assertThat(tooMany.admitted()).as("four apart on three hosts").isFalse();
        assertThat(tooMany.why().getFirst()).contains("shop is refused");
    }
}
