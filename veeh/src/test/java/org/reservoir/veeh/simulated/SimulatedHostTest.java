package org.reservoir.veeh.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.interfaces.vhi.*;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.kernel.Capacity;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.NetworkId;
import org.reservoir.kernel.VeeId;
import org.reservoir.veeh.Heard;

class SimulatedHostTest {
    private static final VeeId VEE = new VeeId(7);
    private static final ImageFile IMAGE = new ImageFile("a".repeat(64), 1 << 20, DataSize.gibibytes(1), "qcow2");
    private static final NetworkId NET = new NetworkId(3);

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Faults.Script script = Faults.script();
    private final SimulatedWorld world = new SimulatedWorld(() -> now, Runnable::run).faults(script);
    private final List<String> heard = new ArrayList<>();
    private VeeHost host;
    private VeeHost other;

    @BeforeEach
    void connect() {
        host = open("sim://a?cpus=4&memory=1GiB&disk=10GiB");
        other = open("sim://b?memory=1GiB");
        host.watch(new Heard(heard));
        for (var each : List.of(host, other)) {
            each.ensureNetwork(network());
            each.ensureImage(IMAGE, new Bytes(new byte[1]), Progress.UNHEARD);
        }
    }

    @Test
    void tellsWhatItsAddressSays() {
        var facts = host.facts();
        assertThat(facts.capacity()).isEqualTo(new Capacity(Cpus.of(4), DataSize.gibibytes(1), DataSize.gibibytes(10)));
        assertThat(facts.acceleration()).isEqualTo(HostFacts.Acceleration.NONE);
    }

    @Test
    void refusesAnAddressThatMakesNoSense() {
        assertThatThrownBy(() -> open("sim://?cpus=1")).isInstanceOf(HostFailure.class).hasMessageContaining("names no machine");
        assertThatThrownBy(() -> open("sim://x?cpus=many")).isInstanceOf(HostFailure.class);
        assertThatThrownBy(() -> open("sim://x?memory=lots")).isInstanceOf(HostFailure.class).hasMessageContaining("lots");
    }

    @Test
    void machinesKeptInAFolderAreInTheNextProcessAsTheyWereInTheLast(@TempDir Path folder) throws IOException {
        var first = new SimulatedWorld(() -> now, Runnable::run).keptIn(folder);
        host = open(first, "sim://../a?memory=1GiB");
        other = open(first, "sim://b?memory=1GiB");
        for (var each : List.of(host, other)) {
            each.ensureNetwork(network());
            each.ensureImage(IMAGE, new Bytes(new byte[1]), Progress.UNHEARD);
        }
        host.start(order(1), guest());
        host.snapshot(order(2), guest(), new SnapshotWork(SnapshotWork.Verb.TAKE, "s", OptionalInt.empty()));
        host.migrate(order(3), guest(), other, Migration.LIVE, Progress.UNHEARD);
        now = now.plus(Duration.ofHours(1));
        long ran = other.reading().guests().getFirst().cpuTime();
        var second = new SimulatedWorld(() -> now, Runnable::run).keptIn(folder);
        host = open(second, "sim://../a?memory=1GiB");
        other = open(second, "sim://b?memory=1GiB");
        assertThat(host.census().ours()).isEmpty();
        assertThat(other.census().ours()).containsExactly(new Census.Sighting(VEE, 3, GuestState.RUNNING));
        assertThat(second.audit(Set.of(VEE))).isEmpty();
        assertThat(second.machine("b").guest(VEE)).isEqualTo(first.machine("b").guest(VEE));
        assertThat(second.machine("b").contentOf(VEE, 0)).isEqualTo(first.machine("b").contentOf(VEE, 0));
        assertThat(second.machine("b").snapshotsOf(VEE)).containsExactly("s");
        assertThat(other.reading().guests().getFirst().cpuTime()).as("it ran on meanwhile").isEqualTo(ran).isPositive();
        assertThatThrownBy(() -> other.shutdown(order(2), true)).isInstanceOfSatisfying(HostFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.STALE_ORDER));
        other.erase(order(4));
        assertThat(open(new SimulatedWorld(() -> now, Runnable::run).keptIn(folder), "sim://b?memory=1GiB").census().ours()).isEmpty();
        try (var files = Files.list(folder)) {
            assertThat(files).as("nothing outside the folder").hasSize(2);
        }
    }

    @Test
    void aGuestLivesAndLeavesNothingBehind() {
        host.prepare(order(1), guest());
        assertThat(states()).containsExactly(GuestState.SHUT_OFF);
        host.start(order(2), guest());
        host.pause(order(3));
        host.unpause(order(4));
        host.save(order(5));
        assertThat(states()).containsExactly(GuestState.SAVED);
        host.restore(order(6), guest());
        assertThat(states()).containsExactly(GuestState.RUNNING);
        assertThat(world.audit(Set.of(VEE))).isEmpty();
        host.shutdown(order(7), false);
        host.erase(order(8));
        assertThat(world.audit(Set.of())).isEmpty();
        assertThat(heard).containsExactly("vee-7 RUNNING", "vee-7 PAUSED", "vee-7 RUNNING", "vee-7 SAVED", "vee-7 RUNNING", "vee-7 SHUT_OFF", "vee-7 gone");
    }

    @Test
    void everyOrderMayBeGivenTwice() {
        for (int twice = 0; twice < 2; twice++) {
            host.start(order(1), guest());
        }
        for (int twice = 0; twice < 2; twice++) {
            host.save(order(2));
        }
        for (int twice = 0; twice < 2; twice++) {
            host.restore(order(3), guest());
        }
        for (int twice = 0; twice < 2; twice++) {
            host.migrate(order(4), guest(), other, Migration.LIVE, Progress.UNHEARD);
        }
        for (int twice = 0; twice < 2; twice++) {
            other.erase(order(5));
        }
        assertThat(world.audit(Set.of())).isEmpty();
    }

    @Test
    void anOlderOrderIsRefusedAlsoAfterTheGuestIsErased() {
        host.start(order(5), guest());
        failsAs(Kind.STALE_ORDER, () -> host.shutdown(order(4), true));
        host.erase(order(6));
        failsAs(Kind.STALE_ORDER, () -> host.start(order(5), guest()));
        assertThat(world.audit(Set.of())).isEmpty();
    }

    @Test
    void theWorldOutlivesTheSite() {
        host.start(order(1), guest());
        host.close();
        failsAs(Kind.UNREACHABLE, () -> host.census());
        assertThat(open("sim://a").census().ours()).containsExactly(new Census.Sighting(VEE, 1, GuestState.RUNNING));
    }

    @Test
    void needsTheImageAndTheNetworkFirst() {
        var bare = open("sim://bare");
        failsAs(Kind.BUSY, () -> bare.prepare(order(1), guest()));
        bare.ensureNetwork(network());
        failsAs(Kind.REFUSED, () -> bare.prepare(order(1), guest()));
        assertThat(bare.census().ours()).isEmpty();
    }

    @Test
    void keepsAnImageThatADiskNeeds() {
        host.prepare(order(1), guest());
        assertThat(host.dropImage(IMAGE.digest())).isFalse();
        host.erase(order(2));
        assertThat(host.dropImage(IMAGE.digest())).isTrue();
        assertThat(host.cachedImages()).isEmpty();
    }

    @Test
    void runsOutOfMemory() {
        host.start(order(1), guest());
        failsAs(Kind.NO_ROOM, () -> host.start(new Order(new VeeId(8), 1, Duration.ofSeconds(1)), guest(new VeeId(8), DataSize.mebibytes(900))));
    }

    @Test
    void aMoveTakesDisksAlong() {
        host.start(order(1), guest());
        world.machine("a").writes(VEE, 0, 4711);
        host.migrate(order(2), guest(), other, Migration.LIVE, Progress.UNHEARD);
        assertThat(world.machine("b").contentOf(VEE, 0)).contains(4711L);
        assertThat(world.machine("b").stateOf(VEE)).contains(GuestState.RUNNING);
        assertThat(world.audit(Set.of(VEE))).isEmpty();
    }

    @Test
    void aBrokenMoveGoesOnWhereItStopped() {
        for (int breaks = 0; breaks < 3; breaks++) {
            var vee = new VeeId(100 + breaks);
            var order = new Order(vee, 1, Duration.ofSeconds(1));
            host.start(order, guest(vee, DataSize.mebibytes(64)));
            script.next(vee, Verb.MIGRATE, Fault.HALF_DONE);
            failsAs(Kind.UNREACHABLE, () -> host.migrate(order, guest(vee, DataSize.mebibytes(64)), other, Migration.LIVE, Progress.UNHEARD));
            host.migrate(order, guest(vee, DataSize.mebibytes(64)), other, Migration.LIVE, Progress.UNHEARD);
            assertThat(world.audit()).isEmpty();
            assertThat(world.machinesOf(vee)).containsExactly(world.machine("b"));
        }
    }

    @Test
    void aMoveGivenUpLeavesNothingAtTheDestinationOnceErasedThere() {
        world.faults(Faults.NONE).nextHalf();
        host.start(order(1), guest());
        world.nextHalf();
        world.nextHalf();
        world.faults(call -> call.verb() == Verb.MIGRATE ? Fault.HALF_DONE : Fault.NONE);
        failsAs(Kind.UNREACHABLE, () -> host.migrate(order(2), guest(), other, Migration.LIVE, Progress.UNHEARD));
        assertThat(world.audit()).singleElement().asString().contains("never ended");
        other.erase(order(2));
        assertThat(world.audit(Set.of(VEE))).isEmpty();
    }

    @Test
    void anAnswerMayBeLostBeforeOrAfterTheDeed() {
        script.next(Verb.START, Fault.TIMED_OUT_UNDONE).next(Verb.START, Fault.TIMED_OUT_DONE).next(Verb.SAVE, Fault.TIMED_OUT_LATE);
        failsAs(Kind.TIMED_OUT, () -> host.start(order(1), guest()));
        assertThat(world.machine("a").stateOf(VEE)).isEmpty();
        failsAs(Kind.TIMED_OUT, () -> host.start(order(1), guest()));
        assertThat(world.machine("a").stateOf(VEE)).contains(GuestState.RUNNING);
        failsAs(Kind.TIMED_OUT, () -> host.save(order(2)));
        assertThat(world.machine("a").stateOf(VEE)).contains(GuestState.RUNNING);
        assertThat(states()).containsExactly(GuestState.SAVED);
        assertThat(script.isDone()).isTrue();
    }

    @Test
    void losesEventsWithoutAWordWhenToldSo() {
        script.next(Verb.START, Fault.EVENTS_LOST);
        host.start(order(1), guest());
        assertThat(heard).isEmpty();
    }

    @Test
    void aHangingMachineCostsItsCallersPatienceAndNobodyElse() {
        world.machine("a").hang();
        failsAs(Kind.TIMED_OUT, () -> host.start(new Order(VEE, 1, Duration.ofMillis(20)), guest()));
        other.start(order(1), guest());
        world.machine("a").release();
        host.census();
    }

    @Test
    void aRebootLosesRunningGuestsAndKeepsTheirDisks() {
        host.start(order(1), guest());
        world.machine("a").writes(VEE, 0, 4711);
        world.machine("a").reboot();
        assertThat(states()).containsExactly(GuestState.SHUT_OFF);
        assertThat(world.machine("a").contentOf(VEE, 0)).contains(4711L);
        assertThat(heard).contains("lost", "regained");
    }

    @Test
    void nothingReachesAMachineThatIsCutOff() {
        world.machine("a").cutOff();
        failsAs(Kind.UNREACHABLE, () -> host.census());
        failsAs(Kind.UNREACHABLE, () -> open("sim://a"));
        world.machine("a").reconnect();
        assertThat(host.census().ours()).isEmpty();
    }

    @Test
    void aDeafGuestMustBeEndedHard() {
        host.start(order(1), guest());
        world.machine("a").ignoresRequests(VEE);
        failsAs(Kind.TIMED_OUT, () -> host.shutdown(order(2), false));
        host.shutdown(order(2), true);
        assertThat(states()).containsExactly(GuestState.SHUT_OFF);
    }

    @Test
    void aDiskSurvivesItsExportAndImport() {
        host.start(order(1), guest());
        world.machine("a").writes(VEE, 0, 4711);
        var out = new ByteArrayOutputStream();
        host.exportDisk(order(2), guest(), 0, false, () -> out, Progress.UNHEARD);
        other.importDisk(order(1), guest(), 0, new Bytes(out.toByteArray()), Progress.UNHEARD);
        other.prepare(order(1), guest());
        assertThat(world.machine("b").contentOf(VEE, 0)).contains(4711L);
    }

    @Test
    void aSnapshotBringsBackWhatADiskHeld() {
        host.start(order(1), guest());
        world.machine("a").writes(VEE, 0, 1);
        host.snapshot(order(1), guest(), new SnapshotWork(SnapshotWork.Verb.TAKE, "before", OptionalInt.empty()));
        world.machine("a").writes(VEE, 0, 2);
        host.snapshot(order(1), guest(), new SnapshotWork(SnapshotWork.Verb.REVERT, "before", OptionalInt.empty()));
        assertThat(world.machine("a").contentOf(VEE, 0)).contains(1L);
        host.snapshot(order(1), guest(), new SnapshotWork(SnapshotWork.Verb.DELETE, "before", OptionalInt.empty()));
        failsAs(Kind.REFUSED, () -> host.snapshot(order(1), guest(), new SnapshotWork(SnapshotWork.Verb.REVERT, "before", OptionalInt.empty())));
    }

    @Test
    void growsLiveOnlyAsFarAsItWasMadeFor() {
        host.start(order(1), guest());
        host.resize(order(2), sized(2, DataSize.mebibytes(256)));
        failsAs(Kind.ONLY_WHEN_OFF, () -> host.resize(order(3), sized(64, DataSize.mebibytes(256))));
        host.shutdown(order(4), true);
        host.resize(order(5), sized(64, DataSize.mebibytes(256)));
    }

    @Test
    void readsProcessorTimeFromItsClock() {
        host.start(order(1), guest());
        world.machine("a").load(VEE, 0.5);
        now = now.plusSeconds(10);
        assertThat(host.reading().guests()).singleElement()
                .satisfies(reading -> assertThat(reading.cpuTime()).isEqualTo(Duration.ofSeconds(5).toNanos()));
    }

    @Test
    void aSlowPaceEndsAtTheOrdersPatience() {
        world.pace(Pace.advancing(_ -> Duration.ofSeconds(90), spent -> now = now.plus(spent)));
        var before = now;
        failsAs(Kind.TIMED_OUT, () -> host.start(order(1), guest()));
        assertThat(now).isEqualTo(before.plusSeconds(60));
        assertThat(world.machine("a").stateOf(VEE)).isEmpty();
    }

    @Test
    void theAuditSeesWhatIsLostDoubledAndLeaked() {
        host.start(order(1), guest());
        other.start(order(1), guest());
        assertThat(world.audit(Set.of(new VeeId(9)))).hasSize(3).anyMatch(line -> line.contains("vee-7 is both on"))
                .anyMatch(line -> line.contains("vee-9 is on no machine")).anyMatch(line -> line.contains("vee-7 is left over"));
    }

    // ---- words

    private VeeHost open(String uri) {
        return open(world, uri);
    }

    private static VeeHost open(SimulatedWorld world, String uri) {
        return new SimulatedHosts(world).open(new HostId(1), new HostAddress(uri, Map.of()));
    }

    private List<GuestState> states() {
        return host.census().ours().stream().map(Census.Sighting::state).toList();
    }

    private static void failsAs(Kind kind, Runnable act) {
        assertThatThrownBy(act::run).isInstanceOfSatisfying(HostFailure.class, failure -> assertThat(failure.kind()).isEqualTo(kind));
    }

    private static Order order(long generation) {
        return new Order(VEE, generation, Duration.ofSeconds(60));
    }

    private static HostNetwork network() {
        return new HostNetwork(NET, "net", "rsv-3", 1500, HostNetwork.Reach.ISOLATED, List.of(), false, List.of(), Optional.empty());
    }

    private static Guest guest() {
        return guest(VEE, DataSize.mebibytes(128));
    }

    private static Guest sized(int vcpus, DataSize memory) {
        return guest(VEE, vcpus, memory);
    }

    private static Guest guest(VeeId vee, DataSize memory) {
        return guest(vee, 1, memory);
    }

    private static Guest guest(VeeId vee, int vcpus, DataSize memory) {
        var disk = new Disk(0, new Disk.Content.CloneOf(IMAGE), DataSize.gibibytes(1), Disk.Bus.VIRTIO, false, Optional.empty());
        var nic = new Nic(0, NET, "02:00:00:00:00:%02x".formatted(vee.value()), List.of("10.0.0." + vee.value()), List.of(), true, Optional.empty());
        return new Guest(vee, "web", vcpus, 4, Cpus.of(1), memory, DataSize.mebibytes(512), new Guest.Boot.FromDisk(), List.of(disk), List.of(nic),
                Map.of("user-data", new byte[] {1}), false);
    }

    private record Bytes(byte[] bytes) implements ByteSource {
        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public InputStream openAt(long offset) {
            return new ByteArrayInputStream(Arrays.copyOfRange(bytes, (int) offset, bytes.length));
        }
    }
}
