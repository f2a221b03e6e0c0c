package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    private Commands commands;

    private Path key() throws IOException {
        var file = Files.createFile(keys.resolve("key"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, "0123456789abcdef".repeat(4));
    }

    @Test
    void whatPeopleOrderIsSoAndStaysSo() throws Exception {
        var ends = new AgentLink.Ends(MeteredSite.freePort(), key(), Optional.empty());
        var settings = new Settings("probed", data, TestDatabase.settings("db/store"), RestOptions.LOCAL, List.of(), Policy.STRIPING, false, "server-1").measuring(measuring -> measuring.hearing(ends));
        site = Site.open(settings, List.of(new SimulatedHosts()), InstantSource.system());
        commands = Commands.of(site, data);
        try {
            commands.done("probe add hosts.here.load host.cpu --every 1s");
            commands.done("probe add hosts.here.memory host.memory --every 1s");
            commands.until("probe show hosts.here.load", "state: ON");
            commands.done("probe rate hosts.here.load --every 90s");
            commands.done("probe off --prefix hosts.here.");
            commands.done("probe remove hosts.here.memory");
            assertThat(commands.say("probe remove site.server")).contains("PROBE_STAYS", "reservoir probe off site.server");
            assertThat(commands.say("probe remove --prefix site.")).contains("PROBE_STAYS", "nothing was removed");
            commands.done("probe off site.server");
            assertThat(commands.until("probe list --prefix hosts.here.", "OFF")).contains("hosts.here.load").doesNotContain("hosts.here.memory");
            assertThat(commands.say("event watch --topic probe --since 0.0 --count 5 -o json")).contains("probe.rate", "probe.off", "probe.remove", "1 changed");
            site.close();

            site = Site.open(settings, List.of(new SimulatedHosts()), InstantSource.system());
            commands = Commands.of(site, data);
            assertThat(commands.until("probe show hosts.here.load", "state: OFF")).contains("period: PT1M30S", "lasting: yes");
            assertThat(commands.say("probe show hosts.here.memory")).contains("NO_SUCH_PROBE");
            assertThat(commands.until("probe show site.server", "state: OFF")).contains("lasting: no");
            anAgentIsOrderedToo(ends);
        } finally {
            site.close();
        }
    }

    private void anAgentIsOrderedToo(AgentLink.Ends ends) throws IOException {
        var own = VoiceKey.parse(commands.done("agent add host-3").strip()).orElseThrow();
        assertThat(commands.say("agent add host-3")).contains("AGENT_EXISTS");
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
                commands.until("source list", "agent-host-3");
                assertThat(commands.say("probe kinds --source agent-host-3")).contains(TestSignal.kind().name());
                commands.done("probe add far.signal %s --every 1s --source agent-host-3".formatted(TestSignal.kind().name()));
                commands.until("probe show far.signal --source agent-host-3", "state: ON");
                commands.done("probe off --all --source agent-host-3");
                assertThat(commands.until("probe show far.signal --source agent-host-3", "state: OFF")).contains("kind: " + TestSignal.kind().name());
                assertThat(commands.say("source budget agent-host-3 --per-listener 100")).contains("agent-host-3");
                assertThat(commands.say("probe remove far.signal")).doesNotContain("error");
                commands.until("probe show far.signal", "state: RETIRED");
                commands.done("agent remove host-3");
                assertThat(commands.say("agent list")).doesNotContain("host-3");
                assertThat(commands.say("probe kinds --source agent-host-3")).as("its key opens nothing any more").contains("NO_KEY");
            } finally {
                turning.interrupt();
            }
        }
    }
}
