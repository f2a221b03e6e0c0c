package org.reservoir.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.monitoring.border.Borders;
import org.reservoir.monitoring.border.Terms;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.wire.Collector;
import org.reservoir.monitoring.wire.Spool;
import org.reservoir.telemetry.nats.NatsIntake;
import org.reservoir.telemetry.nats.NatsOutlet;
import org.reservoir.telemetry.nats.NatsSettings;

/** Against a real nats-server. */
@Tag("long")
class NatsTest {
    private static final byte[] KEY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OTHER = "fedcba9876543210".getBytes(StandardCharsets.US_ASCII);
    private static final ServiceId OURS = new ServiceId(5);

    @TempDir
    Path directory;
    private final Heard heard = new Heard();
    private final Collector collector = new Collector(heard, NatsTest::now);

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    private Server nats(int port, String more) throws IOException {
        var configuration = directory.resolve("nats-%d.conf".formatted(port));
        Files.writeString(configuration, "listen: \"127.0.0.1:%d\"\n%s".formatted(port, more));
        return new Server(List.of(Server.program("nats-server"), "-c", configuration.toString()), directory, port);
    }

    private static NatsSettings at(int port) {
        return NatsSettings.at(URI.create("nats://127.0.0.1:" + port)).sealed(KEY);
    }

    @Test
    void onlyWhatIsWantedIsDeliveredAndOnlyTheKeysHoldersAreHeard() throws Exception {
        int port = Server.freePort();
        var source = new SourceId(1);
        try (var _ = nats(port, ""); var intake = new NatsIntake(at(port), List.of(Interest.inService(OURS), prefix("es.tid.s7.ve")), collector, Optional.empty());
             var outlet = new NatsOutlet(at(port), source, Optional.empty()); var stranger = new NatsOutlet(at(port).sealed(OTHER), new SourceId(2), Optional.empty())) {
            Heard.await(() -> intake.isConnected() && outlet.isConnected() && stranger.isConnected());
            var streams = List.of(Heard.vee(source, 1, 5, Delivery.CONTROL), Heard.vee(source, 2, 6, Delivery.CONTROL), Heard.vee(source, 3, 7, Delivery.CONTROL), Heard.host(source, 4));
            Heard.await(() -> { // subscriptions take a moment to be in force
                streams.forEach(stream -> outlet.tell(stream, StreamState.ON, ""));
                return collector.registry().streams(Interest.ALL).size() == 2;
            });
            for (long n = 1; n <= 100; n++) {
                for (var stream : streams) {
                    outlet.take(stream, n, Heard.row(n));
                }
            }
            stranger.tell(Heard.vee(new SourceId(2), 9, 5, Delivery.CONTROL), StreamState.ON, "");
            Heard.await(() -> heard.of("es.tid.s5.vees.1").size() == 100 && heard.of("es.tid.s7.vees.3").size() == 100 && intake.counts().forged() == 1);
            assertThat(heard.names()).containsExactly("es.tid.s5.vees.1", "es.tid.s7.vees.3");
            assertThat(heard.of("es.tid.s5.vees.1")).isEqualTo(Heard.upTo(100));
            assertThat(collector.passedOver()).isZero();
        }
    }

    private static Interest prefix(String prefix) {
        return new Interest(Optional.empty(), prefix, Optional.empty(), Optional.empty(), java.util.Set.of(), Optional.empty());
    }

    @Test
    void whenNatsGoesAndComesTheGapIsCountedAndWhatIsBilledIsAllThere() throws Exception {
        natsGoesFor(Duration.ofMillis(500));
    }

    @Test
    void thirtySecondsWithoutNatsAreNoDifferent() throws Exception {
        natsGoesFor(Duration.ofSeconds(30));
    }

    private void natsGoesFor(Duration time) throws Exception {
        int port = Server.freePort();
        var source = new SourceId(1);
        var watched = Heard.vee(source, 1, 5, Delivery.CONTROL);
        var billed = Heard.vee(source, 2, 5, Delivery.ACCOUNTING);
        try (var nats = nats(port, ""); var kept = Spool.open(directory.resolve("kept"), 8 << 20); var inbox = Spool.open(directory.resolve("inbox"), 8 << 20);
             var intake = new NatsIntake(at(port), List.of(Interest.ALL), collector, Optional.of(inbox)); var outlet = new NatsOutlet(at(port), source, Optional.of(kept))) {
            Heard.await(() -> intake.isConnected() && outlet.isConnected());
            Heard.await(() -> {
                outlet.tell(watched, StreamState.ON, "");
                outlet.tell(billed, StreamState.ON, "");
                return collector.registry().streams(Interest.ALL).size() == 2;
            });
            long n = both(outlet, watched, billed, 1, 100);
            Heard.await(() -> heard.of(watched.name()).size() == 100 && heard.of(billed.name()).size() == 100);
            nats.kill();
            Heard.await(() -> !outlet.isConnected());
            for (long end = now() + time.toMillis(); now() < end;) {
                n = both(outlet, watched, billed, n, n + 9);
                Thread.sleep(10);
            }
            nats.start();
            Heard.await(() -> outlet.isConnected() && intake.isConnected());
            long all = n - 1;
            Heard.await(() -> heard.of(billed.name()).size() == all);
            assertThat(heard.of(billed.name())).isEqualTo(Heard.upTo((int) all));
            assertThat(inbox.last()).isEqualTo(all);
            Heard.await(() -> kept.settled() == all);
            long more = n;
            Heard.await(() -> { // until one gets through again
                outlet.take(watched, more, Heard.row(more));
                return heard.of(watched.name()).getLast() == more;
            });
            var known = collector.registry().stream(watched.key()).orElseThrow();
            assertThat(known.gaps()).isPositive();
            assertThat(known.heard() + known.gaps()).isEqualTo(more);
        }
    }

    private static long both(NatsOutlet outlet, org.reservoir.monitoring.probe.StreamInfo watched, org.reservoir.monitoring.probe.StreamInfo billed, long from, long to) {
        for (long n = from; n <= to; n++) {
            outlet.take(watched, n, Heard.row(n));
            outlet.take(billed, n, Heard.row(n));
        }
        return to + 1;
    }

    @Test
    void whoIsNotLetInIsToldWhy() throws Exception {
        int port = Server.freePort();
        try (var _ = nats(port, "authorization { user: reservoir, password: sesame }\n");
             var intake = new NatsIntake(at(port).as("reservoir", "wrong"), List.of(Interest.ALL), collector, Optional.empty())) {
            Heard.await(() -> intake.problem().toLowerCase(java.util.Locale.ROOT).contains("auth"));
            assertThat(intake.isConnected()).isFalse();
        }
        try (var intake = new NatsIntake(at(Server.freePort()), List.of(Interest.ALL), collector, Optional.empty())) {
            assertThat(intake.problem()).isNotEmpty();
        }
    }

    @Test
    void anAccountAndALeafNodeAreABorderOfAService() throws Exception {
        int home = Server.freePort();
        int leaf = Server.freePort();
        int away = Server.freePort();
        var accounts = "accounts { S5 { users: [{user: s5, password: five}] }, S6 { users: [{user: s6, password: six}] } }\n";
        try (var _ = nats(home, accounts + "leafnodes { listen: \"127.0.0.1:%d\" }\n".formatted(leaf));
             var _ = nats(away, accounts + "leafnodes { remotes: [{ url: \"nats-leaf://s5:five@127.0.0.1:%d\", account: S5, deny_exports: [\"mon.m.host.>\"] }] }\n".formatted(leaf));
             var inbox = Spool.open(directory.resolve("inbox"), 8 << 20); var kept = Spool.open(directory.resolve("kept"), 8 << 20);
             var intake = new NatsIntake(at(home).as("s5", "five"), List.of(Interest.ALL), new Collector(Borders.admission(Terms.sameIds(OURS), heard), NatsTest::now), Optional.of(inbox));
             var borders = new Borders(Optional.empty()); var careless = new NatsOutlet(at(away).as("s5", "five"), new SourceId(8), Optional.empty());
             var other = new NatsOutlet(at(away).as("s6", "six"), new SourceId(9), Optional.empty())) {
            borders.open("home", Terms.sameIds(OURS), source -> new NatsOutlet(at(away).as("s5", "five"), source, Optional.of(kept)));
            var site = new Collector(borders, NatsTest::now);
            Heard.await(() -> intake.isConnected() && careless.isConnected() && other.isConnected());
            var source = new SourceId(1);
            var watched = Heard.vee(source, 1, 5, Delivery.CONTROL);
            var billed = Heard.vee(source, 2, 5, Delivery.ACCOUNTING);
            for (var stream : List.of(watched, billed, Heard.vee(source, 3, 6, Delivery.CONTROL), Heard.host(source, 4))) {
                site.tell(stream, StreamState.ON, "");
            }
            long[] n = {0};
            Heard.await(() -> { // until the leaf has joined
                n[0]++;
                site.tell(watched, n[0] % 2 == 0 ? StreamState.OFF : StreamState.ON, "");
                site.take(watched, n[0], Heard.row(n[0]));
                site.take(Heard.vee(source, 3, 6, Delivery.CONTROL), n[0], Heard.row(n[0]));
                site.take(Heard.host(source, 4), n[0], Heard.row(n[0]));
                site.take(billed, n[0], Heard.row(n[0]));
                for (var wild : List.of(careless, other)) { // who publishes past the gateway
                    wild.tell(Heard.host(new SourceId(8), 4), StreamState.ON, "");
                    wild.take(Heard.host(new SourceId(8), 4), n[0], Heard.row(n[0]));
                }
                return heard.of("vee-1.infra_vee").size() > 10;
            });
            Heard.await(() -> heard.of("vee-2.infra_vee").size() == n[0]);
            assertThat(heard.of("vee-2.infra_vee")).as("what is billed is all there").isEqualTo(Heard.upTo((int) n[0]));
            assertThat(heard.names()).containsExactly("vee-1.infra_vee", "vee-2.infra_vee");
        }
    }

    @Test
    void nothingLeavesTheMachineUnsealed() {
        assertThatThrownBy(() -> NatsSettings.at(URI.create("nats://192.0.2.1:4222"))).isInstanceOf(Refused.class).hasMessageContaining("unsealed");
    }
}
