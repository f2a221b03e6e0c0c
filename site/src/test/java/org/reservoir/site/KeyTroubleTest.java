package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.gateways.ProbesView;
import org.reservoir.kernel.HostId;
import org.reservoir.monitoring.Feed;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.plane.Memory;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceInfo;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.probe.ValueType;
import org.reservoir.monitoring.wire.FrameHearing;
import org.reservoir.monitoring.wire.Protection;
import org.reservoir.monitoring.wire.Scope;
import org.reservoir.monitoring.wire.Spool;
import org.reservoir.monitoring.wire.TcpOutlet;
import org.reservoir.monitoring.wire.UdpOutlet;
import org.reservoir.monitoring.wire.VoiceKey;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.testing.TestDatabase;

/** Why an agent that lives is not heard is said where people look for it: with its source. */
class KeyTroubleTest {
    private static final Schema LOAD = Schema.of("load", Schema.Attribute.of("load", ValueType.LONG));

    @TempDir
    private Path folder;
    private SiteDatabase database;
    private Sensors sensors;
    private InetSocketAddress ear;

    private interface Try {
        void with(SiteVoices voices, ProbeOffice office) throws Exception;
    }

    private void trying(Try steps) throws Exception {
        ear = MeteredSite.freePort();
        try (var opened = SiteDatabase.open(TestDatabase.settings("db/store"), Site.MIGRATIONS, InstantSource.system()); var inbox = Spool.open(folder.resolve("inbox"), 1 << 20);
             var made = new Sensors("server-1", new Feed(new Measurements(Measurements.Bounds.USUAL, new Roster()), InstantSource.system()), inbox, Memory.NONE, (_, _, _, _) -> { }, InstantSource.system())) {
            database = opened;
            sensors = made;
            var link = new AgentLink(new AgentLink.Ends(new InetSocketAddress(InetAddress.getLoopbackAddress(), ear.getPort()), folder.resolve("secret"), Optional.empty()), inbox,
                    entry -> new SiteVoices.Ear(sensors.collector(), new Scope(stream -> entry.tells().covers(stream, new Roster()))), database, (_, _, _, _) -> { }, InstantSource.system());
            sensors.hear(link);
            sensors.start();
            steps.with(link.voices(), new ProbeOffice(sensors, new Roster(), sensors::elsewhere, source -> link.voices().trouble(source)));
        }
    }

    /** Speaks as an agent of host-3 until its source shows a problem. */
    private String problem(ProbeOffice office, VoiceKey key) throws Exception {
        var source = key.source();
        var stream = new StreamInfo(source, 1, "hosts.load", Subject.of(new HostId(3)), Labels.NONE, LOAD, Duration.ofSeconds(1), Duration.ofSeconds(5), Delivery.CONTROL);
        try (var outlet = new UdpOutlet(source, ear, Optional.of(key.secret()))) {
            for (int n = 1; n < 2_000; n++) {
                outlet.alive(new SourceInfo(source, "agent-host-3", Optional.of(new HostId(3)), "", 1, 0, 0));
                outlet.tell(stream, StreamState.ON, "");
                outlet.take(stream, n, new Row(LOAD).begin(System.currentTimeMillis()).set(0, n));
                outlet.rest();
                var shown = office.sources().stream().filter(known -> known.name().equals("agent-host-3")).findFirst().flatMap(ProbesView.Source::problem);
                if (shown.isPresent()) {
                    return shown.get();
                }
                Thread.sleep(10);
            }
        }
        return "none";
    }

    @Test
    void aKeyFromBeforeKeysWereBoundIsToldWithTheSource() throws Exception {
        trying((voices, office) -> {
            var key = voices.add(SiteVoices.Kind.AGENT, "host-3", Tells.NOTHING, "user-1");
            assertThat(problem(office, key)).startsWith("its key is bound to no host").contains("agent add host-3 --host HOST");
        });
    }

    @Test
    void anAgentThatTellsOfAnotherHostThanItsKeyIsTold() throws Exception {
        trying((voices, office) -> {
            var key = voices.add(SiteVoices.Kind.AGENT, "host-4", Tells.asked("host-4", Optional.empty(), List.of()), "user-1");
            assertThat(problem(office, key)).contains("none taken: its key tells of host-4 alone; is its --host another?");
        });
    }

    @Test
    void framesThatNobodyCanReadAreCountedForTheSite() throws Exception {
        trying((voices, office) -> {
            var key = voices.add(SiteVoices.Kind.AGENT, "host-3", Tells.asked("host-3", Optional.empty(), List.of()), "user-1");
            var wrong = VoiceKey.derived("another secret of a site, of 32 b".getBytes(java.nio.charset.StandardCharsets.US_ASCII), key.number());
            try (var outlet = new UdpOutlet(wrong.source(), ear, Optional.of(wrong.secret()))) {
                for (int n = 0; n < 1_000 && frames().forged() == 0; n++) {
                    outlet.alive(wrong.source());
                    outlet.rest();
                    Thread.sleep(10);
                }
            }
            assertThat(frames().forged()).isPositive();
            assertThat(new AgentOffice(Optional.of(voices)).agents()).singleElement().satisfies(agent -> assertThat(agent.problem().orElseThrow()).contains("were not sealed with its key"));
        });
    }

    @Test
    void aConnectionThatIsRefusedIsToldWhereAdministratorsLook() throws Exception {
        trying((voices, office) -> {
            var key = voices.add(SiteVoices.Kind.AGENT, "host-3", Tells.asked("host-3", Optional.empty(), List.of()), "user-1");
            var wrong = VoiceKey.derived("another secret of a site, of 32 b".getBytes(java.nio.charset.StandardCharsets.US_ASCII), key.number());
            var strangers = sensors.agents().orElseThrow().strangers();
            try (var outlet = new TcpOutlet(wrong.source(), ear, new Protection.SharedKey(wrong.secret()), Optional.empty(), 100)) {
                outlet.alive(wrong.source());
                for (int n = 0; n < 1_000 && strangers.facts().get("refused.connections").equals("0"); n++) {
                    Thread.sleep(10);
                }
            }
            assertThat(strangers.facts().get("refused.last")).startsWith("127.0.0.1 at ").endsWith(": what it sends is not sealed with its key");
            assertThat(new AgentOffice(Optional.of(voices)).agents()).singleElement().satisfies(agent -> assertThat(agent.problem().orElseThrow()).contains("were not sealed with its key"));
        });
    }

    private FrameHearing.Counts frames() {
        return sensors.agents().orElseThrow().frames();
    }
}
