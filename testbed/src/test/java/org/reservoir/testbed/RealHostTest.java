package org.reservoir.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reservoir.testbed.Guest.eventually;
import static org.reservoir.testbed.Guest.virsh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.interfaces.vhi.*;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostNetwork.Reach;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.VeeId;

/**
 * Every order of VHI, carried out by the libvirt driver on qemu:///system with guests that really run, and seen from inside them. Booting
 * is what takes time, so one guest stands through all tests but those that end it; they go from the gentle to the rough.
 */
@Tag("real")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RealHostTest {
    private static final String URI = "qemu:///system";
    private static final String SITE = "real-" + Long.toString(ProcessHandle.current().pid(), 36);
    private static final VeeId STANDING = new VeeId(1);
    private static final VeeId STILL = new VeeId(2);
    private static final HostNetwork NETWORK = new HostNetwork(new NetworkId(1), "inside", "rvt" + Long.toString(ProcessHandle.current().pid(), 36), 1500,
            Reach.ISOLATED, List.of(), false, List.of(), Optional.empty());
    /** Where QEMU may read, which runs as a user of its own. */
    private static final Path POOL = Path.of("/var/lib/libvirt", SITE);
    private static final AtomicLong GENERATIONS = new AtomicLong();
    @TempDir
    static Path folder;
    private static DrivenHost driven;
    private static VeeHost host;
    private static Guest standing;

    @BeforeAll
    static void open() {
        driven = DrivenHost.open(URI, SITE, Map.of("pool", SITE, "folder", POOL.toString()), GuestImage.build().disk(), GENERATIONS);
        host = driven.host;
        host.ensureNetwork(NETWORK);
        standing = driven.boot(driven.guest(STANDING));
    }

    @AfterAll
    static void close() {
        host.census().ours().forEach(each -> host.erase(driven.order(each.vee())));
        host.dropNetwork(NETWORK.id());
        host.dropImage(driven.image.digest());
        driven.close();
        virsh(URI, "pool-destroy", SITE);
        virsh(URI, "pool-delete", SITE);
        virsh(URI, "pool-undefine", SITE);
    }

    @Test
    @Order(1)
    void aHostTellsWhatItIs() {
        var facts = host.facts();
        assertThat(facts.hypervisor()).startsWith("QEMU ");
        assertThat(facts.hostname()).isEqualTo(virsh(URI, "hostname"));
        assertThat(facts.architecture()).isEqualTo("x86_64");
        assertThat(facts.processors()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(facts.capacity().memory().bytes()).isGreaterThan(1L << 30);
        assertThat(facts.acceleration()).isEqualTo(HostFacts.Acceleration.EMULATED);
        assertThat(facts.features()).contains(HostFacts.Feature.LIVE_MIGRATION, HostFacts.Feature.SNAPSHOTS, HostFacts.Feature.CONSOLE);
        assertThat(host.cachedImages()).containsExactly(driven.image.digest());
    }

    @Test
    @Order(2)
    void aRunningGuestIsMeasured() {
        assertThat(driven.state(STANDING)).isEqualTo(GuestState.RUNNING);
        var reading = host.reading();
        assertThat(reading.busy()).isPositive();
        assertThat(reading.memoryFree().bytes()).isPositive();
        assertThat(reading.guests()).singleElement().satisfies(guest -> {
            assertThat(guest.vee()).isEqualTo(STANDING);
            assertThat(guest.running()).isTrue();
            assertThat(guest.cpuTime()).isPositive();
        });
        var figures = host.figures(STANDING, DrivenHost.PATIENCE).values();
        assertThat(figures.get("memory")).isGreaterThan(30L << 20);
        assertThat(figures.get("balloon")).isBetween(128L << 20, 192L << 20);
        assertThat(figures.get("disk.read")).isGreaterThan(1L << 20);
        assertThat(figures.get("disk.reads")).isPositive();
        assertThat(figures).containsKeys("disk.written", "disk.allocated", "cpu.delayed", "cpu.waited").containsEntry("cpus", 1L);
        assertThat(figures).as("it does not move").doesNotContainKey("move.left");
        eventually(DrivenHost.PATIENCE, "the guest's balloon tells", () -> host.figures(STANDING, DrivenHost.PATIENCE).values().containsKey("memory.unused"));
        eventually(DrivenHost.PATIENCE, "memory written was sampled", () -> host.figures(STANDING, DrivenHost.PATIENCE).values().containsKey("dirtied"));
        assertThat(host.inside(STANDING)).as("no agent").isEmpty();
    }

    @Test
    @Order(3)
    void aGuestPausesAndIsSavedAndGoesOnWhereItWas() {
        host.pause(driven.order(STANDING));
        assertThat(driven.state(STANDING)).isEqualTo(GuestState.PAUSED);
        host.unpause(driven.order(STANDING));
        long before = driven.uptime(STANDING);
        host.save(driven.order(STANDING));
        assertThat(driven.state(STANDING)).isEqualTo(GuestState.SAVED);
        host.restore(driven.order(STANDING), standing);
        assertThat(driven.uptime(STANDING)).isGreaterThanOrEqualTo(before);
        assertThat(states(STANDING)).containsSubsequence("RUNNING", "PAUSED", "RUNNING", "SAVED", "RUNNING");
    }

    /** What was told of its state, without repetitions. */
    private static List<String> states(VeeId vee) {
        var all = new ArrayList<String>();
        driven.heard.stream().filter(line -> line.startsWith(vee + " ") && !line.contains(" says ")).map(line -> line.substring(vee.toString().length() + 1))
                .filter(state -> all.isEmpty() || !all.getLast().equals(state)).forEach(all::add);
        return all;
    }

    @Test
    @Order(4)
    void aRunningGuestGoesBackToItsSnapshot() {
        inside("echo old > /tmp/age");
        host.snapshot(driven.order(STANDING), standing, whole(SnapshotWork.Verb.TAKE));
        inside("echo new > /tmp/age");
        host.snapshot(driven.order(STANDING), standing, whole(SnapshotWork.Verb.REVERT));
        assertThat(inside("cat /tmp/age")).isEqualTo("old");
        assertFails(Kind.UNSUPPORTED, () -> host.snapshot(driven.order(STANDING), standing, one(SnapshotWork.Verb.TAKE)));
        host.snapshot(driven.order(STANDING), standing, whole(SnapshotWork.Verb.DELETE));
        assertFails(Kind.REFUSED, () -> host.snapshot(driven.order(STANDING), standing, whole(SnapshotWork.Verb.REVERT)));
    }

    private static SnapshotWork whole(SnapshotWork.Verb verb) {
        return new SnapshotWork(verb, "kept", OptionalInt.empty());
    }

    private static SnapshotWork one(SnapshotWork.Verb verb) {
        return new SnapshotWork(verb, "kept", OptionalInt.of(0));
    }

    @Test
    @Order(5)
    void aDisksSnapshotIsTakenGoneBackToAndDeletedWhileTheGuestIsOff() {
        host.prepare(driven.order(STILL), driven.guest(STILL));
        assertThat(POOL.resolve("%s-%s-disk-0.qcow2".formatted(SITE, STILL)).toFile().length()).as("bytes of a clone of %,d", driven.image.length()).isLessThan(1 << 20)
                .isLessThan(driven.image.length() / 10);
        try {
            for (var verb : SnapshotWork.Verb.values()) {
                host.snapshot(driven.order(STILL), driven.guest(STILL), one(verb));
                assertThat(snapshotsInDisk().contains("kept-disk-0")).isEqualTo(verb != SnapshotWork.Verb.DELETE);
            }
        } finally {
            host.erase(driven.order(STILL));
        }
    }

    private static String snapshotsInDisk() {
        return Command.of(DrivenHost.PATIENCE, "qemu-img", "snapshot", "-l", POOL.resolve("%s-%s-disk-0.qcow2".formatted(SITE, STILL)).toString()).output();
    }

    @Test
    @Order(6)
    void aRunningGuestIsChangedAndSeesIt() {
var nic = new Nic(0, NETWORK.id(), "02:00:00:00:77:01", List.of(), List.of(), false, Optional.empty());
        var changed = DrivenHost.with(standing, 2, DataSize.mebibytes(112), List.of(standing.disk(0), blank(32)), List.of(nic));
        host.resize(driven.order(STANDING), changed);
        host.attachDisk(driven.order(STANDING), changed, 1);
        host.attachDisk(driven.order(STANDING), changed, 1);
        host.attachNic(driven.order(STANDING), changed, 0);
        eventually(DrivenHost.PATIENCE, "the new disk is seen", () -> inside("cat /sys/block/vdb/size").equals("65536"));
        eventually(DrivenHost.PATIENCE, "the new NIC is seen", () -> inside("cat /sys/class/net/eth0/address").equals("02:00:00:00:77:01"));
        inside("ip link set eth0 up; udhcpc -i eth0 -n -q -t 5 -T 1 >/dev/null 2>&1");
        assertThat(host.reading().guests()).singleElement().satisfies(guest -> assertThat(guest.sent()).as("questions for an address").isGreaterThan(1000)
                .as("nobody answers").isGreaterThan(guest.received()));
        eventually(DrivenHost.PATIENCE, "the new processor is seen", () -> inside("ls -d /sys/devices/system/cpu/cpu1").endsWith("cpu1"));
        var larger = DrivenHost.withDisks(changed, List.of(standing.disk(0), blank(48)));
        host.resizeDisk(driven.order(STANDING), larger, 1);
        eventually(DrivenHost.PATIENCE, "the disk has grown", () -> inside("cat /sys/block/vdb/size").equals("98304"));
        host.detachDisk(driven.order(STANDING), larger, 1);
        host.detachNic(driven.order(STANDING), DrivenHost.withDisks(larger, standing.disks()), 0);
        assertThat(inside("ls /sys/block /sys/class/net")).doesNotContain("vdb", "eth0").contains("vda");
        assertThat(POOL.resolve("%s-%s-disk-1.qcow2".formatted(SITE, STANDING))).doesNotExist();
        assertThat(virsh(URI, "dumpxml", "--inactive", domain(STANDING))).doesNotContain("vdb", "ua-nic-0").contains("<vcpu placement='static'>2<");
    }

    private static Disk blank(int mebibytes) {
        return new Disk(1, new Disk.Content.Blank(), DataSize.mebibytes(mebibytes), Disk.Bus.VIRTIO, false, Optional.empty());
    }

    private static String inside(String command) {
        return driven.type(STANDING, command);
    }

    @Test
    @Order(7)
    void aRunningGuestsDiskIsSavedAsAnImageFromWhichAnotherGuestReads() {
        var source = DrivenHost.withDisks(standing, List.of(standing.disk(0), blank(16)));
        host.attachDisk(driven.order(STANDING), source, 1);
        eventually(DrivenHost.PATIENCE, "the disk is seen", () -> inside("cat /sys/block/vdb/size").equals("32768"));
        inside("echo written by a guest > /dev/vdb; sync");
        var saved = folder.resolve("saved.qcow2");
        host.exportDisk(driven.order(STANDING), source, 1, true, () -> Files.newOutputStream(saved), Progress.UNHEARD);
        assertFails(Kind.UNSUPPORTED, () -> host.exportDisk(driven.order(STANDING), source, 1, false, () -> Files.newOutputStream(saved), Progress.UNHEARD));
        host.detachDisk(driven.order(STANDING), source, 1);
        var image = driven.bring(saved);
        var reader = DrivenHost.withDisks(standing, List.of(standing.disk(0), DrivenHost.clone(1, image)));
        host.attachDisk(driven.order(STANDING), reader, 1);
        eventually(DrivenHost.PATIENCE, "the clone is seen", () -> inside("head -c 18 /dev/vdb").equals("written by a guest"));
        assertThat(host.dropImage(image.digest())).isFalse();
        host.reboot(driven.order(STANDING), true);
        host.detachDisk(driven.order(STANDING), reader, 1); // before it has booted: it does not hear that, and must be asked again
        assertThat(host.dropImage(image.digest())).isTrue();
        eventually(DrivenHost.PATIENCE, "it has booted without the disk", () -> !inside("ls /sys/block").contains("vdb"));
    }

    @Test
    @Order(8)
    void aGuestRebootsAndObeysThePowerButton() {
        host.reboot(driven.order(STANDING), true);
        driven.awaitLine(STANDING + " says READY");
        host.shutdown(driven.order(STANDING), false);
        assertThat(driven.state(STANDING)).isEqualTo(GuestState.SHUT_OFF);
    }

    /** What undeploy and deploy do: the difference is kept elsewhere and comes back under a new guest. */
    @Test
    @Order(9)
    void whatADiskHoldsBeyondItsImageIsKeptAndComesBack() throws IOException {
        var kept = folder.resolve("kept.qcow2");
        host.exportDisk(driven.order(STANDING), standing, 0, false, () -> Files.newOutputStream(kept), Progress.UNHEARD);
        assertThat(Command.of(DrivenHost.PATIENCE, "qemu-img", "info", kept.toString()).output()).contains("backing file: " + POOL + "/image-");
        host.erase(driven.order(STANDING));
        host.prepare(driven.order(STANDING), standing);
        host.importDisk(driven.order(STANDING), standing, 0, DrivenHost.source(kept), Progress.UNHEARD);
        host.start(driven.order(STANDING), standing);
        driven.awaitLine(STANDING + " says READY");
    }

    @Test
    @Order(10)
    void whatHappensBehindOurBackIsHeard() {
        int from = driven.heard.size();
        virsh(URI, "suspend", domain(STANDING));
        virsh(URI, "resume", domain(STANDING));
        var pid = Command.of(DrivenHost.PATIENCE, "cat", "/run/libvirt/qemu/%s.pid".formatted(domain(STANDING))).output();
        Command.of(DrivenHost.PATIENCE, "kill", "-9", pid).output();
        eventually(DrivenHost.PATIENCE, "the crash is told", () -> driven.heard.subList(from, driven.heard.size()).contains(STANDING + " CRASHED"));
        assertThat(driven.heard.subList(from, driven.heard.size()).stream().filter(line -> !line.contains(" says ")))
                .containsExactly(STANDING + " PAUSED", STANDING + " RUNNING", STANDING + " CRASHED");
        assertThat(driven.state(STANDING)).isEqualTo(GuestState.CRASHED);
        assertFails(Kind.NO_SUCH_GUEST, () -> host.pause(driven.order(STILL)));
    }

    @Test
    @Order(11)
    void nothingOfAnErasedGuestRemains() throws IOException {
        host.erase(driven.order(STANDING));
        host.erase(driven.order(STANDING));
        assertThat(states(STANDING)).endsWith("gone");
        assertThat(virsh(URI, "list", "--all", "--name")).doesNotContain("reservoir-" + SITE + "-");
        assertThat(virsh(URI, "nwfilter-list")).doesNotContain("reservoir-" + SITE + "-");
        try (var files = Files.list(POOL)) {
            assertThat(files.map(file -> file.getFileName().toString())).as("images, and the host's own sign").allMatch(file -> file.startsWith("image-") || file.startsWith("host-"));
        }
        assertThat(Path.of("/var/lib/libvirt/qemu/save/%s.save".formatted(domain(STANDING)))).doesNotExist();
    }

    private static String domain(VeeId vee) {
        return "reservoir-%s-%s".formatted(SITE, vee);
    }

    private static void assertFails(Kind kind, Runnable order) {
        assertThatThrownBy(order::run).isInstanceOfSatisfying(HostFailure.class, failure -> assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(kind));
    }
}
