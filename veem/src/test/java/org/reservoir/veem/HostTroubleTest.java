package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vhi.Census;
import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.VeeId;
import org.reservoir.veem.host.Drift;
import org.reservoir.veem.host.Fence;
import org.reservoir.veem.host.Keeping;
import org.reservoir.veem.host.Reconciliation;
import org.reservoir.veem.host.Waking;
import org.reservoir.veem.work.Engine;

/** Hosts that fall silent or come back, and guests that change behind the site's back. */
@Tag("long")
class HostTroubleTest extends TroubledSite {
    // ---- behind the site's back

    @Test
    void aGuestThatIsPausedSavedOrShutDownByOthersIsShownSo() {
        var vee = running("v").id();
        record Row(GuestState done, VeeState shown) {}
        for (var row : List.of(new Row(GuestState.PAUSED, VeeState.SUSPENDED), new Row(GuestState.RUNNING, VeeState.RUNNING), new Row(GuestState.SAVED, VeeState.STOPPED),
                new Row(GuestState.RUNNING, VeeState.RUNNING))) {
            machine(vee).othersMake(vee, row.done());
            site.veem.keeper.visitAll();
            assertThat(site.vee(vee).state()).isEqualTo(row.shown());
        }
        machine(vee).shutsItselfDown(vee);
        site.veem.keeper.visitAll();
        assertThat(site.vee(vee).state()).isEqualTo(VeeState.POWERED_OFF);
        assertThat(site.vee(vee).problem()).contains("its guest shut down");
    }

    @Test
    void aGuestThatCrashesIsBootedAgainOrLeftAsTheSiteIsConfigured() {
        var vee = running("v").id();
        machine(vee).crash(vee);
        site.veem.keeper.visitAll();
        assertThat(site.vee(vee).state()).isEqualTo(VeeState.BOOTING);
        site.work();
        assertThat(site.vee(vee).state()).isEqualTo(VeeState.RUNNING);
        site.restart(new Keeping(Duration.ofSeconds(60), Duration.ofSeconds(20), Drift.OnEnd.LEAVE, java.util.Optional.empty(), Fence.NONE, Waking.USUAL));
        machine(vee).crash(vee);
        site.veem.keeper.visitAll();
        assertThat(site.vee(vee).state()).isEqualTo(VeeState.POWERED_OFF);
        var told = site.veem.vees().history(SimulatedSite.ADMIN, vee).size();
        pass(Duration.ofMinutes(3));
        assertThat(site.veem.vees().history(SimulatedSite.ADMIN, vee)).as("it is told once").hasSize(told);
        site.after(vee, new VeeAction.Resume());
    }

    @Test
    void guestsThatEndWithTheirHostAreBootedAgainWhenItIsBackAndThoseThatWereOffStayOff() {
        for (var silence : List.of(Duration.ZERO, Duration.ofMinutes(1))) {
            var vee = running("v" + silence.toSeconds()).id();
            var off = site.running(site.spec("off" + silence.toSeconds()).wishing(new VeeSpec.Wish(java.util.Optional.empty(), java.util.Optional.empty(), java.util.Optional.empty(), false,
                    false, java.util.Optional.of(host(site.vee(vee).host().orElseThrow()).name())))).id();
            site.after(off, new VeeAction.PowerOff(true));
            var machine = machine(vee);
            machine.reboot();
            machine.cutOff();
            pass(silence);
            assertThat(site.vee(vee).state()).isEqualTo(silence.isZero() ? VeeState.RUNNING : VeeState.UNKNOWN);
            machine.reconnect();
            pass(Duration.ofSeconds(10));
            assertThat(site.vee(vee).state()).isEqualTo(VeeState.RUNNING);
            assertThat(machine.stateOf(vee)).contains(GuestState.RUNNING);
            assertThat(site.vee(off).state()).isEqualTo(VeeState.POWERED_OFF);
            assertThat(machine.stateOf(off)).contains(GuestState.SHUT_OFF);
        }
    }

    @Test
    void aGuestThatSomebodyRemovedIsMarkedAndMadeAnewByRetry() {
        var vee = running("v").id();
        machine(vee).vanish(vee);
        site.veem.keeper.visitAll();
        assertThat(site.vee(vee).state()).isEqualTo(VeeState.FAILED);
        assertThat(site.vee(vee).problem().orElseThrow()).contains("removed by somebody else");
        assertThat(site.after(vee, new VeeAction.Recover(VeeAction.Way.RETRY)).state()).isEqualTo(VeeState.RUNNING);
    }

    @Test
    void whatALateCallOfADeadServerMadeWithoutAGuestIsErased() {
        var vee = running("v");
        var machine = machine(vee.id());
        var guest = machine.guest(vee.id()).orElseThrow();
        site.after(vee.id(), new VeeAction.Terminate(true));
        machine.leaveBehind(guest);
        assertThat(site.world.audit(java.util.Set.of())).as("the audit sees it").isNotEmpty();
        site.veem.keeper.visitAll();
        site.work();
        assertThat(site.world.audit(java.util.Set.of())).isEmpty();
    }

    @Test
    void disksOfAGuestThatSomebodyRemovedStayAsLongAsTheVeeIsThere() {
        var vee = running("v").id();
        var machine = machine(vee);
        machine.loseDefinition(vee);
        site.veem.keeper.visitAll();
        site.work();
        site.veem.keeper.visitAll();
        site.work();
        assertThat(site.vee(vee).state()).isEqualTo(VeeState.FAILED);
        assertThat(site.world.audit()).singleElement().asString().contains("keeps disks of " + vee);
        site.after(vee, new VeeAction.Terminate(true));
        assertThat(site.world.audit()).isEmpty();
    }

    // ---- silence

    @Test
    void aSilentHostIsShownAndItsVeesAreUnknownUntilItAnswers() {
        var vee = running("v");
        machine(vee.id()).cutOff();
        pass(Duration.ofSeconds(30));
        assertThat(host(vee.host().orElseThrow()).state()).isEqualTo(Host.State.UNREACHABLE);
        assertThat(site.vee(vee.id()).state()).isEqualTo(VeeState.UNKNOWN);
        pass(Duration.ofMinutes(10));
        assertThat(site.vee(vee.id()).state()).as("nothing starts elsewhere without a fence").isEqualTo(VeeState.UNKNOWN);
        machine(vee.id()).reconnect();
        pass(Duration.ofSeconds(10));
        assertThat(host(vee.host().orElseThrow()).state()).isEqualTo(Host.State.ENABLED);
        assertThat(site.vee(vee.id()).state()).isEqualTo(VeeState.RUNNING);
    }

    @Test
    void aHostThatWasDisabledIsSoAgainWhenItAnswers() {
        var vee = running("v");
        var host = vee.host().orElseThrow();
        site.veem.hosts().disable(SimulatedSite.ADMIN, host);
        machine(vee.id()).cutOff();
        pass(Duration.ofSeconds(30));
        machine(vee.id()).reconnect();
        pass(Duration.ofSeconds(10));
        assertThat(host(host).state()).isEqualTo(Host.State.DISABLED);
    }

    @Test
    void theVeesOfALostHostStartElsewhereOnceItIsFencedOffAndNotBefore() {
        var fenced = new ArrayList<String>();
        var works = new boolean[1];
        site.restart(site.keeping().restartingLost(Duration.ofMinutes(2), (name, uri) -> {
            fenced.add(name + " " + uri.replaceFirst("\\?.*", ""));
            return works[0];
        }));
        var vee = running("v");
        var off = running("off");
        while (!off.host().equals(vee.host())) {
            off = running("off" + off.id());
        }
        site.after(off.id(), new VeeAction.PowerOff(true));
        var machine = machine(vee.id());
        machine.cutOff();
        pass(Duration.ofMinutes(1));
        assertThat(fenced).isEmpty();
        pass(Duration.ofMinutes(2));
        assertThat(fenced).isNotEmpty().allMatch((machine.name() + " sim://" + machine.name())::equals);
        assertThat(site.vee(vee.id()).state()).as("the fence did not work").isEqualTo(VeeState.UNKNOWN);
        works[0] = true;
        machine.reboot();
        machine.cutOff();
        pass(Duration.ofSeconds(15));
        var after = site.vee(vee.id());
        assertThat(after.state()).isEqualTo(VeeState.RUNNING);
        assertThat(after.host()).isNotEqualTo(vee.host());
        assertThat(site.vee(off.id()).state()).as("its disks are on the lost host").isEqualTo(VeeState.POWERED_OFF);
        var before = List.copyOf(fenced);
        pass(Duration.ofMinutes(2));
        assertThat(fenced).as("nobody is to start elsewhere any more, and a host that is fenced again and again cannot boot").isEqualTo(before);
        machine.reconnect();
        pass(Duration.ofMinutes(1));
        assertThat(machine.guests()).containsExactly(off.id());
    }

    /** A VEE that was lost with its host, and ended before it started elsewhere, has left its disks where other hosts see them. */
    @Test
    void ofFilesOnSharedStorageThoseOfVeesThatHaveEndedAreErasedByAnyHostThatSeesThem() {
        var runs = running("runs");
        var gone = running("gone");
        site.after(gone.id(), new VeeAction.Terminate(true));
        var hosts = site.veem.hosts().hosts(SimulatedSite.ADMIN, Page.Request.FIRST).items().stream().map(Host::id).toList();
        var other = hosts.stream().filter(host -> !runs.hosts().contains(host)).findFirst().orElseThrow();
        var seen = new Census(List.of(), Set.of(), Set.of(runs.id(), gone.id(), new VeeId(4711)), List.of());
        var problem = new Reconciliation(site.database(), Drift.OnEnd.RESTART, site.clock).reconcile(other, seen, List.of());
        assertThat(problem).as("of a VEE that this site does not know nothing is said: another site may").isEmpty();
        var ordered = site.database().read(sql -> sql.createQuery("select subject from work where kind = :kind").bind("kind", Engine.ERASE).mapTo(String.class).list());
        assertThat(ordered).containsExactly(gone.id() + "@" + other);
    }

    @Test
    void aHostThatDiesWhileVeesAreOnTheirWayToItIsLeftOut() {
        var doomed = site.world.machine("h1");
        doomed.cutOff();
        var vees = site.veem.vees().create(SimulatedSite.ADMIN, List.of(site.spec("a"), site.spec("b"), site.spec("c"), site.spec("d")));
        pass(Duration.ofMinutes(1));
        assertThat(vees).allSatisfy(vee -> assertThat(site.vee(vee.id()).state()).isEqualTo(VeeState.RUNNING));
        assertThat(doomed.guests()).isEmpty();
    }

    // ---- two servers

    @Test
    void whenOneOfTwoServersDiesTheOtherTakesOverAsTheLeasesEndAndNothingIsDoneTwice() {
        try (var second = site.another()) {
            var ofTheFirst = site.veem.vees().create(SimulatedSite.ADMIN, IntStream.range(0, 12).mapToObj(n -> site.spec("a" + n)).toList());
            site.veem.scheduler.turn();
            site.points.arm(40, CrashPoints.Moment.DONE);
            assertThatThrownBy(() -> work(site.veem)).isInstanceOf(CrashPoints.Crash.class);
            site.points.revive();
            Thread.interrupted();
            var ofTheSecond = second.vees().create(SimulatedSite.ADMIN, IntStream.range(0, 12).mapToObj(n -> site.spec("b" + n)).toList());
            second.scheduler.turn();
            work(second);
            assertThat(ofTheSecond).allSatisfy(vee -> assertThat(site.vee(vee.id()).state()).isEqualTo(VeeState.RUNNING));
            assertThat(ofTheFirst).as("its leases hold").allSatisfy(vee -> assertThat(site.vee(vee.id()).state()).isEqualTo(VeeState.DEPLOYING));
            site.clock.advance(Duration.ofSeconds(31));
            work(second);
            assertThat(ofTheFirst).allSatisfy(vee -> assertThat(site.veem.vees().history(SimulatedSite.ADMIN, vee.id())).extracting(past -> past.state())
                    .containsExactly(VeeState.PENDING, VeeState.DEPLOYING, VeeState.RUNNING));
        }
    }

    private static void work(Veem server) {
        for (int done = 1; done > 0;) {
            done = server.engine.claim() + server.engine.write();
        }
    }
}
