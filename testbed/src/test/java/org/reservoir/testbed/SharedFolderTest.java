package org.reservoir.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.testbed.Guest.eventually;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.VeeId;
import org.reservoir.veem.host.Keeping;

/** One guest and two real hosts that keep their files in one folder: it moves without them, and nobody takes them from under it. */
@Tag("real")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SharedFolderTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static Path folder;
    private static Lab lab;
    private static VeeId vee;

    @BeforeAll
    static void bootAGuest() throws IOException {
        folder = Files.createTempDirectory(Path.of("/var/tmp"), "reservoir-shared-");
        lab = Lab.with(2, Keeping.USUAL, Map.of("storage", "nas", "folder", folder.toString()));
        var spec = lab.spec("sharer");
        var disks = List.of(spec.disks().getFirst(), VeeSpec.DiskSpec.blank(DataSize.mebibytes(16)));
        vee = lab.order(spec.withDisks(disks), "h1");
        lab.await(vee, VeeState.RUNNING);
        assertThat(lab.shell(vee).run("echo mine > /dev/vdb && sync").worked()).isTrue();
    }

    @AfterAll
    static void removeAll() {
        Optional.ofNullable(lab).ifPresent(Lab::close);
        Guest.run("rm", "-rf", folder.toString());
    }

    /** From the disk, not from the guest's memory of it. */
    private static String written() {
        return lab.shell(vee).run("echo 3 > /proc/sys/vm/drop_caches; head -c 4 /dev/vdb").output();
    }

    private static List<String> files() throws IOException {
        try (var all = Files.list(folder)) {
            return all.map(file -> file.getFileName().toString()).filter(name -> name.contains("-vee-")).sorted().toList();
        }
    }

    private static void moves(String to) {
        lab.closeShell(vee);
        lab.veem.vees().act(Lab.ADMIN, vee, new VeeAction.Migrate(Optional.of(lab.host(to)), true));
        lab.await(vee, "to run on " + to, it -> it.state() == VeeState.RUNNING && it.host().equals(Optional.of(lab.host(to))));
    }

    /** Also what the other host is asked to clear away. */
    private static void nothingIsLeftToDo() {
        eventually(PATIENCE, "all work is done", () -> lab.waiting().equals("[]"));
    }

    @Test
    @Order(1)
    void itMovesThereAndBackAndHasItsDisk() throws IOException {
        var before = files();
        moves("h2");
        moves("h1");
        assertThat(written()).isEqualTo("mine");
        assertThat(files()).isEqualTo(before).isNotEmpty();
    }

    @Test
    @Order(2)
    void aMoveThatIsUndoneLeavesItItsDisk() throws IOException {
        var before = files();
        lab.closeShell(vee);
        lab.testbed.host(2).hang();
        try {
            lab.veem.vees().act(Lab.ADMIN, vee, new VeeAction.Migrate(Optional.of(lab.host("h2")), true));
            eventually(PATIENCE, "the move has failed once, in whatever words, and is to be tried again", lab::isSomethingTriedAgain);
            lab.veem.vees().act(Lab.ADMIN, vee, new VeeAction.Recover(VeeAction.Way.UNDO));
        } finally {
            lab.testbed.host(2).resume();
        }
        lab.await(vee, VeeState.RUNNING);
        nothingIsLeftToDo();
        assertThat(files()).isEqualTo(before);
        assertThat(written()).isEqualTo("mine");
        lab.veem.vees().act(Lab.ADMIN, vee, new VeeAction.Reboot(true));
        lab.await(vee, VeeState.RUNNING);
        lab.closeShell(vee);
        assertThat(written()).as("once it has booted from its disks").isEqualTo("mine");
    }

    @Test
    @Order(3)
    void whatItIsMadeOfGoesWithItWhereverItEnds() throws IOException {
        moves("h2");
        lab.closeShell(vee);
        lab.veem.vees().act(Lab.ADMIN, vee, new VeeAction.Terminate(true));
        lab.await(vee, VeeState.TERMINATED);
        nothingIsLeftToDo();
        assertThat(files()).isEmpty();
        assertThat(lab.veem.hosts().host(Lab.ADMIN, lab.host("h1")).state()).isEqualTo(Host.State.ENABLED);
    }

    /** As of a VEE whose host was lost, and that was terminated while it waited for another: no host has its guest, and nobody erased it. */
    @Test
    @Order(4)
    void filesOfAVeeThatHasEndedGoWhenAHostLooksAgain() throws IOException {
        var its = Files.createFile(folder.resolve("%s-%s-disk-0.qcow2".formatted(lab.site, vee)));
        var anothers = Files.createFile(folder.resolve("another-%s-disk-0.qcow2".formatted(vee)));
        lab.testbed.host(1).restart();
        eventually(PATIENCE, "its file is gone", () -> !Files.exists(its));
        assertThat(anothers).exists();
        Files.delete(anothers);
    }

    @Test
    @Order(5)
    void hostsThatAreRemovedAreAsTheyWereBefore() throws IOException {
        for (int host = 1; host <= 2; host++) {
            assertThat(lab.testbed.host(host).run("virsh", "-q", "pool-list", "--all", "--name")).contains("reservoir");
            lab.veem.hosts().remove(Lab.ADMIN, lab.host("h" + host));
        }
        for (int host = 1; host <= 2; host++) {
            assertThat(lab.testbed.host(host).run("virsh", "-q", "pool-list", "--all", "--name")).isBlank();
        }
        assertThat(folder).isEmptyDirectory();
    }
}
