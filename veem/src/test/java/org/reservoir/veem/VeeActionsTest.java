package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;

/** How VEEs begin, halt, go on, move and end, on simulated hosts. */
class VeeActionsTest extends ActedUponSite {
    private static VeeSpec starting(VeeSpec spec, boolean hold, Optional<Instant> notBefore) {
        return new VeeSpec(spec.name(), spec.vcpus(), spec.cpu(), spec.memory(), spec.limits(), spec.boot(), spec.disks(), spec.nics(), spec.context(), spec.placement(), hold,
                notBefore, spec.agent(), spec.readyGate(), spec.tags(), spec.notes());
    }

    private static VeeSpec.Wish only(String host) {
        return new VeeSpec.Wish(Optional.empty(), Optional.empty(), Optional.empty(), false, false, Optional.of(host));
    }

    // ---- beginning

    @Test
    void aHeldVeeWaitsForItsRelease() {
        var vee = create(starting(spec(), true, Optional.empty()));
        site.work();
        assertThat(state(vee)).isEqualTo(VeeState.HELD);
        assertThat(site.after(vee, new VeeAction.Release()).state()).isEqualTo(VeeState.RUNNING);
    }

    @Test
    void aStartTimeIsHonoured() {
        var vee = create(starting(spec(), false, Optional.of(site.clock.instant().plus(Duration.ofHours(1)))));
        site.clock.advance(Duration.ofMinutes(59));
        site.work();
        assertThat(state(vee)).isEqualTo(VeeState.HELD);
        site.clock.advance(Duration.ofMinutes(2));
        site.work();
        assertThat(state(vee)).isEqualTo(VeeState.RUNNING);
    }

    @Test
    void whoeverHoldsAVeeHoldsItThoughItsStartTimeHasCome() {
        var nowhere = new VeeSpec.Wish(Optional.of("free_memory > 900 TiB"), Optional.empty(), Optional.empty(), false, false, Optional.empty());
        var vee = create(starting(spec().wishing(nowhere), false, Optional.of(site.clock.instant().plusSeconds(10))));
        site.clock.advance(Duration.ofSeconds(11));
        site.work();
        assertThat(state(vee)).isEqualTo(VeeState.PENDING);
        assertThat(site.after(vee, new VeeAction.Hold()).state()).isEqualTo(VeeState.HELD);
        site.clock.advance(Duration.ofHours(1));
        site.work();
        assertThat(state(vee)).isEqualTo(VeeState.HELD);
        site.after(vee, new VeeAction.Terminate(true));
    }

    @Test
    void aVeeForAHostThatIsNotThereIsRefusedAtOnce() {
        assertThatThrownBy(() -> create(spec().wishing(only("h11")))).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo("HOST_NOT_FOUND");
            assertThat(refused.advice()).isEqualTo("Did you mean 'h1'?");
        });
        assertThatThrownBy(() -> create(spec().wishing(only("rack")))).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.advice()).isEqualTo("There is: h1, h2, h3."));
    }

    @Test
    void whereAVeeCannotGoTheHostThatItIsToLeaveIsNotOffered() {
        var vee = site.running(spec().wishing(only("h2"))).id();
        assertThatThrownBy(() -> site.veem.vees().act(SimulatedSite.ADMIN, vee, new VeeAction.Migrate(Optional.empty(), true))).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo("NO_ROOM");
            assertThat(refused.getMessage()).contains("nearest, h1 is not the host that was asked for").doesNotContain("nearest, h2").doesNotContain("let it stay");
        });
    }

    @Test
    void aVeeIsDeployedWhereItsAdministratorSays() {
        var vee = create(starting(spec(), true, Optional.empty()));
        var host = site.veem.hosts().hosts(SimulatedSite.ADMIN, Page.Request.FIRST).items().get(1);
        var after = site.after(vee, new VeeAction.Deploy(host.id()));
        assertThat(after.host()).contains(host.id());
        assertThat(after.state()).isEqualTo(VeeState.RUNNING);
    }

    // ---- halting and going on

    @Test
    void aSuspendedVeeKeepsItsMemoryOnItsHost() {
        var vee = running();
        site.after(vee, new VeeAction.Suspend());
        assertThat(machine(vee).stateOf(vee)).contains(GuestState.PAUSED);
        assertThat(site.after(vee, new VeeAction.Resume()).state()).isEqualTo(VeeState.RUNNING);
    }

    @Test
    void aStoppedVeeNeedsNoMemoryOfItsHostAndGoesOnFromDisk() {
        var vee = running();
        var before = promised(vee);
        assertThat(site.after(vee, new VeeAction.Stop()).state()).isEqualTo(VeeState.STOPPED);
        assertThat(machine(vee).stateOf(vee)).contains(GuestState.SAVED);
        assertThat(before.minus(promised(vee))).isEqualTo(DataSize.mebibytes(256));
        assertThat(site.after(vee, new VeeAction.Resume()).state()).isEqualTo(VeeState.RUNNING);
    }

    private DataSize promised(VeeId vee) {
        return site.veem.hosts().host(SimulatedSite.ADMIN, site.vee(vee).host().orElseThrow()).promised().memory();
    }

    @Test
    void aVeeIsShutDownAndBootedAgainOnItsHost() {
        var vee = running();
        var host = site.vee(vee).host();
        assertThat(site.after(vee, new VeeAction.PowerOff(false)).state()).isEqualTo(VeeState.POWERED_OFF);
        assertThat(site.after(vee, new VeeAction.Resume()).host()).isEqualTo(host);
    }

    @Test
    void aGuestThatIgnoresAShutdownIsLeftRunningAndCanBeEndedHard() {
        var vee = running();
        machine(vee).ignoresRequests(vee);
        site.veem.vees().act(SimulatedSite.ADMIN, vee, new VeeAction.PowerOff(false));
        site.work();
        assertThat(state(vee)).isEqualTo(VeeState.SHUTTING_DOWN);
        assertThat(site.after(vee, new VeeAction.PowerOff(true)).state()).isEqualTo(VeeState.POWERED_OFF);
    }

    @Test
    void aRebootAndAResetLeaveItRunning() {
        var vee = running();
        assertThat(site.after(vee, new VeeAction.Reboot(false)).state()).isEqualTo(VeeState.RUNNING);
        machine(vee).ignoresRequests(vee);
        assertThat(site.after(vee, new VeeAction.Reboot(true)).state()).isEqualTo(VeeState.RUNNING);
    }

    @Test
    void anUndeployedVeeIsOnNoHostAndComesBackWithItsDisks() {
        var vee = running();
        site.write(vee);
        assertThat(site.after(vee, new VeeAction.Undeploy(false)).host()).isEmpty();
        assertThat(site.world.machinesOf(vee)).isEmpty();
        site.after(vee, new VeeAction.Resume());
        assertThat(machine(vee).contentOf(vee, 0)).contains(site.written.get(vee));
    }

    @Test
    void whatIsTerminatedIsGoneWithItsAddressesAndItsNameIsFree() {
        var spec = spec();
        var vee = site.running(spec).id();
        assertThat(site.after(vee, new VeeAction.Terminate(false)).state()).isEqualTo(VeeState.TERMINATED);
        assertThat(site.world.machinesOf(vee)).isEmpty();
        assertThat(site.veem.networks().leases(SimulatedSite.ADMIN, site.network).items()).noneMatch(lease -> lease.vee().equals(Optional.of(vee)));
        assertThat(site.running(spec).state()).isEqualTo(VeeState.RUNNING);
    }

    // ---- moving

    @Test
    void aVeeMovesLiveAndColdWithAllThatItHas() {
        var vee = running();
        site.write(vee);
        var first = site.vee(vee).host();
        assertThat(site.after(vee, new VeeAction.Migrate(Optional.empty(), true)).host()).isNotEqualTo(first);
        site.after(vee, new VeeAction.PowerOff(true));
        var back = site.after(vee, new VeeAction.Migrate(first, false));
        assertThat(back.host()).isEqualTo(first);
        assertThat(back.state()).isEqualTo(VeeState.POWERED_OFF);
        assertThat(machine(vee).contentOf(vee, 0)).contains(site.written.get(vee));
        refused("ALREADY_THERE", vee, new VeeAction.Migrate(first, false));
    }

    @Test
    void aWishToBeRescheduledIsActedUponAndCanBeTakenBack() {
        var vee = running();
        var first = site.vee(vee).host();
        site.veem.vees().act(SimulatedSite.ADMIN, vee, new VeeAction.Reschedule(true));
        site.veem.vees().act(SimulatedSite.ADMIN, vee, new VeeAction.Reschedule(false));
        site.work();
        assertThat(site.vee(vee).host()).isEqualTo(first);
        var moved = site.after(vee, new VeeAction.Reschedule(true));
        assertThat(moved.host()).isNotEqualTo(first);
        assertThat(moved.reschedule()).isFalse();
    }

    @Test
    void manyAreActedUponAtOnceEachOnItsOwn() {
        var vees = site.veem.vees().create(SimulatedSite.ADMIN, IntStream.range(0, 5).mapToObj(_ -> spec()).toList()).stream().map(Vee::id).toList();
        site.work();
        site.after(vees.get(2), new VeeAction.PowerOff(true));
        var answers = site.veem.vees().actOnAll(SimulatedSite.ADMIN, vees, new VeeAction.Suspend());
        assertThat(answers.stream().filter(Vees.Answer.Noted.class::isInstance)).hasSize(4);
        assertThat(answers.get(2)).isInstanceOfSatisfying(Vees.Answer.Not.class, not -> assertThat(not.why().code()).isEqualTo("WRONG_STATE"));
        site.work();
        assertThat(vees.stream().map(this::state)).filteredOn(VeeState.SUSPENDED::equals).hasSize(4);
    }

    @Test
    void manyAreMadeAtOnceOrNone() {
        var taken = spec();
        create(taken);
        var before = site.vees().size();
        assertRefused("VEE_NAME_TAKEN", () -> site.veem.vees().create(SimulatedSite.ADMIN, List.of(spec(), taken, spec())));
        assertRefused("VEE_NAME_TAKEN", () -> site.veem.vees().create(SimulatedSite.ADMIN, List.of(site.spec("twin"), site.spec("twin"))));
        assertThat(site.vees()).hasSize(before);
    }

    // ---- what cannot be

    @Test
    void nobodyKnowsAVeeThatIsNot() {
        var nobody = new VeeId(987_654);
        assertRefused("VEE_NOT_FOUND", () -> site.veem.vees().vee(SimulatedSite.ADMIN, nobody));
        assertRefused("VEE_NOT_FOUND", () -> site.veem.vees().history(SimulatedSite.ADMIN, nobody));
        assertRefused("VEE_NOT_FOUND", () -> site.veem.vees().explain(SimulatedSite.ADMIN, nobody));
        assertRefused("VEE_NOT_FOUND", () -> site.veem.vees().act(SimulatedSite.ADMIN, nobody, new VeeAction.Suspend()));
        assertRefused("VEE_NOT_FOUND", () -> site.veem.hosts().console(SimulatedSite.ADMIN, nobody));
    }

    @Test
    void whatIsTerminatedStaysSo() {
        var vee = running();
        site.after(vee, new VeeAction.Terminate(true));
        for (var action : List.of(new VeeAction.Resume(), new VeeAction.Terminate(true), new VeeAction.Rename("x"), new VeeAction.Recover(VeeAction.Way.RETRY))) {
            refused("WRONG_STATE", vee, action);
        }
    }
}
