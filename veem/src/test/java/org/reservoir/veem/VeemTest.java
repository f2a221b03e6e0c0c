package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.NetworkSpec;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Quotas;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.UserId;
import org.reservoir.veeh.simulated.Fault;
import org.reservoir.veeh.simulated.Faults;
import org.reservoir.veeh.simulated.Verb;

class VeemTest {
    private final SimulatedSite site = SimulatedSite.with(2);

    @AfterEach
    void close() {
        site.close();
    }

    private static VeeSpec small(String name) {
        return VeeSpec.of(name, 1, DataSize.mebibytes(256)).withDisks(List.of(VeeSpec.DiskSpec.blank(DataSize.gibibytes(1))));
    }

    private Vee running(VeeSpec spec) {
        return site.await(site.veem.vees().create(SimulatedSite.ADMIN, spec).id(), VeeState.RUNNING);
    }

    @Test
    void aVeeRunsThroughItsWholeLife() {
        var vee = running(small("web")).id();
        site.act(vee, new VeeAction.Suspend(), VeeState.SUSPENDED);
        site.act(vee, new VeeAction.Resume(), VeeState.RUNNING);
        site.act(vee, new VeeAction.Stop(), VeeState.STOPPED);
        site.act(vee, new VeeAction.Resume(), VeeState.RUNNING);
        site.act(vee, new VeeAction.Reboot(false), VeeState.RUNNING);
        site.act(vee, new VeeAction.PowerOff(false), VeeState.POWERED_OFF);
        site.act(vee, new VeeAction.Resume(), VeeState.RUNNING);
        site.act(vee, new VeeAction.Undeploy(false), VeeState.UNDEPLOYED);
        assertThat(site.world.machinesOf(vee)).isEmpty();
        site.act(vee, new VeeAction.Resume(), VeeState.RUNNING);
        site.act(vee, new VeeAction.Terminate(false), VeeState.TERMINATED);
        assertThat(site.world.audit(Set.of())).isEmpty();
        assertThat(site.veem.vees().history(SimulatedSite.ADMIN, vee)).extracting(Vee.Past::state)
                .startsWith(VeeState.PENDING, VeeState.DEPLOYING, VeeState.RUNNING, VeeState.SUSPENDING).endsWith(VeeState.TERMINATING, VeeState.TERMINATED);
    }

    @Test
    void whatItIsMadeOfChangesWhileItRuns() {
        var network = site.veem.networks().create(SimulatedSite.ADMIN, new NetworkSpec("front", "isolated", Optional.empty(),
                List.of(NetworkSpec.Range.of("10.9.0.0/29")), List.of(), false, false, 0, true));
        var vee = running(small("web")).id();
        site.act(vee, new VeeAction.AttachDisk(VeeSpec.DiskSpec.blank(DataSize.gibibytes(2))), VeeState.RUNNING);
        site.act(vee, new VeeAction.ResizeDisk(1, DataSize.gibibytes(3)), VeeState.RUNNING);
        site.act(vee, new VeeAction.AttachNic(VeeSpec.NicSpec.on(network.id())), VeeState.RUNNING);
        site.act(vee, new VeeAction.TakeSnapshot("before", OptionalInt.empty()), VeeState.RUNNING);
        var seen = site.act(vee, new VeeAction.Resize(2, Cpus.of(2), DataSize.mebibytes(512)), VeeState.RUNNING);
        if (seen.problem().isPresent()) {
            site.act(vee, new VeeAction.PowerOff(true), VeeState.POWERED_OFF);
            site.act(vee, new VeeAction.Resize(2, Cpus.of(2), DataSize.mebibytes(512)), VeeState.POWERED_OFF);
            seen = site.act(vee, new VeeAction.Resume(), VeeState.RUNNING);
        }
        assertThat(seen.disks()).extracting(Vee.DiskStatus::size).containsExactly(DataSize.gibibytes(1), DataSize.gibibytes(3));
        assertThat(seen.nics()).singleElement().satisfies(nic -> assertThat(nic.addresses()).containsExactly("10.9.0.2"));
        assertThat(seen.snapshots()).extracting(Vee.SnapshotStatus::name).containsExactly("before");
        assertThat(seen.spec().vcpus()).isEqualTo(2);
        site.act(vee, new VeeAction.DeleteSnapshot("before"), VeeState.RUNNING);
        site.act(vee, new VeeAction.DetachNic(0), VeeState.RUNNING);
        seen = site.act(vee, new VeeAction.DetachDisk(1), VeeState.RUNNING);
        assertThat(seen.problem()).isEmpty();
        assertThat(seen.disks()).hasSize(1);
        assertThat(site.veem.networks().network(SimulatedSite.ADMIN, network.id()).used()).isZero();
    }

    @Test
    void aDeploymentThatFailsIsTriedOnAnotherHost() {
        site.world.faults(Faults.script().next("h1", Verb.PREPARE, Fault.NO_ROOM).next("h2", Verb.PREPARE, Fault.NO_ROOM));
        var vee = site.veem.vees().create(SimulatedSite.ADMIN, small("web"));
        var problem = site.await(vee.id(), it -> it.problem().isPresent(), "to have a problem");
        assertThat(problem.problem().orElseThrow()).contains("deploy failed");
        site.world.faults(Faults.NONE);
    }

    @Test
    void aPassingFailureIsNotSeen() {
        site.world.faults(Faults.script().next(Verb.START, Fault.BUSY).next(Verb.PREPARE, Fault.TIMED_OUT_DONE));
        assertThat(running(small("web")).problem()).isEmpty();
    }

    @Test
    void aVeeMovesBetweenHostsWhileItRuns() {
        var vee = running(small("web"));
        var moved = site.act(vee.id(), new VeeAction.Migrate(Optional.empty(), true), VeeState.RUNNING);
        assertThat(moved.host()).isNotEqualTo(vee.host());
        assertThat(site.world.audit(Set.of(vee.id()))).isEmpty();
    }

    @Test
    void anEvacuatedHostIsEmptied() {
        var vees = IntStream.range(0, 4).mapToObj(n -> running(small("v" + n))).toList();
        var host = vees.getFirst().host().orElseThrow();
        site.veem.hosts().evacuate(SimulatedSite.ADMIN, host);
        vees.forEach(vee -> site.await(vee.id(), it -> it.state() == VeeState.RUNNING && !it.host().equals(Optional.of(host)), "to leave " + host));
        assertThatThrownBy(() -> site.veem.vees().act(SimulatedSite.ADMIN, vees.getFirst().id(), new VeeAction.Migrate(Optional.of(host), true)))
                .isInstanceOf(Refused.class).hasMessageContaining("EVACUATING");
        site.veem.hosts().remove(SimulatedSite.ADMIN, host);
    }

    @Test
    void aGuestThatEndsByItselfIsSeen() {
        var vee = running(small("web")).id();
        site.world.machinesOf(vee).getFirst().shutsItselfDown(vee);
        site.await(vee, VeeState.POWERED_OFF);
    }

    @Test
    void aGuestThatCrashesIsBootedAgain() {
        var vee = running(small("web")).id();
        site.world.machinesOf(vee).getFirst().crash(vee);
        site.await(vee, it -> it.state() == VeeState.RUNNING && it.generation() > 3, "to be booted again");
        assertThat(site.veem.vees().history(SimulatedSite.ADMIN, vee)).extracting(Vee.Past::why).contains("its guest crashed", "booted again");
    }

    @Test
    void whoIsNotAllowedSeesNothing() {
        var vee = running(small("web")).id();
        assertThatThrownBy(() -> site.veem.vees().vee(SimulatedSite.ANNA, vee)).isInstanceOf(Refused.class).hasMessage("There is no VEE %s.".formatted(vee));
        assertThatThrownBy(() -> site.veem.vees().act(SimulatedSite.ANNA, vee, new VeeAction.Suspend())).isInstanceOf(Refused.class);
        assertThat(site.veem.vees().vees(SimulatedSite.ANNA, Vees.Filter.LIVING, Page.Request.FIRST).items()).isEmpty();
    }

    @Test
    void aNameIsTakenOnlyWhileItsVeeLives() {
        var first = running(small("web")).id();
        assertThatThrownBy(() -> site.veem.vees().create(SimulatedSite.ADMIN, small("web"))).isInstanceOf(Refused.class).hasMessageContaining("'web'");
        site.act(first, new VeeAction.Terminate(true), VeeState.TERMINATED);
        running(small("web"));
    }

    @Test
    void whoIsToBeTogetherWithAndApartFromTheSameOthersIsRefused() {
        var both = new VeeSpec.Wish(Optional.empty(), Optional.empty(), Optional.of("db"), true, true, Optional.empty());
        assertThatThrownBy(() -> site.veem.vees().create(SimulatedSite.ANNA, small("web").wishing(both))).isInstanceOf(Refused.class).hasMessageContaining("VEE web").hasMessageContaining("group db");
        var nobody = new VeeSpec.Wish(Optional.empty(), Optional.empty(), Optional.empty(), false, true, Optional.empty());
        assertThatThrownBy(() -> site.veem.vees().create(SimulatedSite.ANNA, small("web").wishing(nobody))).isInstanceOf(Refused.class).hasMessageContaining("of no group");
    }

    @Test
    void aQuotaHoldsAlsoForWhatIsAskedForAtOnce() {
        bound(new Quotas.Limits(OptionalLong.of(2), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty()));
        assertThatThrownBy(() -> site.veem.vees().create(SimulatedSite.ANNA, List.of(small("a"), small("b"), small("c"))))
                .isInstanceOf(Refused.class).hasMessage("The quota of user anna is 2 VEEs; 0 are used and 3 more are asked for.");
        assertThat(site.veem.vees().vees(SimulatedSite.ADMIN, Vees.Filter.LIVING, Page.Request.FIRST).items()).isEmpty();
    }

    @Test
    void aQuotaIsToldInTheUnitsInWhichItWasSet() {
        bound(new Quotas.Limits(OptionalLong.empty(), OptionalLong.of(500), OptionalLong.of(100 << 20), OptionalLong.empty(), OptionalLong.empty()));
        assertThatThrownBy(() -> site.veem.vees().create(SimulatedSite.ANNA, List.of(VeeSpec.of("a", 1, DataSize.mebibytes(64)))))
                .isInstanceOf(Refused.class).hasMessage("The quota of user anna is 0.5 CPUs; 0 are used and 1 more are asked for.");
        assertThatThrownBy(() -> site.veem.vees().create(SimulatedSite.ANNA, List.of(VeeSpec.of("a", 1, DataSize.mebibytes(200)).sized(1, new Cpus(100), DataSize.mebibytes(200)))))
                .isInstanceOf(Refused.class).hasMessage("The quota of user anna is 100 MiB of memory; 0 B are used and 200 MiB more are asked for.");
    }

    /** From now on every user is. */
    private void bound(Quotas.Limits limits) {
        site.veem.close();
        site.veem = site.open(new Quotas() {
            @Override
            public Limits of(UserId user) {
                return limits;
            }

            @Override
            public Limits of(GroupId group) {
                return Limits.NONE;
            }
        }, "two");
    }

    @Test
    void aPoolThatIsFullLeavesNothingBehind() {
        var network = site.veem.networks().create(SimulatedSite.ADMIN, new NetworkSpec("tiny", "isolated", Optional.empty(),
                List.of(NetworkSpec.Range.of("10.9.0.0/30")), List.of(), false, false, 0, true));
        var two = IntStream.range(0, 2).mapToObj(n -> small("v" + n).withNics(List.of(VeeSpec.NicSpec.on(network.id())))).toList();
        assertThatThrownBy(() -> site.veem.vees().create(SimulatedSite.ADMIN, two)).isInstanceOf(Refused.class).hasMessage("Network tiny has no free address.");
        assertThat(site.veem.networks().network(SimulatedSite.ADMIN, network.id()).used()).isZero();
        assertThat(site.veem.networks().leases(SimulatedSite.ADMIN, network.id()).items()).isEmpty();
    }

    @Test
    void whatCannotBePlacedSaysWhyAndIsPlacedWhenAHostComes() {
        var vee = site.veem.vees().create(SimulatedSite.ADMIN, VeeSpec.of("big", 8, DataSize.gibibytes(15))).id();
        site.await(vee, VeeState.RUNNING);
        var other = site.veem.vees().create(SimulatedSite.ADMIN, VeeSpec.of("big2", 8, DataSize.gibibytes(15))).id();
        site.await(other, VeeState.RUNNING);
        var third = site.veem.vees().create(SimulatedSite.ADMIN, VeeSpec.of("big3", 8, DataSize.gibibytes(15))).id();
        assertThat(site.await(third, it -> it.problem().isPresent(), "to say why").state()).isEqualTo(VeeState.PENDING);
        site.addHost("h3");
        site.await(third, VeeState.RUNNING);
    }

    @Test
    void twoServersShareTheWork() {
        try (var second = site.open(Quotas.UNBOUNDED, "two")) {
            second.start();
            var vees = site.veem.vees().create(SimulatedSite.ADMIN, IntStream.range(0, 10).mapToObj(n -> small("v" + n)).toList());
            vees.forEach(vee -> site.await(vee.id(), VeeState.RUNNING));
            vees.forEach(vee -> second.vees().act(SimulatedSite.ADMIN, vee.id(), new VeeAction.Terminate(true)));
            vees.forEach(vee -> site.await(vee.id(), VeeState.TERMINATED));
        }
        assertThat(site.world.audit(Set.of())).isEmpty();
    }

    @Test
    void terminatingWhatIsBeingDeployedEndsIt() {
        var vee = site.veem.vees().create(SimulatedSite.ADMIN, small("web")).id();
        site.veem.vees().act(SimulatedSite.ADMIN, vee, new VeeAction.Terminate(true));
        site.await(vee, VeeState.TERMINATED);
        SimulatedSite.pause(200);
        assertThat(site.world.audit(Set.of())).isEmpty();
    }

    private static VeeSpec.Wish wish(String requirements) {
        return new VeeSpec.Wish(Optional.of(requirements), Optional.empty(), Optional.empty(), false, false, Optional.empty());
    }

    @Test
    void veesThatWantToBeApartAre() {
        var apart = new VeeSpec.Wish(Optional.empty(), Optional.empty(), Optional.of("db"), false, true, Optional.empty());
        var a = running(small("a").wishing(apart));
        var b = running(small("b").wishing(apart));
        assertThat(a.host()).isNotEqualTo(b.host());
        var c = site.veem.vees().create(SimulatedSite.ADMIN, small("c").wishing(apart)).id();
        assertThat(site.await(c, it -> it.problem().isPresent(), "to say why").problem().orElseThrow()).contains("spread");
        assertThat(site.veem.vees().explain(SimulatedSite.ADMIN, c)).hasSize(2).allSatisfy(host -> assertThat(host.reasons()).isNotEmpty());
    }

    @Test
    void aRequirementChoosesTheHostAndAMisspeltOneIsRefused() {
        assertThat(running(small("web").wishing(wish("hostname = \"h2\""))).host()).isEqualTo(
                site.veem.hosts().hosts(SimulatedSite.ADMIN, Page.Request.FIRST).items().stream().filter(host -> host.name().equals("h2")).map(host -> host.id()).findFirst());
        assertThatThrownBy(() -> site.veem.vees().create(SimulatedSite.ADMIN, small("bad").wishing(wish("hostnam = \"h2\""))))
                .isInstanceOf(Refused.class).hasMessageContaining("hostnam");
    }
}
