package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.cli.Reservoir;
import org.reservoir.gateways.rest.RestOptions;
import org.reservoir.kernel.HostId;
import org.reservoir.monitoring.kinds.TestSignal;
import org.reservoir.monitoring.plane.Kinds;
import org.reservoir.monitoring.plane.Station;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.wire.UdpOrders;
import org.reservoir.monitoring.wire.UdpOutlet;
import org.reservoir.monitoring.wire.VoiceKey;
import org.reservoir.placement.Policy;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veeh.simulated.SimulatedHosts;

/** People order probes of a site's server and of an agent, as the command line lets them. */
@Tag("long")
class ProbesOfASiteTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    @TempDir
    private Path data;
    @TempDir
    private Path keys;
    private Site site;

    private String reservoir(String words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var environment = Map.of("RESERVOIR_URL", site.uri().toString(), "RESERVOIR_TOKEN", Site.adminToken(data).orElseThrow());
        var exit = Reservoir.run(List.of(words.split(" ")), environment, new ByteArrayInputStream(new byte[0]), stream(out), stream(err));
        return exit == 0 ? out.toString(StandardCharsets.UTF_8) : err.toString(StandardCharsets.UTF_8);
    }

    private static PrintStream stream(ByteArrayOutputStream out) {
        return new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    private String done(String words) {
        var answer = reservoir(words);
        assertThat(answer).as(words).doesNotContain("error: ");
        return answer;
    }

    /** What was ordered of a source in the same process is so at once, of another and in the registry a moment later. */
    private String until(String words, String expected) {
        var answer = reservoir(words);
        for (long deadline = System.nanoTime() + 60_000_000_000L; !answer.contains(expected) && System.nanoTime() < deadline; answer = reservoir(words)) {
            java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
        }
        assertThat(answer).contains(expected);
        return answer;
    }

    private Path key() throws IOException {
        var file = Files.createFile(keys.resolve("key"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, "0123456789abcdef".repeat(4));
    }

    private static InetSocketAddress freePort() throws IOException {
        try (var socket = new DatagramSocket(ANY)) {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }
    }

    @Test
    void whatPeopleOrderIsSoAndStaysSo() throws Exception {
        var ends = new AgentLink.Ends(freePort(), key(), Optional.empty(), data.resolve("inbox"));
        var settings = new Settings("probed", data, TestDatabase.settings("db/store"), RestOptions.LOCAL, List.of(), Policy.STRIPING, false, "server-1").hearing(ends);
        site = Site.open(settings, List.of(new SimulatedHosts()), InstantSource.system());
        try {
            done("probe add hosts.here.load host.cpu --every 1s");
            done("probe add hosts.here.memory host.memory --every 1s");
            until("probe show hosts.here.load", "state: ON");
            done("probe rate hosts.here.load --every 90s");
            done("probe off --prefix hosts.here.");
            done("probe remove hosts.here.memory");
            assertThat(until("probe list --prefix hosts.here.", "OFF")).contains("hosts.here.load").doesNotContain("hosts.here.memory");
            assertThat(reservoir("event watch --topic probe --since 0.0 --count 5 -o json")).contains("probe.rate", "probe.off", "probe.remove", "1 changed");
            site.close();

            site = Site.open(settings, List.of(new SimulatedHosts()), InstantSource.system());
            assertThat(until("probe show hosts.here.load", "state: OFF")).contains("period: PT1M30S", "lasting: yes");
            assertThat(reservoir("probe show hosts.here.memory")).contains("NO_SUCH_PROBE");
            anAgentIsOrderedToo(ends);
        } finally {
            site.close();
        }
    }

    private void anAgentIsOrderedToo(AgentLink.Ends ends) throws IOException {
        var own = VoiceKey.parse(done("agent add host-3").strip()).orElseThrow();
        assertThat(reservoir("agent add host-3")).contains("AGENT_EXISTS");
        var key = own.secret();
        var id = own.source();
        var kinds = new Kinds();
        kinds.offer(TestSignal.kind(), "built in");
        try (var outlet = new UdpOutlet(id, ends.listen(), Optional.of(key)); var station = new Station(id, "agent-host-3", kinds, Station.Ports.NONE, Sensors.now());
             var orders = new UdpOrders(ANY, key, station)) {
            var address = orders.address();
            station.source().introduce("agent-host-3", Optional.of(new HostId(3)), "127.0.0.1:" + address.getPort());
            station.source().subscribe(Interest.ALL, outlet);
            var turning = Thread.ofVirtual().start(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    station.turn(Sensors.now(), System.currentTimeMillis());
                    java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
                }
            });
            try {
                until("source list", "agent-host-3");
                assertThat(reservoir("probe kinds --source agent-host-3")).contains(TestSignal.kind().name());
                done("probe add far.signal %s --every 1s --source agent-host-3".formatted(TestSignal.kind().name()));
                until("probe show far.signal --source agent-host-3", "state: ON");
                done("probe off --all --source agent-host-3");
                assertThat(until("probe show far.signal --source agent-host-3", "state: OFF")).contains("kind: " + TestSignal.kind().name());
                assertThat(reservoir("source budget agent-host-3 --per-listener 100")).contains("agent-host-3");
                assertThat(reservoir("probe remove far.signal")).doesNotContain("error");
                until("probe show far.signal", "state: RETIRED");
                done("agent remove host-3");
                assertThat(reservoir("agent list")).doesNotContain("host-3");
                assertThat(reservoir("probe kinds --source agent-host-3")).as("its key opens nothing any more").contains("NO_KEY");
            } finally {
                turning.interrupt();
            }
        }
    }
}
