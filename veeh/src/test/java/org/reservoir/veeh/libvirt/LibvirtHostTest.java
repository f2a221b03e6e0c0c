package org.reservoir.veeh.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.reservoir.interfaces.vhi.*;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.interfaces.vhi.HostNetwork.Entry;
import org.reservoir.interfaces.vhi.HostNetwork.Reach;
import org.reservoir.interfaces.vhi.HostNetwork.Subnet;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.VeeId;
import org.reservoir.libvirtrpc.Domain;
import org.reservoir.libvirtrpc.DomainEvent;
import org.reservoir.libvirtrpc.Flags;
import org.reservoir.libvirtrpc.LibvirtError;
import org.reservoir.libvirtrpc.LibvirtFailure;
import org.reservoir.veeh.Heard;

/** What the host does with libvirtd's answers and silences; a libvirtd in memory plays its part. */
class LibvirtHostTest {
    private static final VeeId VEE = new VeeId(7);
    private static final byte[] BYTES = new byte[70 << 20];
    private static final ImageFile IMAGE = imageOf(BYTES);

    private final FakeLibvirtd here = new FakeLibvirtd();
    private final FakeLibvirtd there = new FakeLibvirtd();
    private LibvirtHost host;
    private LibvirtHost other;

    @BeforeEach
    void open() {
        host = open(here, "qemu+tcp://here/system");
        other = open(there, "qemu+tcp://there/system");
        cache(here);
        cache(there);
    }

    @AfterEach
    void close() {
        host.close();
        other.close();
    }

    @Test
    void aGuestLivesAndLeavesNothingBehind() {
        host.prepare(order(1), guest());
        assertThat(here.volumes.keySet()).contains("lab-vee-7-disk-0.qcow2", "lab-vee-7-seed.iso");
        host.start(order(2), guest());
        host.pause(order(3));
        host.unpause(order(4));
        host.save(order(5));
        assertThat(host.census().ours()).containsExactly(new Census.Sighting(VEE, 5, GuestState.SAVED));
        host.restore(order(6), guest());
        host.shutdown(order(7), false);
        assertThat(host.census().ours()).containsExactly(new Census.Sighting(VEE, 7, GuestState.SHUT_OFF));
        host.erase(order(8));
        assertNothingOf(here);
    }

    @Test
    void whatWasPreparedIsDefinedOnceUnlessItBecomesAnother() {
        host.prepare(order(1), guest());
        host.start(order(1), guest());
        assertThat(definitions()).isEqualTo(1);
        host.shutdown(order(1), true);
        host.start(order(1), guest());
        assertThat(definitions()).as("it may have been changed since").isEqualTo(2);
        host.shutdown(order(2), true);
        host.prepare(order(2), guest());
        host.start(order(2), sized(2));
        assertThat(definitions()).isEqualTo(4);
        assertThat(here.domains.values()).singleElement().satisfies(domain -> assertThat(domain.xml).contains("current=\"2\""));
        host.erase(order(3));
        assertNothingOf(here);
    }

    private long definitions() {
        return here.calls.stream().filter("define"::equals).count();
    }

    @Test
    void whereverTheConnectionBreaksTheSameOrderEndsTheSame() {
        List<Consumer<LibvirtHost>> life = List.of(h -> h.prepare(order(1), guest()), h -> h.start(order(2), guest()), h -> h.save(order(3)),
                h -> h.restore(order(4), guest()), h -> h.shutdown(order(5), true), h -> h.erase(order(6)));
        for (int broken = 0; broken < life.size(); broken++) {
            for (int after = 0; after < 30; after++) {
                for (int step = 0; step < life.size(); step++) {
                    if (step == broken) {
                        breakOnce(after, life.get(step));
                    }
                    life.get(step).accept(host);
                }
                assertNothingOf(here);
                host.close();
                host = open(here, "qemu+tcp://here/system");
            }
        }
    }

    @Test
    void aMoveThatBreaksAnywhereEndsAtTheDestinationAndNeverRunsTwice() {
        for (boolean running : new boolean[] {true, false}) {
            for (int after = 0; after < 40; after++) {
                var order = order(after + 100);
                host.prepare(order, guest());
                if (running) {
                    host.start(order, guest());
                } else {
                    host.shutdown(order, true);
                }
                (after % 2 == 0 ? here : there).failAfter(after / 2);
                try {
                    host.migrate(order, guest(), other, running ? Migration.LIVE : Migration.COLD, Progress.UNHEARD);
                } catch (HostFailure broken) {
                    assertThat(broken.kind()).isEqualTo(Kind.UNREACHABLE);
                    assertRunsAtMostOnce();
                }
                here.failAfter(Integer.MAX_VALUE);
                there.failAfter(Integer.MAX_VALUE);
                host.migrate(order, guest(), other, running ? Migration.LIVE : Migration.COLD, Progress.UNHEARD);
                assertNothingOf(here);
                assertThat(other.census().ours()).extracting(Census.Sighting::state).containsExactly(running ? GuestState.RUNNING : GuestState.SHUT_OFF);
                assertThat(there.volumes.keySet()).contains("lab-vee-7-disk-0.qcow2").doesNotContain("lab-vee-7-arrived");
                other.erase(order);
                assertNothingOf(there);
                host.close();
                other.close();
                host = open(here, "qemu+tcp://here/system");
                other = open(there, "qemu+tcp://there/system");
            }
        }
    }

    @Test
    void anOlderOrderIsRefused() {
        host.start(order(5), guest());
        failsAs(Kind.STALE_ORDER, () -> host.shutdown(order(4), true));
        failsAs(Kind.STALE_ORDER, () -> open(here, "qemu+tcp://again/system").pause(order(4)));
        host.erase(order(6));
        failsAs(Kind.STALE_ORDER, () -> host.start(order(5), guest()));
        assertNothingOf(here);
    }

    @Test
    void aTransferGoesOnWhereItStopped() {
        here.volumes.clear();
        here.files.clear();
        here.failAfter(5);
        failsAs(Kind.UNREACHABLE, () -> host.ensureImage(IMAGE, new Bytes(BYTES), Progress.UNHEARD));
        assertThat(host.toString()).isNotEmpty();
        here.failAfter(Integer.MAX_VALUE);
        assertThat(host.cachedImages()).isEmpty();
        here.calls.clear();
        host.ensureImage(IMAGE, new Bytes(BYTES), Progress.UNHEARD);
        assertThat(here.calls.stream().filter(call -> call.startsWith("upload")).findFirst().orElseThrow()).endsWith("at " + (32 << 20));
        assertThat(host.cachedImages()).containsExactly(IMAGE.digest());
        assertThat(here.files.get("image-%s.qcow2".formatted(IMAGE.digest()))).isEqualTo(BYTES);
    }

    @Test
    void anImageThatArrivesWrongIsThrownAway() {
        var wrong = BYTES.clone();
        wrong[5] = 1;
        var image = new ImageFile("f".repeat(64), wrong.length, DataSize.gibibytes(1), "qcow2");
        failsAs(Kind.CORRUPT, () -> host.ensureImage(image, new Bytes(wrong), Progress.UNHEARD));
        assertThat(host.cachedImages()).doesNotContain(image.digest());
        assertThat(here.volumes.keySet()).noneMatch(name -> name.contains(image.digest()));
    }

    @Test
    void aCopyOfADiskThatBrokeOffIsNoCopy() {
        host.prepare(order(1), guest());
        host.start(order(2), guest());
        here.jobsEndAs = 4;
        failsAs(Kind.NO_ROOM, () -> host.exportDisk(order(3), guest(), 0, true, ByteArrayOutputStream::new, Progress.UNHEARD));
        here.jobsEndAs = 3;
        host.exportDisk(order(3), guest(), 0, true, ByteArrayOutputStream::new, Progress.UNHEARD);
        assertThat(here.volumes.keySet()).noneMatch(name -> name.contains("-export-"));
    }

    @Test
    void anImageThatADiskNeedsStays() {
        host.prepare(order(1), guest());
        assertThat(host.dropImage(IMAGE.digest())).isFalse();
        host.erase(order(2));
        assertThat(host.dropImage(IMAGE.digest())).isTrue();
        assertThat(host.cachedImages()).isEmpty();
    }

    @Test
    void aGuestWithoutItsImageIsNotEvenDefined() {
        host.dropImage(IMAGE.digest());
        failsAs(Kind.REFUSED, () -> host.prepare(order(1), guest()));
        assertNothingOf(here);
    }

    @Test
    void aDeafGuestCostsNoMoreThanItsOrdersPatience() {
        host.start(order(1), guest());
        here.deaf = true;
        failsAs(Kind.TIMED_OUT, () -> host.shutdown(new Order(VEE, 2, Duration.ofMillis(300)), false));
        host.shutdown(order(2), true);
    }

    @Test
    void listenersHearOfGuestsAndOfTheConnection() throws InterruptedException {
        var heard = new LinkedBlockingQueue<String>();
        host.watch(new Heard(heard));
        host.start(order(1), guest());
        assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("vee-7 RUNNING");
        var domain = here.domains.values().iterator().next();
        here.tell(new DomainEvent.Lifecycle(new Domain(domain.name, domain.uuid, -1), Flags.EVENT_STOPPED, 5));
        assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("vee-7 CRASHED");
        here.breakConnections();
        assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("lost");
        failsAs(Kind.UNREACHABLE, () -> host.census());
        here.down = false;
        assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("regained");
        assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("missed");
        assertThat(host.census().ours()).hasSize(1);
    }

    /** A host that comes back half awake: the first calls after the connection is made fail, and no connection may be left behind. */
    @Test
    void aConnectionThatFailsWhileItIsTakenUpIsGivenBackAndTriedAgain() throws InterruptedException {
        var heard = new LinkedBlockingQueue<String>();
        host.watch(new Heard(heard));
        here.breakConnections();
        here.failAfter(3);
        here.down = false;
        assertThat(heard.poll(1, TimeUnit.MINUTES)).isEqualTo("lost");
        while (here.failAfter > 0) {
            Thread.sleep(5);
        }
        here.failAfter(Integer.MAX_VALUE);
        assertThat(heard.poll(1, TimeUnit.MINUTES)).isEqualTo("regained");
        assertThat(here.connections).hasSize(2);
        host.start(order(1), guest());
    }

    @Test
    void whatAGuestSaysIsHeardLineByLine() throws Exception {
        var heard = new LinkedBlockingQueue<String>();
        host.watch(new Heard(heard));
        host.start(order(1), guest());
        assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("vee-7 RUNNING");
        var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (here.voices.isEmpty() && System.nanoTime() < until) {
            Thread.sleep(5);
        }
        here.voices.getFirst().write("ready\nkpi a=1\n".getBytes());
        here.voices.getFirst().flush();
        assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("vee-7 says ready");
        assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("vee-7 says kpi a=1");
    }

    @Test
    void aRunningGuestGrowsOnlyAsFarAsItWasStartedFor() {
        host.start(order(1), guest());
        host.resize(order(2), sized(2));
        assertThat(here.calls).contains("vcpus 2");
        failsAs(Kind.UNSUPPORTED, () -> host.resize(order(3), sized(64)));
        host.shutdown(order(4), true);
        host.resize(order(5), sized(64));
    }

    @Test
    void aSnapshotOfOneDiskNeedsTheGuestShutOff() {
        host.start(order(1), guest());
        var one = new SnapshotWork(SnapshotWork.Verb.TAKE, "s", OptionalInt.of(0));
        failsAs(Kind.UNSUPPORTED, () -> host.snapshot(order(2), guest(), one));
        host.snapshot(order(2), guest(), new SnapshotWork(SnapshotWork.Verb.TAKE, "whole", OptionalInt.empty()));
        host.shutdown(order(3), true);
        host.snapshot(order(4), guest(), one);
        assertThat(here.domains.values().iterator().next().snapshots).containsExactly("whole", "s-disk-0");
    }

    @Test
    void dhcpEntriesChangeUnderRunningGuestsAndNothingElseDoes() {
        var one = new Entry("02:00:00:00:00:01", "10.0.0.2", "a");
        var two = new Entry("02:00:00:00:00:02", "10.0.0.3", "b");
        host.ensureNetwork(network(1450, one));
        here.calls.clear();
        host.ensureNetwork(network(1450, two));
        assertThat(here.calls).hasSize(2).allMatch(call -> call.startsWith("updateDhcpHost"));
        here.networks.computeIfPresent("reservoir-lab-network-3", (_, xml) -> xml.replace("<network>", "<network connections='1'>"));
        failsAs(Kind.BUSY, () -> host.ensureNetwork(network(1400, two)));
        failsAs(Kind.BUSY, () -> host.dropNetwork(new NetworkId(3)));
    }

    @Test
    void aHostWhereFiltersWouldNotHoldTakesNone() {
        var filter = new org.reservoir.interfaces.vhi.TrafficFilter(new org.reservoir.kernel.SecurityGroupId(3), "web", List.of());
        here.bridgedPacketsFiltered = Optional.of("0\n");
        failsAs(Kind.UNSUPPORTED, () -> host.ensureFilter(filter));
        here.bridgedPacketsFiltered = Optional.empty();
        host.ensureFilter(filter);
        here.bridgedPacketsFiltered = Optional.of("1\n");
        host.ensureFilter(filter);
        here.calls.clear();
        host.ensureFilter(filter);
        assertThat(here.calls).containsExactly("defineFilter");
    }

    @Test
    void aDiskThatMovesNamesTheImageOfItsNewHost() throws Exception {
        var file = ByteBuffer.allocate(70_000).putInt(0x514649fb).putInt(3).putLong(512).putInt(4).put(512, "/old".getBytes()).array();
        var moved = Qcow2.rebased(new ByteArrayInputStream(file), Optional.of("/pool/image")).readAllBytes();
        assertThat(moved).hasSize(file.length);
        assertThat(ByteBuffer.wrap(moved).getInt(16)).isEqualTo(11);
        assertThat(new String(moved, 512, 11)).isEqualTo("/pool/image");
        assertThatThrownBy(() -> Qcow2.rebased(new ByteArrayInputStream(file), Optional.empty())).hasMessageContaining("differs");
        assertThatThrownBy(() -> Qcow2.rebased(new ByteArrayInputStream(new byte[200]), Optional.empty())).hasMessageContaining("not a qcow2");
    }

    @Test
    void whatIsExportedCanBeImported() {
        host.prepare(order(1), guest());
        var out = new ByteArrayOutputStream();
        here.files.put("lab-vee-7-disk-0.qcow2", ByteBuffer.allocate(200).putInt(0x514649fb).array());
        host.exportDisk(order(2), guest(), 0, false, () -> out, Progress.UNHEARD);
        other.importDisk(order(1), guest(), 0, new Bytes(out.toByteArray()), Progress.UNHEARD);
        assertThat(Arrays.copyOf(there.files.get("lab-vee-7-disk-0.qcow2"), 200)).isEqualTo(out.toByteArray());
    }

    /** A libvirtd carries out what it was asked although the asker was killed: a filter seen to come 15 s after {@code kill -9}. */
    @Test
    void whatALateCallLeavesBehindTheEraseShowsInTheCensusUntilItIsErasedToo() {
        host.prepare(order(1), guest());
        var filter = here.filters.get("reservoir-lab-vee-7-nic-0");
        host.erase(order(2));
        assertNothingOf(here);
        here.filters.put("reservoir-lab-vee-7-nic-0", filter);
        here.volumes.put("lab-vee-8-disk-0.qcow2", "<volume><name/></volume>");
        here.volumes.put("other-vee-9-disk-0.qcow2", "<volume><name/></volume>");
        assertThat(host.census().ours()).isEmpty();
        assertThat(host.census().remains()).containsExactlyInAnyOrder(VEE, new VeeId(8));
        host.erase(order(2));
        host.erase(new Order(new VeeId(8), 1, Duration.ofSeconds(10)));
        assertThat(host.census().remains()).isEmpty();
        assertThat(here.volumes).containsKey("other-vee-9-disk-0.qcow2");
    }

    @Test
    void onStorageThatHostsShareFilesOfOtherHostsGuestsAreNobodysRemains() {
        host.close();
        host = LibvirtHost.open("qemu+tcp://here/system", new Site("lab"), Map.of("storage", "nfs"), InstantSource.fixed(Instant.EPOCH), here::dial);
        here.volumes.put("lab-vee-8-disk-0.qcow2", "<volume><name/></volume>");
        assertThat(host.census().remains()).isEmpty();
    }

    @Test
    void inAFolderThatAnotherMachineHasSignedNothingIsRemainsEither() {
        here.capabilities = here.capabilities.replace("<host>", "<host><uuid>5b1b6a3e-0000-4000-8000-000000000001</uuid>");
        host.close();
        host = LibvirtHost.open("qemu+tcp://here/system", new Site("lab"), Map.of(), InstantSource.fixed(Instant.EPOCH), here::dial);
        here.volumes.put("lab-vee-8-disk-0.qcow2", "<volume><name/></volume>");
        assertThat(host.census().remains()).containsExactly(new VeeId(8));
        host.prepare(order(1), guest());
        assertThat(here.volumes).containsKey("host-5b1b6a3e-0000-4000-8000-000000000001");
        here.volumes.put("host-5b1b6a3e-0000-4000-8000-000000000002", "<volume><name/></volume>");
        assertThat(host.census().remains()).isEmpty();
    }

    @Test
    void guestsAreToldAlsoWhenTheirFilesCannotBeListed() {
        host.start(order(1), guest());
        here.meanwhile = call -> {
            if (call.equals("volumes")) {
                throw new HostFailure(Kind.REFUSED, "storage pool 'reservoir' is not active");
            }
        };
        assertThat(host.census().ours()).containsExactly(new Census.Sighting(VEE, 1, GuestState.RUNNING));
        here.meanwhile = _ -> {};
        host.erase(order(2));
    }

    /** Two are at it when a server was killed in the middle of it: what it had asked for last is still under way. */
    @Test
    void aGuestThatGoesWhileItIsErasedIsErasedToTheLastFilter() {
        for (var moment : List.of("metadata", "destroy", "volumes", "undefine")) {
            host.prepare(order(1), guest());
            host.start(order(1), guest());
            here.meanwhile = call -> {
                if (call.equals(moment)) {
                    here.domains.clear();
                }
            };
            host.erase(order(2));
            assertNothingOf(here);
            here.meanwhile = _ -> {};
            host.close();
            host = open(here, "qemu+tcp://here/system");
        }
    }

    @Test
    void whatARunningGuestDoesNotLetGoOfStaysWhole() {
        host.prepare(order(1), guest());
        host.start(order(1), guest());
        here.clinging = true;
        failsAs(Kind.KEPT_BY_GUEST, () -> host.detachDisk(impatient(2), guest(), 0));
        failsAs(Kind.KEPT_BY_GUEST, () -> host.detachNic(impatient(3), guest(), 0));
        assertThat(here.volumes).containsKey("lab-vee-7-disk-0.qcow2");
        assertThat(here.filters).containsKey("reservoir-lab-vee-7-nic-0");
        assertThat(domain().xml).contains("ua-disk-0", "ua-nic-0");
        here.clinging = false;
        host.detachDisk(impatient(4), guest(), 0);
        host.detachNic(impatient(5), guest(), 0);
        assertThat(here.volumes).doesNotContainKey("lab-vee-7-disk-0.qcow2");
        assertThat(here.filters).isEmpty();
        host.erase(order(6));
    }

    /** Each call waits its turn at a pool that is busy with other guests' files. */
    @Test
    void ofAnImageThatIsThereAndFilesThatAreNotNothingIsAskedTwice() {
        host.ensureImage(IMAGE, new Bytes(BYTES), Progress.UNHEARD);
        host.prepare(order(1), guest());
        assertThat(here.calls.stream().filter("volume"::equals)).as("is the image there").hasSize(1);
        host.prepare(order(1), guest());
        assertThat(here.volumes.keySet().stream().filter(file -> file.contains("-vee-"))).containsExactly("lab-vee-7-disk-0.qcow2", "lab-vee-7-seed.iso");
        host.erase(order(2));
        assertThat(host.dropImage(IMAGE.digest())).isTrue();
        failsAs(Kind.REFUSED, () -> host.prepare(order(3), guest()));
        host.erase(order(4));
    }

    @Test
    void aGuestThatIsOffIsNotAskedForItsDisk() {
        host.prepare(order(1), guest());
        here.clinging = true;
        host.detachDisk(impatient(2), guest(), 0);
        assertThat(here.calls).doesNotContain("detachDevice");
        assertThat(domain().xml).doesNotContain("ua-disk-0");
        host.erase(order(3));
    }

    private FakeLibvirtd.Kept domain() {
        return here.domains.values().iterator().next();
    }

    private static Order impatient(long generation) {
        return new Order(VEE, generation, Duration.ofMillis(150));
    }

    @Test
    void overlayScriptsHoldNothingButAddresses() {
        var overlay = new HostNetwork.Overlay(42, "10.9.0.1", List.of("10.9.0.2", "10.9.0.3"));
        assertThat(Overlay.up(network(1450), overlay, "02:00:00:00:00:01")).contains("ip link add vxv3 type vxlan id 42 local 10.9.0.1", "wanted=\" 10.9.0.2 10.9.0.3 \"",
                "arp daddr ip 10.0.0.1 drop");
        failsAs(Kind.REFUSED, () -> Overlay.up(network(1450), new HostNetwork.Overlay(42, "10.9.0.1", List.of("x; rm -rf /")), "02:00:00:00:00:01"));
        failsAs(Kind.UNSUPPORTED, () -> host.ensureNetwork(new HostNetwork(new NetworkId(3), "n", "rsv3", 1450, Reach.ISOLATED, List.of(), false, List.of(),
                Optional.of(overlay))));
    }

    /** Whatever libvirt says no to, and however the connection ends, the VEEM hears of it in VHI's words alone. */
    @Test
    void everyFailureOfLibvirtIsToldInOurWords() {
        record Row(LibvirtFailure failure, Kind kind) {}
        for (var row : List.of(new Row(new LibvirtFailure.BadAddress("x"), Kind.REFUSED), new Row(new LibvirtFailure.Unreachable("x", null), Kind.UNREACHABLE),
                new Row(new LibvirtFailure.ConnectionLost("x"), Kind.UNREACHABLE), new Row(new LibvirtFailure.CallTimedOut("x"), Kind.TIMED_OUT),
                new Row(new LibvirtError(LibvirtError.NO_DOMAIN, 10, "x"), Kind.NO_SUCH_GUEST), new Row(new LibvirtError(LibvirtError.NO_SUPPORT, 10, "x"), Kind.UNSUPPORTED),
                new Row(new LibvirtError(LibvirtError.RESOURCE_BUSY, 10, "x"), Kind.BUSY), new Row(new LibvirtError(38, 10, "x"), Kind.REFUSED),
                new Row(new LibvirtError(38, 10, "cannot write: No space left on device"), Kind.NO_ROOM))) {
            assertThat(Failures.told(row.failure)).satisfies(told -> {
                assertThat(told.kind()).as(row.toString()).isEqualTo(row.kind);
                assertThat(told).hasMessage(row.failure.getMessage()).hasCause(row.failure);
            });
        }
    }

    // ---- words

    private static LibvirtHost open(FakeLibvirtd libvirtd, String uri) {
        return LibvirtHost.open(uri, new Site("lab"), Map.of(), InstantSource.fixed(Instant.EPOCH), libvirtd::dial);
    }

    private static void cache(FakeLibvirtd libvirtd) {
        for (var file : List.of("image-%s.qcow2", "image-%s.ready")) {
            libvirtd.volumes.put(file.formatted(IMAGE.digest()), "<volume><name/></volume>");
            libvirtd.files.put(file.formatted(IMAGE.digest()), BYTES);
        }
    }

    private void breakOnce(int after, Consumer<LibvirtHost> step) {
        here.failAfter(after);
        try {
            step.accept(host);
        } catch (HostFailure broken) {
            assertThat(broken.kind()).isEqualTo(Kind.UNREACHABLE);
        }
        here.failAfter(Integer.MAX_VALUE);
    }

    private void assertRunsAtMostOnce() {
        var running = List.of(here, there).stream().flatMap(each -> each.domains.values().stream())
                .filter(domain -> domain.state == Flags.STATE_RUNNING).count();
        assertThat(running).isLessThanOrEqualTo(1);
    }

    private static void assertNothingOf(FakeLibvirtd libvirtd) {
        assertThat(libvirtd.domains).isEmpty();
        assertThat(libvirtd.volumes.keySet()).allMatch(name -> name.startsWith("image-"));
        assertThat(libvirtd.filters).isEmpty();
    }

    private static void failsAs(Kind kind, Runnable act) {
        assertThatThrownBy(act::run).isInstanceOfSatisfying(HostFailure.class, failure -> assertThat(failure.kind()).isEqualTo(kind));
    }

    private static Order order(long generation) {
        return new Order(VEE, generation, Duration.ofSeconds(10));
    }

    private static HostNetwork network(int mtu, Entry... entries) {
        return new HostNetwork(new NetworkId(3), "net", "rsv3", mtu, Reach.NAT, List.of(new Subnet("10.0.0.0/24", Optional.of("10.0.0.1"))), true,
                List.of(entries), Optional.empty());
    }

    private static Guest guest() {
        return sized(1);
    }

    private static Guest sized(int vcpus) {
        var disk = new Disk(0, new Disk.Content.CloneOf(IMAGE), DataSize.bytes(1000), Disk.Bus.VIRTIO, false, Optional.empty());
        var nic = new Nic(0, new NetworkId(3), "02:00:00:00:00:07", List.of("10.0.0.7"), List.of(), true, Optional.empty());
        return new Guest(VEE, "web", vcpus, Math.max(4, vcpus), Cpus.of(1), DataSize.mebibytes(128), DataSize.mebibytes(256), new Guest.Boot.FromDisk(),
                List.of(disk), List.of(nic), Map.of("user-data", new byte[1]), false);
    }

    private static ImageFile imageOf(byte[] bytes) {
        try {
            return new ImageFile(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)), bytes.length, DataSize.gibibytes(1), "qcow2");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private record Bytes(byte[] bytes) implements ByteSource {
        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public InputStream openAt(long offset) {
            return new ByteArrayInputStream(bytes, (int) offset, bytes.length - (int) offset);
        }
    }
}
