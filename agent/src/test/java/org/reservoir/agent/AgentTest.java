package org.reservoir.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Feed;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.plane.Answer;
import org.reservoir.monitoring.plane.Order;
import org.reservoir.monitoring.plane.Selection;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.wire.Collector;
import org.reservoir.monitoring.wire.LinkWords;
import org.reservoir.monitoring.wire.UdpController;
import org.reservoir.monitoring.wire.UdpIntake;
import org.reservoir.monitoring.wire.VoiceKey;

class AgentTest {
    private static final HostId HOST = new HostId(3);
    private static final VoiceKey KEY = VoiceKey.derived("a key of thirty-two bytes, sixty".getBytes(), 7);

    @TempDir
    Path folder;
    private final Measurements measurements = new Measurements(Measurements.Bounds.USUAL, new Roster());
    private final Collector collector = new Collector(new Feed(measurements, InstantSource.system()), () -> System.nanoTime() / 1_000_000);

    private static InetSocketAddress loopback() {
        return new InetSocketAddress("127.0.0.1", 0);
    }

    private Agent agent(InetSocketAddress site, VoiceKey key) {
        return new Agent(new Agent.Settings(HOST, "agent-1", new Way.Datagrams(site), key, Optional.of(loopback()), folder, folder.resolve("orders")));
    }

    private int count(String series) {
        return measurements.window(Subject.of(HOST), series, Duration.ofHours(1), Instant.now()).count();
    }

    private static void await(BooleanSupplier condition, String what) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("not in a minute: " + what).isNegative();
            Thread.sleep(5);
        }
    }

    @Test
    void aSiteHearsTheHostAndOrdersWhatIsMeasured() throws Exception {
        try (var intake = new UdpIntake(loopback(), Optional.of(KEY.secret()), collector); var agent = agent(intake.address(), KEY); var controller = new UdpController(KEY.secret(), Duration.ofSeconds(20))) {
            agent.start();
            var all = Selection.prefix("hosts.");
            var source = controller.source(agent.station().id(), agent.ordersAt().orElseThrow());
            assertThat(source.apply(new Order.Rate(all, Duration.ofMillis(50)), "a test")).isInstanceOfSatisfying(Answer.Done.class, done -> assertThat(done.changed()).isGreaterThanOrEqualTo(5));
            for (var series : new String[] {"host.cpu.percent", "host.memory.free.bytes", "host.net.received.bytes_per_second", "host.agent.memory.bytes"}) {
                await(() -> count(series) > 2, series);
            }
            assertThat(source.apply(new Order.Switch(all, false), "a test")).isInstanceOf(Answer.Done.class);
            await(() -> collector.registry().streams(Interest.ALL).stream().allMatch(stream -> stream.state() == StreamState.OFF), "all are off");
            assertThat(collector.registry().sources()).singleElement().satisfies(known -> assertThat(known.info().name()).isEqualTo("agent-1"));
        }
    }

    @Test
    void whoHasAnotherKeyIsNotHeard() throws Exception {
        try (var intake = new UdpIntake(loopback(), Optional.of(KEY.secret()), collector); var agent = agent(intake.address(), VoiceKey.derived("another key of at least 16 bytes".getBytes(), 7))) {
            agent.start();
            await(() -> intake.counts().forged() > 0, "something came");
            assertThat(measurements.takenCount()).isZero();
        }
    }

    @Test
    void probesAreReadFromAFileAndAWrongLineIsNamed() throws Exception {
        var file = Files.writeString(folder.resolve("probes"), """
                # what this host has more than others
                db.space host.space 30s folder=/
                queue script 500ms program=queue attributes="queue.length:jobs, queue.oldest" arguments="-v now"
                """);
        assertThat(ProbesFile.read(file, HOST)).satisfiesExactly(
                space -> assertThat(space.settings().period()).isEqualTo(Duration.ofSeconds(30)),
                script -> assertThat(script.parameters()).containsEntry("attributes", "queue.length:jobs, queue.oldest").containsEntry("arguments", "-v now"));
        for (var wrong : new String[] {"x", "a host.cpu", "a host.cpu soon", "a host.cpu 5s folder", "a host.cpu 5s a=1 a=2"}) {
            Files.writeString(file, "\n" + wrong);
            assertThatThrownBy(() -> ProbesFile.read(file, HOST)).isInstanceOf(Refused.class).hasMessageContaining("line 2");
        }
    }

    @Test
    void theKeyIsReadFromAFileThatNobodyElseMayRead() throws Exception {
        var file = Files.writeString(folder.resolve("key"), "ab".repeat(32) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> LinkWords.key(file)).hasMessageContaining("Others than its owner");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(LinkWords.key(file)).hasSize(32);
        assertThatThrownBy(() -> LinkWords.voiceKey(file)).hasMessageContaining("no key of an agent");
        Files.writeString(file, KEY.written() + "\n");
        assertThat(LinkWords.voiceKey(file).written()).isEqualTo(KEY.written());
        Files.writeString(file, "too short");
        assertThatThrownBy(() -> LinkWords.key(file)).hasMessageContaining("holds no key");
    }

    @Test
    void addressesAreReadAndRefused() {
        assertThat(LinkWords.address("127.0.0.1:8475").getPort()).isEqualTo(8475);
        assertThat(LinkWords.address("[::1]:7").getAddress().isLoopbackAddress()).isTrue();
        for (var wrong : new String[] {"", ":1", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:99999", "no such host.invalid:1"}) {
            assertThatThrownBy(() -> LinkWords.address(wrong)).as(wrong).isInstanceOf(Refused.class);
        }
    }
}
