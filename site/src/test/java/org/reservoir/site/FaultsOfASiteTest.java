package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.gateways.rest.RestOptions;
import org.reservoir.kernel.HostId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceInfo;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.probe.ValueType;
import org.reservoir.monitoring.wire.UdpOutlet;
import org.reservoir.monitoring.wire.VoiceKey;
import org.reservoir.placement.Policy;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veeh.simulated.SimulatedHosts;

/** What goes wrong on the way to a site, and its clock: all of it is seen, nothing counts twice. */
@Tag("long")
class FaultsOfASiteTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final int MEASURED = 200;
    private static final Schema COUNT = Schema.of("faults", Schema.Attribute.of("faults.count", ValueType.LONG));

    @TempDir
    private Path data;
    private final AtomicReference<Duration> setBack = new AtomicReference<>(Duration.ZERO);
    private InetSocketAddress ear;
    private Site site;
    private Commands commands;

    @BeforeEach
    void open() throws IOException {
        ear = MeteredSite.freePort();
        var settings = new Settings("faulty", data, TestDatabase.settings("db/store"), RestOptions.LOCAL, List.of(), Policy.STRIPING, false, "server-1")
                .measuring(measuring -> measuring.hearing(new AgentLink.Ends(ear, data.resolve("agent.secret"), Optional.empty())));
        site = Site.open(settings, List.of(new SimulatedHosts()), () -> Instant.now().minus(setBack.get()));
        commands = Commands.of(site, data);
    }

    @AfterEach
    void close() {
        site.close();
    }

    /** Brings each two datagrams in the wrong order, and then both once more. */
    private record Mess(DatagramSocket socket, InetSocketAddress to) implements AutoCloseable {
        Mess {
            Thread.ofVirtual().start(() -> bring(socket, to));
        }

        InetSocketAddress address() {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }

        private static void bring(DatagramSocket socket, InetSocketAddress to) {
            var one = new DatagramPacket(new byte[2048], 2048);
            var other = new DatagramPacket(new byte[2048], 2048);
            try {
                while (true) {
                    socket.receive(one);
                    socket.receive(other);
                    for (var packet : List.of(other, one, one, other)) {
                        socket.send(new DatagramPacket(packet.getData(), packet.getLength(), to));
                    }
                    one.setLength(2048);
                    other.setLength(2048);
                }
            } catch (IOException _) {
                // closed with the test
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    @Test
    void framesThatComeTwiceAndInTheWrongOrderCountOnceAndADeadSourceIsTold() throws Exception {
        var key = VoiceKey.parse(commands.done("agent add faulty --host host-3").strip()).orElseThrow();
        var source = key.source();
        var stream = new StreamInfo(source, 1, "faults.count", Subject.of(new HostId(3)), Labels.NONE, COUNT, Duration.ofMillis(100), Duration.ofSeconds(5), Delivery.CONTROL);
        try (var mess = new Mess(new DatagramSocket(ANY), ear); var outlet = new UdpOutlet(source, mess.address(), Optional.of(key.secret()))) {
            var info = new SourceInfo(source, "agent-faulty", Optional.of(new HostId(3)), "", 1, 0, 0);
            outlet.tell(stream, StreamState.ON, "");
            outlet.alive(info);
            commands.until("source list", "agent-faulty");
            commands.until("probe show faults.count --source agent-faulty -o json", "\"state\" : \"ON\"");
            measure(outlet, stream, info, 1, 1); // what was sent before the first that is heard is not known for a loss
            commands.until("probe show faults.count --source agent-faulty -o json", "\"heard\" : 1");
            measure(outlet, stream, info, 2, MEASURED);
            var shown = commands.until("probe show faults.count --source agent-faulty -o json", "\"heard\" : " + MEASURED);
            assertThat(shown).contains("\"gaps\" : 0");
        }
        commands.until("probe show faults.count --source agent-faulty -o json", state -> state.contains("STALE") || state.contains("LOST"));
        commands.until("source list", list -> list.lines().anyMatch(line -> line.contains("agent-faulty") && line.contains("LOST")));
        assertThat(commands.say("measurement show host-3 faults.count --for 10s")).as("silence, and not a value").doesNotContain("mean: 2");
    }

    private static void measure(UdpOutlet outlet, StreamInfo stream, SourceInfo info, int from, int to) throws InterruptedException {
        for (int n = from; n <= to; n++) {
            outlet.take(stream, n, new Row(COUNT).begin(System.currentTimeMillis()).set(0, n));
            Thread.sleep(2); // most in a frame of their own
        }
        outlet.alive(info);
        outlet.alive(info); // so that the last measurement's frame has another to change places with
    }

    @Test
    void aClockThatIsSetBackByAnHourMakesNoHole() {
        commands.done("host add h1 sim://h1");
        commands.until("measurement show host-1 host.vees --for 1m", shown -> count(shown) >= 3);
        setBack.set(Duration.ofHours(1));
        int before = count(commands.done("measurement show host-1 host.vees --for 1m"));
        commands.until("measurement show host-1 host.vees --for 1m", shown -> count(shown) >= Math.max(3, before));
    }

    private static int count(String shown) {
        var found = Pattern.compile("count: (\\d+)").matcher(shown);
        return found.find() ? Integer.parseInt(found.group(1)) : 0;
    }
}
