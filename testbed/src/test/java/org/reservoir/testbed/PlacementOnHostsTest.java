package org.reservoir.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.testbed.SiteOnHosts.ADMIN;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.PlacementPlan;
import org.reservoir.interfaces.vmi.PlacementPolicy;
import org.reservoir.interfaces.vmi.Placements;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.VeeId;

/** The cycle of placement on three real hosts: a policy empties a host by live moves, another fills it again, and what is to be apart is so all the while. */
@Tag("real")
class PlacementOnHostsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final double CPUS_PER_HOST = 4;
    @AutoClose
    private static SiteOnHosts site;

    @BeforeAll
    static void open() {
        site = SiteOnHosts.withGuest(3);
        site.hosts.hosts().forEach(PlacementOnHostsTest::shrink);
    }

    /** Few CPUs are promised, so that four VEEs are a load. */
    private static void shrink(TestHost host) {
        var known = known().stream().filter(it -> it.name().equals(host.name())).findFirst().orElseThrow();
        double factor = 20 * CPUS_PER_HOST * 1000 / known.capacity().cpu().milli();
        site.site.vmi().hosts().change(ADMIN, known.id(), new HostRequest(host.name(), host.uri(), "default", factor, 1, Cpus.ZERO, DataSize.ZERO, Map.of(),
                Map.of("acceleration", "emulated", "migration", host.address())));
    }

    private static List<Host> known() {
        return site.site.vmi().hosts().hosts(ADMIN, Page.Request.ALL).items();
    }

    private static VeeId start(String name, boolean apart) {
        var wish = apart ? new VeeSpec.Wish(Optional.empty(), Optional.empty(), Optional.of("db"), false, true, Optional.empty()) : VeeSpec.Wish.ANYWHERE;
        var spec = VeeSpec.of(name, 1, DataSize.mebibytes(96)).withDisks(List.of(VeeSpec.DiskSpec.of(site.guest))).wishing(wish);
        return site.site.vmi().vees().create(ADMIN, spec).id();
    }

    private static List<Vee> living() {
        return site.site.vmi().vees().vees(ADMIN, Vees.Filter.LIVING, Page.Request.ALL).items();
    }

    private static void apartHolds() {
        var homes = living().stream().filter(vee -> vee.spec().placement().apart()).flatMap(vee -> java.util.stream.Stream.concat(vee.host().stream(), vee.destination().stream())).toList();
        assertThat(homes).doesNotHaveDuplicates();
    }

    private static long used() {
        return known().stream().filter(host -> host.vees() > 0).count();
    }

    private static PlacementPlan carriedOut(String goal) {
        var placements = site.site.vmi().placements();
        placements.set(ADMIN, new PlacementPolicy(Optional.empty(), Map.of(goal, 1.0), 1, 10, 0.01, Duration.ZERO, Optional.empty()));
        var begun = placements.run(ADMIN, Optional.empty()).getFirst();
        assertThat(begun.state()).as(begun.why()).isEqualTo(PlacementPlan.State.UNDER_WAY);
        Predicate<PlacementPlan> ended = plan -> plan.ended().isPresent();
        Guest.eventually(PATIENCE, "plan for %s is carried out".formatted(goal), () -> {
            apartHolds();
            return ended.test(placements.plans(ADMIN).getFirst());
        });
        var plan = placements.plans(ADMIN).getFirst();
        assertThat(plan.state()).as(plan.why()).isEqualTo(PlacementPlan.State.DONE);
        return plan;
    }

    @Test
    void powerSavingEmptiesAHostByLiveMovesAndLoadBalanceFillsItAgain() {
        var vees = List.of(start("db1", true), start("db2", true), start("web1", false), start("web2", false));
        vees.forEach(vee -> site.await(vee, VeeState.RUNNING));
        assertThat(used()).isEqualTo(3);

        var saving = carriedOut("power");
        assertThat(saving.steps()).isNotEmpty().allSatisfy(step -> assertThat(step.from()).isPresent());
        assertThat(saving.after().get("watts")).isLessThan(saving.before().get("watts"));
        assertThat(used()).isEqualTo(2);
        assertThat(saving.idle()).hasSize(1);
        var empty = site.hosts.hosts().stream().filter(host -> saving.idle().contains(host.name())).findFirst().orElseThrow();
        assertThat(Guest.virsh(empty, "list", "--all", "--name").strip()).as("guests that libvirt has on the emptied host").isEmpty();
        vees.forEach(vee -> assertThat(site.await(vee, VeeState.RUNNING).problem()).isEmpty());

        var survival = site.site.vmi().placements().survival(ADMIN, new Placements.Loss(List.of(empty.name()), Optional.empty()));
        assertThat(survival.survived().rate()).as("an empty host may be lost").isEqualTo(1);

        var balance = carriedOut("balance");
        assertThat(balance.after().get("imbalance")).isLessThan(balance.before().get("imbalance"));
        assertThat(used()).isEqualTo(3);
        assertThat(Guest.virsh(empty, "list", "--name").strip()).isNotEmpty();

        var second = living().stream().filter(vee -> vee.name().equals("db2")).findFirst().orElseThrow();
        var there = known().stream().filter(host -> second.host().filter(host.id()::equals).isPresent()).findFirst().orElseThrow();
        var why = site.site.vmi().vees().explain(ADMIN, vees.getFirst());
        assertThat(why.stream().filter(it -> it.host().equals(there.id())).findFirst().orElseThrow().reasons().toString()).contains("group db is --apart and db2 is there");
        assertThat(why.stream().filter(it -> !it.host().equals(there.id()))).allSatisfy(it -> assertThat(it.reasons()).isEmpty());
    }
}
