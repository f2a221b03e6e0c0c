package org.reservoir.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.reservoir.testbed.Guest.eventually;
import static org.reservoir.testbed.Guest.virsh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Migration;
import org.reservoir.interfaces.vhi.Progress;
import org.reservoir.kernel.VeeId;

/**
 * A guest moves between two hosts that share no storage, running, saved and shut off, and of its disks only what it wrote itself travels.
 * One guest is moved to and fro: booting is what takes time.
 */
@Tag("real")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MoveTest {
    private static final VeeId VEE = new VeeId(1);
    private static final AtomicLong GENERATIONS = new AtomicLong();
    private static final int DATA = 256 << 20;
    @TempDir
    static Path folder;
    private static LibvirtHosts hosts;
    private static DrivenHost one;
    private static DrivenHost two;
    private static Guest guest;
    private static long sent;

    @BeforeAll
    static void bootAGuestWithALargeImage() throws IOException {
        hosts = LibvirtHosts.up(2);
        one = DrivenHost.open(hosts.host(1).uri(), "move", Map.of(), GuestImage.build().disk(), GENERATIONS);
        two = DrivenHost.open(hosts.host(2).uri(), "move", Map.of(), GuestImage.build().disk(), GENERATIONS);
        var data = one.bring(dataImage());
        two.bring(folder.resolve("data.qcow2"));
        guest = one.guest(VEE);
        guest = DrivenHost.withDisks(guest, List.of(guest.disk(0), DrivenHost.clone(1, data)));
        one.boot(guest);
        one.type(VEE, "echo mine > /dev/vdb; sync");
    }

    /** Bytes that nothing can make smaller. */
    private static Path dataImage() throws IOException {
        var bytes = new byte[DATA];
        new Random(7).nextBytes(bytes);
        Files.write(folder.resolve("data.raw"), bytes);
        var image = folder.resolve("data.qcow2");
        Command.of(DrivenHost.PATIENCE, "qemu-img", "convert", "-O", "qcow2", folder.resolve("data.raw").toString(), image.toString()).output();
        return image;
    }

    @AfterAll
    static void close() {
        try {
            Stream.of(one, two).filter(Objects::nonNull).forEach(each -> each.host.close());
        } finally {
            hosts.close();
        }
    }

    @Test
    @Order(1)
    void aRunningGuestMovesAndGoesOnWhereItWas() {
        long before = one.uptime(VEE);
        sent = sentBy(hosts.host(1), () -> one.host.migrate(one.order(VEE), guest, two.host, Migration.LIVE, Progress.UNHEARD));
        assertIsAt(two, one, GuestState.RUNNING);
        assertThat(two.uptime(VEE)).isGreaterThanOrEqualTo(before);
        assertThat(two.type(VEE, "head -c 4 /dev/vdb")).isEqualTo("mine");
    }

    @Test
    @Order(2)
    void aSavedGuestMovesAndGoesOnWhereItWas() {
        long before = two.uptime(VEE);
        two.host.save(two.order(VEE));
        two.host.migrate(two.order(VEE), guest, one.host, Migration.COLD, Progress.UNHEARD);
        assertIsAt(one, two, GuestState.SAVED);
        one.host.restore(one.order(VEE), guest);
        assertThat(one.uptime(VEE)).isGreaterThanOrEqualTo(before);
    }

    @Test
    @Order(3)
    void aGuestThatIsOffMovesAndOnlyWhatItWroteTravels() {
        one.host.shutdown(one.order(VEE), true);
        long off = sentBy(hosts.host(1), () -> one.host.migrate(one.order(VEE), guest, two.host, Migration.COLD, Progress.UNHEARD));
        assertIsAt(two, one, GuestState.SHUT_OFF);
        assertThat(off).as("bytes sent, of %,d in its images", DATA).isLessThan(DATA / 4);
        two.host.start(two.order(VEE), guest);
        two.awaitLine(VEE + " says READY");
        assertThat(two.type(VEE, "head -c 4 /dev/vdb")).isEqualTo("mine");
    }

    /** QEMU takes out what it asked for when the guest is reset, whoever has given up on it. */
    @Test
    @Order(4)
    void aGuestThatDidNotLetGoOfItsDiskHasItAgainWhenItMovesAfterItsReset() {
        two.host.pause(two.order(VEE));
        var brief = new org.reservoir.interfaces.vhi.Order(VEE, two.order(VEE).generation(), Duration.ofSeconds(12)); // libvirt itself waits five seconds for the guest
        assertThatThrownBy(() -> two.host.detachDisk(brief, guest, 1)).isInstanceOfSatisfying(HostFailure.class,
                failure -> assertThat(failure.kind()).isEqualTo(HostFailure.Kind.KEPT_BY_GUEST));
        two.host.reboot(two.order(VEE), true);
        two.host.unpause(two.order(VEE));
        two.awaitLine(VEE + " says READY");
        two.host.migrate(two.order(VEE), guest, one.host, Migration.LIVE, Progress.UNHEARD);
        eventually(DrivenHost.PATIENCE, "the disk is seen again", () -> one.type(VEE, "head -c 4 /dev/vdb").equals("mine"));
        one.host.migrate(one.order(VEE), guest, two.host, Migration.LIVE, Progress.UNHEARD);
        assertIsAt(two, one, GuestState.RUNNING);
    }

    @Test
    @Order(5)
    void aMoveThatCannotBeLeavesTheGuestWhereItIs() {
        hosts.host(1).run("sh", "-c", "mv /var/lib/libvirt/reservoir /var/lib/libvirt/away");
        try {
            assertThatThrownBy(() -> two.host.migrate(two.order(VEE), guest, one.host, Migration.LIVE, Progress.UNHEARD)).isInstanceOf(HostFailure.class);
        } finally {
            hosts.host(1).run("sh", "-c", "rm -rf /var/lib/libvirt/reservoir; mv /var/lib/libvirt/away /var/lib/libvirt/reservoir");
        }
        assertThat(two.state(VEE)).isEqualTo(GuestState.RUNNING);
        long before = two.uptime(VEE);
        two.host.migrate(two.order(VEE), guest, one.host, Migration.LIVE, Progress.UNHEARD);
        assertIsAt(one, two, GuestState.RUNNING);
        assertThat(one.uptime(VEE)).isGreaterThanOrEqualTo(before);
    }

    /** No more than a host going silent: the other's orders are carried out meanwhile. */
    @Test
    @Order(6)
    void aHungLibvirtdHoldsUpNobodyAndIsFoundAgain() {
        int from = two.heard.size();
        hosts.host(2).hang();
        try {
            one.host.pause(one.order(VEE));
            one.host.unpause(one.order(VEE));
            eventually(DrivenHost.PATIENCE, "the hung host is given up", () -> since(two, from).contains("lost"));
            assertThatThrownBy(() -> two.host.census()).isInstanceOfSatisfying(HostFailure.class,
                    failure -> assertThat(failure.kind()).isEqualTo(HostFailure.Kind.UNREACHABLE));
        } finally {
            hosts.host(2).resume();
        }
        eventually(DrivenHost.PATIENCE, "it is found again", () -> since(two, from).containsAll(List.of("regained", "missed")));
        assertThat(two.host.census().ours()).isEmpty();
    }

    private static List<String> since(DrivenHost driven, int from) {
        return driven.heard.subList(from, driven.heard.size());
    }

    /** The same guest moved by libvirt's own client, which copies its disks whole and knows nothing of its seed. */
    @Test
    @Order(7)
    void whatABaseImageHoldsDoesNotTravel() throws IOException {
        Files.copy(kept(hosts.host(1), "seed.iso"), kept(hosts.host(2), "seed.iso"));
        virsh(hosts.host(2), "pool-refresh", "reservoir");
        long libvirts = sentBy(hosts.host(1), () -> virsh(hosts.host(1), "migrate", "--live", "--persistent", "--undefinesource", "--copy-storage-all",
                "reservoir-move-" + VEE, hosts.host(2).uri()));
        assertThat(two.state(VEE)).isEqualTo(GuestState.RUNNING);
        assertThat(sent).as("bytes sent by us, against %,d by virsh migrate --copy-storage-all", libvirts).isPositive().isLessThan(libvirts * 3 / 10);
    }

    @Test
    @Order(8)
    void aLibvirtdThatIsKilledAndStartedAgainFindsItsGuestAndIsObeyedAgain() {
        int from = two.heard.size();
        hosts.host(2).restart();
        eventually(DrivenHost.PATIENCE, "it is found again", () -> since(two, from).containsAll(List.of("lost", "regained", "missed")));
        assertThat(two.state(VEE)).isEqualTo(GuestState.RUNNING);
        two.uptime(VEE);
        two.host.erase(two.order(VEE));
        assertThat(two.host.census().ours()).isEmpty();
    }

    private static Path kept(TestHost host, String file) {
        return host.directory().resolve("lib/reservoir/move-%s-%s".formatted(VEE, file));
    }

    private static void assertIsAt(DrivenHost there, DrivenHost notHere, GuestState state) {
        assertThat(there.state(VEE)).isEqualTo(state);
        assertThat(notHere.host.census().ours()).isEmpty();
        assertThat(virsh(notHere.uri, "vol-list", "reservoir")).doesNotContain("move-" + VEE);
    }

    /** Bytes that leave the host over its only cable meanwhile. */
    private static long sentBy(TestHost host, Runnable work) {
        long before = counted(host);
        work.run();
        return counted(host) - before;
    }

    private static long counted(TestHost host) {
        return Long.parseLong(host.run("sh", "-c", "sed -n 's/^ *eth0: *//p' /proc/net/dev").split(" +")[8]);
    }
}
