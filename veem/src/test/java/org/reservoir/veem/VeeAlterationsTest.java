package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.VeeId;

/** What of a VEE can be changed while it stays where it is, on simulated hosts. */
class VeeAlterationsTest extends ActedUponSite {
    // ---- changing

    @Test
    void aVeeIsResizedLiveUpToItsLimitsAndBeyondThemOnlyWhenItIsOff() {
        var base = spec();
        var vee = site.running(new VeeSpec(base.name(), 1, Cpus.of(1), base.memory(), Optional.of(new VeeSpec.Limits(2, DataSize.mebibytes(512))), base.boot(), base.disks(),
                base.nics(), base.context(), base.placement(), false, Optional.empty(), false, false, Map.of(), Map.of())).id();
        assertThat(site.after(vee, new VeeAction.Resize(2, Cpus.of(2), DataSize.mebibytes(512))).spec().vcpus()).isEqualTo(2);
        var refused = site.after(vee, new VeeAction.Resize(4, Cpus.of(4), DataSize.mebibytes(512)));
        assertThat(refused.problem().orElseThrow()).startsWith("resize failed: NEEDS_POWER_OFF: ").contains("reservoir vee power-off");
        assertThat(refused.spec().vcpus()).isEqualTo(2);
        site.after(vee, new VeeAction.PowerOff(true));
        assertThat(site.after(vee, new VeeAction.Resize(4, Cpus.of(4), DataSize.mebibytes(512))).spec().vcpus()).isEqualTo(4);
        assertThat(machine(vee).guest(vee).orElseThrow().vcpus()).isEqualTo(4);
    }

    @Test
    void aVeeIsNeitherMadeWithNoShareOfAProcessorNorResizedToNoneWhateverItIsDoing() {
        assertThatThrownBy(() -> site.veem.vees().create(SimulatedSite.ADMIN, List.of(spec().sized(1, Cpus.ZERO, DataSize.mebibytes(256))))).hasMessageContaining("no share of a processor");
        var vee = site.running(spec()).id();
        for (var action : List.of(new VeeAction.PowerOff(true), new VeeAction.Undeploy(true))) {
            assertThatThrownBy(() -> site.veem.vees().act(SimulatedSite.ADMIN, vee, new VeeAction.Resize(1, Cpus.ZERO, DataSize.mebibytes(256)))).hasMessageContaining("no share of a processor");
            site.after(vee, action);
        }
        assertThatThrownBy(() -> site.veem.vees().act(SimulatedSite.ADMIN, vee, new VeeAction.Resize(1, Cpus.ZERO, DataSize.mebibytes(256)))).hasMessageContaining("no share of a processor");
    }

    @Test
    void aVeeWhoseGuestHandsNothingBackIsAsItWas() {
        var vee = site.running(spec()).id();
        site.after(vee, new VeeAction.PowerOff(true));
        site.after(vee, new VeeAction.Resize(2, Cpus.of(2), DataSize.mebibytes(256)));
        site.after(vee, new VeeAction.Resume());
        machine(vee).clings(vee, true);
        var after = site.after(vee, new VeeAction.Resize(1, Cpus.of(1), DataSize.mebibytes(128)));
        assertThat(after.problem().orElseThrow()).startsWith("resize failed: GUEST_KEEPS_DEVICE: ");
        assertThat(after.state()).isEqualTo(VeeState.RUNNING);
        assertThat(after.spec()).satisfies(spec -> {
            assertThat(spec.vcpus()).isEqualTo(2);
            assertThat(spec.memory()).isEqualTo(DataSize.mebibytes(256));
        });
        assertThat(site.veem.hosts().host(SimulatedSite.ADMIN, after.host().orElseThrow()).promised().cpu()).isEqualTo(Cpus.of(2));
    }

    @Test
    void disksComeGrowAndGo() {
        var vee = running();
        assertThat(site.after(vee, new VeeAction.AttachDisk(VeeSpec.DiskSpec.blank(DataSize.gibibytes(2)))).parts().disks()).hasSize(3);
        site.after(vee, new VeeAction.ResizeDisk(2, DataSize.gibibytes(5)));
        assertThat(machine(vee).guest(vee).orElseThrow().disk(2).size()).isEqualTo(DataSize.gibibytes(5));
        assertThat(site.after(vee, new VeeAction.DetachDisk(2)).parts().disks()).hasSize(2);
        assertThat(machine(vee).contentOf(vee, 2)).isEmpty();
        refused("BAD_DISK", vee, new VeeAction.ResizeDisk(0, DataSize.mebibytes(1)));
        refused("DISK_NOT_FOUND", vee, new VeeAction.DetachDisk(7));
    }

    @Test
    void nicsComeWithAnAddressAndGoWithIt() {
        var vee = running();
        var after = site.after(vee, new VeeAction.AttachNic(VeeSpec.NicSpec.on(site.network)));
        assertThat(after.parts().nics()).hasSize(2).allSatisfy(nic -> assertThat(nic.addresses()).hasSize(1));
        assertThat(machine(vee).guest(vee).orElseThrow().nics()).hasSize(2);
        assertThat(site.after(vee, new VeeAction.DetachNic(0)).parts().nics()).singleElement().satisfies(nic -> assertThat(nic.number()).isEqualTo(1));
        assertThat(site.veem.networks().leases(SimulatedSite.ADMIN, site.network).items().stream().filter(lease -> lease.vee().equals(Optional.of(vee)))).hasSize(1);
        refused("NIC_NOT_FOUND", vee, new VeeAction.DetachNic(0));
    }

    @Test
    void whatARunningGuestDoesNotLetGoOfItsVeeKeepsAndSaysWhy() {
        var vee = running();
        machine(vee).clings(vee, true);
        var after = site.after(vee, new VeeAction.DetachDisk(0));
        assertThat(after.state()).isEqualTo(VeeState.RUNNING);
        assertThat(after.parts().disks()).hasSize(2);
        assertThat(after.problem().orElseThrow()).startsWith("detach-disk failed: GUEST_KEEPS_DEVICE: ").contains("power it off");
        assertThat(site.veem.vees().history(SimulatedSite.ADMIN, vee).getLast().why()).isEqualTo(after.problem().orElseThrow());
        assertThat(machine(vee).contentOf(vee, 0)).isPresent();
        after = site.after(vee, new VeeAction.DetachNic(0));
        assertThat(after.state()).isEqualTo(VeeState.RUNNING);
        assertThat(after.parts().nics()).hasSize(1);
        assertThat(after.problem().orElseThrow()).startsWith("detach-nic failed: GUEST_KEEPS_DEVICE: ");
        assertThat(site.veem.networks().leases(SimulatedSite.ADMIN, site.network).items().stream().filter(lease -> lease.vee().equals(Optional.of(vee)))).hasSize(1);
        site.after(vee, new VeeAction.PowerOff(true));
        assertThat(site.after(vee, new VeeAction.DetachDisk(0)).parts().disks()).hasSize(1);
        assertThat(site.after(vee, new VeeAction.DetachNic(0)).parts().nics()).isEmpty();
    }

    @Test
    void aSecurityGroupIsAddedToANicAndTakenAway() {
        var vee = running();
        assertThat(site.after(vee, new VeeAction.Filter(0, site.group, true)).parts().nics().getFirst().filters()).containsExactly(site.group);
        assertThat(machine(vee).guest(vee).orElseThrow().nics().getFirst().filters()).containsExactly(site.group);
        assertThat(site.after(vee, new VeeAction.Filter(0, site.group, false)).parts().nics().getFirst().filters()).isEmpty();
    }

    @Test
    void snapshotsOfTheWholeAndOfOneDiskAreTakenGoneBackToAndDeleted() {
        var vee = running();
        refused("WRONG_STATE", vee, new VeeAction.TakeSnapshot("disk", OptionalInt.of(0)));
        site.after(vee, new VeeAction.PowerOff(true));
        site.write(vee);
        var kept = site.written.get(vee);
        site.after(vee, new VeeAction.TakeSnapshot("whole", OptionalInt.empty()));
        site.after(vee, new VeeAction.TakeSnapshot("disk", OptionalInt.of(0)));
        refused("DISK_IN_SNAPSHOT", vee, new VeeAction.DetachDisk(0));
        refused("DISK_IN_SNAPSHOT", vee, new VeeAction.ResizeDisk(0, DataSize.gibibytes(9)));
        refused("SNAPSHOT_NAME_TAKEN", vee, new VeeAction.TakeSnapshot("disk", OptionalInt.empty()));
        for (var name : List.of("whole", "disk")) {
            site.write(vee);
            site.after(vee, new VeeAction.RevertSnapshot(name));
            assertThat(machine(vee).contentOf(vee, 0)).contains(kept);
        }
        site.written.put(vee, kept);
        site.after(vee, new VeeAction.DeleteSnapshot("whole"));
        assertThat(site.after(vee, new VeeAction.DeleteSnapshot("disk")).parts().snapshots()).isEmpty();
        assertThat(machine(vee).snapshotsOf(vee)).isEmpty();
        refused("SNAPSHOT_NOT_FOUND", vee, new VeeAction.RevertSnapshot("disk"));
    }

    @Test
    void aVeeDoesNotLeaveItsHostWhileItWouldLoseASnapshot() {
        var vee = running();
        site.after(vee, new VeeAction.TakeSnapshot("kept", OptionalInt.empty()));
        refused("VEE_HAS_SNAPSHOTS", vee, new VeeAction.Migrate(Optional.empty(), true));
        refused("VEE_HAS_SNAPSHOTS", vee, new VeeAction.Undeploy(false));
        site.act(vee, new VeeAction.Reschedule(true));
        site.converge();
        assertThat(site.vee(vee).problem()).hasValue("cannot leave its host: its snapshot 'kept' would be lost");
        site.after(vee, new VeeAction.PowerOff(true));
        refused("VEE_HAS_SNAPSHOTS", vee, new VeeAction.Migrate(Optional.empty(), false));
        site.act(vee, new VeeAction.Reschedule(false));
        site.after(vee, new VeeAction.DeleteSnapshot("kept"));
        assertThat(site.after(vee, new VeeAction.Undeploy(false)).state()).isEqualTo(VeeState.UNDEPLOYED);
    }

    @Test
    void aRunningVeeHasAConsoleAndOneThatIsOffSaysWhyNot() {
        var vee = running();
        assertThat(site.veem.hosts().console(SimulatedSite.ADMIN, vee)).isNotNull();
        assertThat(site.veem.hosts().screen(SimulatedSite.ADMIN, vee)).isPresent();
        site.after(vee, new VeeAction.PowerOff(true));
        assertRefused("WRONG_STATE", () -> site.veem.hosts().console(SimulatedSite.ADMIN, vee));
        site.after(vee, new VeeAction.Undeploy(true));
        assertRefused("WRONG_STATE", () -> site.veem.hosts().console(SimulatedSite.ADMIN, vee));
    }

    // ---- words

    @Test
    void aNewNameIsTakenAtOnceAndATakenOneRefused() {
        var vee = running();
        var other = running();
        var name = "renamed-" + vee;
        assertThat(site.after(vee, new VeeAction.Rename(name)).name()).isEqualTo(name);
        refused("VEE_NAME_TAKEN", other, new VeeAction.Rename(name));
        refused("BAD_NAME", other, new VeeAction.Rename("no name"));
    }

    @Test
    void tagsAndNotesAreReplacedButWhatServiceItBelongsToStays() {
        var vee = site.running(spec().noted(Map.of(VeeChanged.SERVICE_TAG, "service-7", "tier", "web"), Map.of("ticket", "1"))).id();
        var after = site.after(vee, new VeeAction.Annotate(Map.of("tier", "db"), Map.of("owner", "Anna")));
        assertThat(after.spec().tags()).isEqualTo(Map.of(VeeChanged.SERVICE_TAG, "service-7", "tier", "db"));
        assertThat(after.spec().notes()).isEqualTo(Map.of("owner", "Anna"));
        assertThat(listed("tier=db")).contains(vee);
        assertThat(listed("tier=web")).doesNotContain(vee);
    }

    private List<VeeId> listed(String tag) {
        return site.veem.vees().vees(SimulatedSite.ADMIN, new Vees.Filter(java.util.Set.of(), Optional.empty(), Optional.empty(), java.util.Set.of(tag), false), Page.Request.FIRST).items()
                .stream().map(Vee::id).toList();
    }

    @Test
    void itsHistoryTellsWhereWhenAndWhy() {
        var vee = running();
        site.clock.advance(Duration.ofMinutes(5));
        site.after(vee, new VeeAction.Migrate(Optional.empty(), true));
        var history = site.veem.vees().history(SimulatedSite.ADMIN, vee);
        assertThat(history).extracting(Vee.Past::state).containsExactly(VeeState.PENDING, VeeState.DEPLOYING, VeeState.RUNNING, VeeState.MIGRATING, VeeState.RUNNING);
        assertThat(history.getLast().host()).isEqualTo(site.vee(vee).host()).isNotEqualTo(history.get(2).host());
        assertThat(Duration.between(history.get(2).at(), history.getLast().at())).isGreaterThanOrEqualTo(Duration.ofMinutes(5));
        assertThat(history.get(3).why()).isEqualTo("migrate");
        assertThat(history.get(3).who()).isEqualTo("admin");
    }
}
