package org.reservoir.veem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.ImageRequest;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.veeh.simulated.Fault;
import org.reservoir.veeh.simulated.Faults;
import org.reservoir.veeh.simulated.Verb;
import org.reservoir.veem.image.file.ImageFiles;
import org.reservoir.veem.kept.ImageTable;

/** Disks that begin as images and images that begin as disks: what a guest wrote is where it must be, and nowhere else. */
@Tag("long")
class VeeImagesTest {
    private final SimulatedSite site = SimulatedSite.with(2);
    private ImageFiles files;

    @BeforeEach
    void makeFiles() {
        files = new ImageFiles(site.images);
    }

    @AfterEach
    void close() {
        site.close();
    }

    private ImageId image(String name, Image.Kind kind, boolean persistent) {
        var file = kind == Image.Kind.DISK ? files.of("qcow2") : ImageFiles.put(files.raw(1 << 20), 32769, "CD001");
        var image = site.veem.images().request(SimulatedSite.ADMIN, new ImageRequest(name, kind, Optional.of(file.toString()), Optional.empty(), Optional.empty(), persistent));
        assertThat(site.awaitImage(image.id(), it -> it.state() != Image.State.IMPORTING).problem()).isEmpty();
        return image.id();
    }

    private static VeeSpec from(String name, ImageId... images) {
        return VeeSpec.of(name, 1, DataSize.mebibytes(64)).withDisks(List.of(images).stream().map(VeeSpec.DiskSpec::of).toList());
    }

    private VeeId running(VeeSpec spec) {
        return site.await(site.veem.vees().create(SimulatedSite.ADMIN, spec).id(), VeeState.RUNNING).id();
    }

    private void writes(VeeId vee, long content) {
        site.world.machinesOf(vee).getFirst().writes(vee, 0, content);
    }

    private long content(VeeId vee) {
        return site.world.machinesOf(vee).getFirst().contentOf(vee, 0).orElseThrow();
    }

    private String digest(ImageId image) {
        return seen(image).digest().orElseThrow();
    }

    private Image seen(ImageId image) {
        return site.veem.images().image(SimulatedSite.ADMIN, image);
    }

    private static String refusal(Runnable wish) {
        return catchThrowableOfType(Refused.class, wish::run).code();
    }

    @Test
    void aDiskThatIsNotPersistentLeavesItsImageAsItWas() {
        var image = image("debian", Image.Kind.DISK, false);
        var before = digest(image);
        var a = running(from("a", image));
        var b = running(from("b", image));
        writes(a, 1);
        assertThat(content(b)).isNotEqualTo(1);
        assertThat(refusal(() -> site.veem.images().delete(SimulatedSite.ADMIN, image))).isEqualTo("IMAGE_IN_USE");
        site.act(a, new VeeAction.Terminate(false), VeeState.TERMINATED);
        site.act(b, new VeeAction.Terminate(true), VeeState.TERMINATED);
        assertThat(digest(image)).isEqualTo(before);
        assertThat(seen(image).users()).isZero();
    }

    @Test
    void whatWasWrittenToAPersistentDiskIsThereForTheNext() {
        var image = image("data", Image.Kind.DISK, true);
        var first = running(from("first", image));
        writes(first, 4711);
        assertThat(refusal(() -> site.veem.vees().create(SimulatedSite.ADMIN, from("second", image)))).isEqualTo("IMAGE_IN_USE");
        site.act(first, new VeeAction.Terminate(false), VeeState.TERMINATED);
        var second = running(from("second", image));
        assertThat(content(second)).isEqualTo(4711);
        writes(second, 4712);
        site.act(second, new VeeAction.Terminate(true), VeeState.TERMINATED);
        assertThat(content(running(from("third", image)))).isEqualTo(4712);
    }

    @Test
    void anUndeployedVeeFindsItsDisksAgain() {
        var image = image("data", Image.Kind.DISK, true);
        var plain = image("debian", Image.Kind.DISK, false);
        var vee = running(from("vee", image, plain));
        writes(vee, 4711);
        site.world.machinesOf(vee).getFirst().writes(vee, 1, 8);
        site.act(vee, new VeeAction.Undeploy(false), VeeState.UNDEPLOYED);
        assertThat(site.world.machinesOf(vee)).isEmpty();
        assertThat(refusal(() -> site.veem.vees().create(SimulatedSite.ADMIN, from("thief", image)))).isEqualTo("IMAGE_IN_USE");
        site.veem.clearImages(Duration.ZERO);
        site.act(vee, new VeeAction.Resume(), VeeState.RUNNING);
        assertThat(content(vee)).isEqualTo(4711);
        assertThat(site.world.machinesOf(vee).getFirst().contentOf(vee, 1)).contains(8L);
        site.veem.clearImages(Duration.ZERO);
        assertThat(site.names("kept")).isEmpty();
        site.act(vee, new VeeAction.Undeploy(false), VeeState.UNDEPLOYED);
        site.act(vee, new VeeAction.Terminate(false), VeeState.TERMINATED);
        assertThat(content(running(from("next", image)))).isEqualTo(4711);
        site.veem.clearImages(Duration.ZERO);
        assertThat(site.names("kept")).isEmpty();
    }

    @Test
    void aPersistentDiskComesBackHoweverOftenItsHostFailsAndTheJobIsDoneAgain() {
        var image = image("data", Image.Kind.DISK, true);
        for (var fault : List.of(Fault.HALF_DONE, Fault.TIMED_OUT_DONE)) {
            for (var verb : List.of(Verb.SHUTDOWN, Verb.EXPORT_DISK, Verb.ERASE)) {
                var vee = running(from("vee", image));
                long written = fault.ordinal() * 100L + verb.ordinal() + 1;
                writes(vee, written);
                site.world.faults(Faults.script().next(verb, fault).next(verb, fault));
                site.act(vee, new VeeAction.Terminate(false), VeeState.TERMINATED);
                var next = running(from("next", image));
                assertThat(content(next)).as("%s at %s", fault, verb).isEqualTo(written);
                site.world.faults(Faults.script().next(verb, fault).next(verb, fault));
                site.act(next, new VeeAction.Undeploy(false), VeeState.UNDEPLOYED);
                site.act(next, new VeeAction.Terminate(false), VeeState.TERMINATED);
                assertThat(seen(image).problem()).isEmpty();
            }
        }
        assertThat(site.world.audit(Set.of())).isEmpty();
    }

    @Test
    void aGuestThatVanishedGivesNothingBackAndThatIsTold() {
        var image = image("data", Image.Kind.DISK, true);
        var vee = running(from("vee", image));
        var before = digest(image);
        site.world.machinesOf(vee).getFirst().vanish(vee);
        site.act(vee, new VeeAction.Terminate(true), VeeState.TERMINATED);
        assertThat(digest(image)).isEqualTo(before);
        assertThat(seen(image).problem().orElseThrow()).startsWith("DISK_NOT_SAVED");
        running(from("next", image));
    }

    @Test
    void whatIsLeftOfAGuestThatVanishedIsSaved() {
        var image = image("data", Image.Kind.DISK, true);
        var vee = running(from("vee", image));
        writes(vee, 4711);
        site.world.machinesOf(vee).getFirst().loseDefinition(vee);
        site.act(vee, new VeeAction.Terminate(false), VeeState.TERMINATED);
        assertThat(seen(image).problem()).isEmpty();
        assertThat(site.world.audit(Set.of())).isEmpty();
        assertThat(content(running(from("next", image)))).isEqualTo(4711);
    }

    @Test
    void aVeeWhoseGuestVanishedIsMadeAnewFromWhatItWroteToItsPersistentDisk() {
        var image = image("data", Image.Kind.DISK, true);
        var vee = running(from("vee", image));
        writes(vee, 4711);
        site.world.machinesOf(vee).getFirst().loseDefinition(vee);
        site.await(vee, VeeState.FAILED);
        site.act(vee, new VeeAction.Recover(VeeAction.Way.RETRY), VeeState.RUNNING);
        assertThat(content(vee)).isEqualTo(4711);
        assertThat(seen(image).problem()).isEmpty();
        writes(vee, 4712);
        site.act(vee, new VeeAction.Terminate(false), VeeState.TERMINATED);
        assertThat(content(running(from("next", image)))).isEqualTo(4712);
    }

    @Test
    void aPersistentDiskIsDetachedFromAGuestThatIsOff() {
        var image = image("data", Image.Kind.DISK, true);
        var plain = image("debian", Image.Kind.DISK, false);
        var vee = running(from("vee", plain));
        site.act(vee, new VeeAction.AttachDisk(VeeSpec.DiskSpec.of(image)), VeeState.RUNNING);
        assertThat(refusal(() -> site.veem.vees().act(SimulatedSite.ADMIN, vee, new VeeAction.AttachDisk(VeeSpec.DiskSpec.of(image))))).isEqualTo("IMAGE_IN_USE");
        site.world.machinesOf(vee).getFirst().writes(vee, 1, 5);
        assertThat(refusal(() -> site.veem.vees().act(SimulatedSite.ADMIN, vee, new VeeAction.DetachDisk(1)))).isEqualTo("DISK_PERSISTENT");
        site.act(vee, new VeeAction.PowerOff(true), VeeState.POWERED_OFF);
        site.world.faults(Faults.script().next(Verb.DETACH_DISK, Fault.TIMED_OUT_DONE));
        var after = site.act(vee, new VeeAction.DetachDisk(1), VeeState.POWERED_OFF);
        assertThat(after.problem()).isEmpty();
        assertThat(seen(image).users()).isZero();
        assertThat(content(running(from("next", image)))).isEqualTo(5);
    }

    @Test
    void aDiskIsSavedAsAnImageThatOthersBootFrom() {
        var vee = running(from("vee", image("debian", Image.Kind.DISK, false)));
        writes(vee, 99);
        site.act(vee, new VeeAction.SaveDisk(0, "golden"), VeeState.RUNNING);
        var golden = named("golden");
        assertThat(golden.state()).as(golden.toString()).isEqualTo(Image.State.READY);
        assertThat(content(running(from("copy", golden.id())))).isEqualTo(99);
        assertThat(refusal(() -> site.veem.vees().act(SimulatedSite.ADMIN, vee, new VeeAction.SaveDisk(0, "golden")))).isEqualTo("IMAGE_NAME_TAKEN");
        assertThat(digest(golden.id())).as("an image is never overwritten").isEqualTo(golden.digest().orElseThrow());
        site.awaitArrivals();
    }

    private Image named(String name) {
        return site.veem.images().images(SimulatedSite.ADMIN, Page.Request.FIRST).items().stream().filter(image -> image.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void aDiskThatCannotBeSavedSaysWhy() {
        var vee = running(from("vee", image("debian", Image.Kind.DISK, false)));
        site.world.faults(Faults.script().next(Verb.EXPORT_DISK, Fault.NO_ROOM));
        var after = site.act(vee, new VeeAction.SaveDisk(0, "golden"), VeeState.RUNNING);
        assertThat(after.problem()).isPresent();
        assertThat(named("golden").state()).isEqualTo(Image.State.FAILED);
        assertThat(named("golden").problem().orElseThrow()).startsWith("DISK_NOT_SAVED: save-disk failed");
    }

    @Test
    void anImageThatWillNeverBeSavedFailsByItself() {
        var vee = running(from("vee", image("debian", Image.Kind.DISK, false)));
        var machine = site.world.machinesOf(vee).getFirst();
        machine.hang();
        site.veem.vees().act(SimulatedSite.ADMIN, vee, new VeeAction.SaveDisk(0, "golden"));
        site.veem.vees().act(SimulatedSite.ADMIN, vee, new VeeAction.Terminate(true));
        machine.release();
        site.await(vee, VeeState.TERMINATED);
        site.veem.clearImages(Duration.ZERO);
        assertThat(named("golden").state()).isEqualTo(Image.State.FAILED);
    }

    @Test
    void aCdIsReadByManyAndSavedByNone() {
        var cd = image("cd", Image.Kind.CD, false);
        var a = running(from("a", cd));
        running(from("b", cd));
        assertThat(site.veem.vees().vee(SimulatedSite.ADMIN, a).disks()).extracting(Vee.DiskStatus::bus, Vee.DiskStatus::readOnly).containsExactly(org.assertj.core.groups.Tuple.tuple("cdrom", true));
        assertThat(refusal(() -> site.veem.vees().act(SimulatedSite.ADMIN, a, new VeeAction.SaveDisk(0, "x")))).isEqualTo("BAD_DISK");
        site.act(a, new VeeAction.Undeploy(true), VeeState.UNDEPLOYED);
        site.act(a, new VeeAction.Resume(), VeeState.RUNNING);
    }

    @Test
    void anImageIsFreeAgainWhenItsDiskIsDetachedOrWasNeverAttached() {
        var image = image("data", Image.Kind.DISK, false);
        var vee = running(from("vee", image("debian", Image.Kind.DISK, false)));
        site.world.faults(Faults.script().next(Verb.ATTACH_DISK, Fault.NO_ROOM));
        assertThat(site.act(vee, new VeeAction.AttachDisk(VeeSpec.DiskSpec.of(image)), VeeState.RUNNING).problem()).isPresent();
        assertThat(seen(image).users()).isZero();
        site.act(vee, new VeeAction.AttachDisk(VeeSpec.DiskSpec.of(image)), VeeState.RUNNING);
        assertThat(seen(image).users()).isEqualTo(1);
        site.act(vee, new VeeAction.DetachDisk(1), VeeState.RUNNING);
        site.veem.images().delete(SimulatedSite.ADMIN, image);
    }

    @Test
    void aGrownDiskKeepsItsSizeInItsImage() {
        var image = image("data", Image.Kind.DISK, true);
        var vee = running(from("vee", image));
        site.act(vee, new VeeAction.ResizeDisk(0, DataSize.gibibytes(3)), VeeState.RUNNING);
        site.act(vee, new VeeAction.Terminate(false), VeeState.TERMINATED);
        assertThat(seen(image).virtualSize()).isEqualTo(DataSize.gibibytes(3));
    }

    @Test
    void anImageGrowsUnderDisksThatStayAsTheyAreAndForThoseThatComeAfter() {
        var image = image("debian", Image.Kind.DISK, false);
        var before = running(from("before", image));
        site.veem.images().resize(SimulatedSite.ADMIN, image, DataSize.gibibytes(4));
        site.awaitImage(image, it -> it.virtualSize().equals(DataSize.gibibytes(4)));
        assertThat(size(before)).isLessThan(DataSize.gibibytes(4));
        assertThat(size(running(from("after", image)))).isEqualTo(DataSize.gibibytes(4));
        site.act(before, new VeeAction.Undeploy(false), VeeState.UNDEPLOYED);
        site.veem.clearImages(Duration.ZERO);
        site.act(before, new VeeAction.Resume(), VeeState.RUNNING);
    }

    private DataSize size(VeeId vee) {
        return site.veem.vees().vee(SimulatedSite.ADMIN, vee).disks().getFirst().size();
    }

    @Test
    void aPersistentImageGrowsOnlyWhileNobodyHasIt() {
        var image = image("data", Image.Kind.DISK, true);
        var vee = running(from("vee", image));
        assertThat(refusal(() -> site.veem.images().resize(SimulatedSite.ADMIN, image, DataSize.gibibytes(4)))).isEqualTo("IMAGE_IN_USE");
        site.act(vee, new VeeAction.Terminate(false), VeeState.TERMINATED);
        site.veem.images().resize(SimulatedSite.ADMIN, image, DataSize.gibibytes(4));
        site.awaitImage(image, it -> it.virtualSize().equals(DataSize.gibibytes(4)));
        assertThat(size(running(from("next", image)))).isEqualTo(DataSize.gibibytes(4));
    }

    @Test
    void hostsForgetImagesThatNobodyNeedsAndKeepThoseThatADiskIsMadeOf() {
        var image = image("debian", Image.Kind.DISK, false);
        var digest = digest(image);
        var vee = running(from("vee", image));
        var machine = site.world.machinesOf(vee).getFirst();
        site.veem.clearImages(Duration.ZERO);
        assertThat(machine.images()).containsExactly(digest);
        site.act(vee, new VeeAction.Terminate(true), VeeState.TERMINATED);
        site.veem.clearImages(Duration.ZERO);
        assertThat(machine.images()).as("it is an image still").containsExactly(digest);
        site.veem.images().delete(SimulatedSite.ADMIN, image);
        site.world.faults(Faults.script().next(Verb.DROP_IMAGE, Fault.UNREACHABLE).next(Verb.DROP_IMAGE, Fault.TIMED_OUT_DONE));
        for (int turn = 0; turn < 3; turn++) {
            site.veem.clearImages(Duration.ZERO);
        }
        assertThat(machine.images()).isEmpty();
        assertThat(site.database.read(sql -> ImageTable.cached(sql)).size()).isZero();
    }
}
