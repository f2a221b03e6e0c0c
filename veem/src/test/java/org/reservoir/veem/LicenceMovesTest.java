package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.veem.SimulatedSite.ADMIN;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.PlacementPlan;
import org.reservoir.interfaces.vmi.PlacementPolicy;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;

/** Whoever moves, and whoever decides about moves, keeps to the seats that there are. */
class LicenceMovesTest extends LicensedSite {
    // ---- moves

    @Test
    void whoIsPerHostStaysOnItsHostsThroughPowerSavingBalanceAndEvacuation() {
        set("datacenter", 1, true);
        var licensed = made(3, "datacenter");
        for (int i = 0; i < 5; i++) {
            site.running(spec("v" + i));
        }
        assertThat(hostsOf(licensed)).hasSize(1);
        for (var policy : List.of(BALANCE, POWER, BALANCE)) {
            placements().set(ADMIN, policy);
            placements().run(ADMIN, Optional.empty());
            while (site.veem.optimiser.turn() > 0) {
                assertThat(licensed.stream().map(vee -> now(vee)).flatMap(vee -> vee.destination().or(vee::host).stream()).distinct()).hasSize(1);
                site.work();
                assertThat(hostsOf(licensed)).hasSize(1);
            }
        }
        var host = hostsOf(licensed).iterator().next();
        site.veem.hosts().evacuate(ADMIN, host);
        site.work();
        assertThat(hostsOf(licensed)).as("the first to leave would need a second seat").containsExactly(host);
        assertThat(now(licensed.getFirst()).problem().orElseThrow()).startsWith("cannot leave its host: ").contains("the only seat of licence datacenter is taken, by another host")
                .contains("one more seat of licence datacenter");
        set("datacenter", 2, true);
        site.clock.advance(Duration.ofMinutes(1));
        site.work();
        assertThat(hostsOf(licensed)).doesNotContain(host).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void aReviewGathersThoseOfWhomThereAreTooManyHostsAndGivesNoSeatToWhoWaits() {
        set("datacenter", 3, true);
        var vees = made(3, "datacenter");
        assertThat(hostsOf(vees)).as("striping").hasSize(3);
        set("datacenter", 1, true);
        site.work();
        assertThat(hostsOf(vees)).as("nobody is moved for it").hasSize(3);
        placements().set(ADMIN, POWER);
        placements().run(ADMIN, Optional.empty());
        settle();
        assertThat(hostsOf(vees)).hasSize(1);
        assertThat(newest().state()).as(newest().why()).isEqualTo(PlacementPlan.State.DONE);
    }

    @Test
    void whoHasASeatMovesWithItAlsoWhenThereAreFewerByNow() {
        set("oracle", 4, false);
        var vees = made(4, "oracle");
        set("oracle", 1, false);
        var from = now(vees.getFirst()).host().orElseThrow();
        site.veem.hosts().evacuate(ADMIN, from);
        site.work();
        assertThat(hostsOf(vees)).doesNotContain(from);
        site.veem.hosts().enable(ADMIN, from);
        assertThat(site.after(vees.getFirst().id(), new VeeAction.Migrate(Optional.of(from), true)).host()).as("by hand").contains(from);
        assertThat(hostsOf(vees)).hasSizeGreaterThan(1);
        placements().set(ADMIN, POWER);
        placements().run(ADMIN, Optional.empty());
        settle();
        assertThat(hostsOf(vees)).as("by a plan").hasSize(1);
        assertThat(site.running(licensed("late", "oracle")).state()).isEqualTo(VeeState.PENDING);
    }

    @Test
    void aReviewOfAClusterCountsTheSeatsOnOtherHosts() {
        site.veem.hosts().add(ADMIN, new HostRequest("g1", "sim://g1?cpus=64&memory=256GiB&disk=8TiB", "green", 1, 1, Cpus.ZERO, DataSize.ZERO, Map.of(), Map.of()));
        set("oracle", 1, false);
        made(1, "oracle");
        var waits = site.running(spec("waits").wishing(VeeSpec.Wish.ANYWHERE.on("g1").licensed(List.of("oracle"))));
        assertThat(waits.state()).isEqualTo(VeeState.PENDING);
        placements().set(ADMIN, new PlacementPolicy(Optional.of("green"), Map.of("power", 1.0), 1, 10, 0.01, Duration.ZERO, Optional.empty()));
        assertThat(placements().review(ADMIN, Optional.of("green")).stream().flatMap(plan -> plan.steps().stream())).isEmpty();
    }

    @Test
    void whatIsPlannedBeforeASeatIsTakenAwayIsNotDoneAfter() {
        set("oracle", 1, false);
        for (int i = 0; i < 3; i++) {
            site.running(VeeSpec.of("there" + i, 40, DataSize.gibibytes(1)));
        }
        var waits = site.running(VeeSpec.of("big", 60, DataSize.gibibytes(1)).wishing(VeeSpec.Wish.ANYWHERE.licensed(List.of("oracle"))));
        assertThat(waits.state()).isEqualTo(VeeState.PENDING);
        site.after(site.vees().getFirst().id(), new VeeAction.Resize(10, Cpus.of(10), DataSize.gibibytes(1)));
        placements().set(ADMIN, POWER);
        assertThat(placements().run(ADMIN, Optional.empty()).getFirst().steps()).anyMatch(step -> step.vee().equals(waits.id()));
        set("oracle", 0, false);
        settle();
        assertThat(now(waits).state()).isEqualTo(VeeState.PENDING);
        assertThat(newest().why()).contains("licence oracle has no seats");
    }
}
