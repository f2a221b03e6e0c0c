package org.reservoir.monitoring.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Outlet;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

class TcpTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final Protection KEY = new Protection.SharedKey("0123456789abcdef".getBytes(StandardCharsets.US_ASCII));
    private static final Protection OTHER_KEY = new Protection.SharedKey("fedcba9876543210".getBytes(StandardCharsets.US_ASCII));

    @TempDir
    Path directory;
    private final UdpTest.Noted noted = new UdpTest.Noted();
    private final Collector collector = new Collector(noted, () -> System.nanoTime() / 1_000_000);

    /** A source whose probes cost nothing, so that none is ever slowed: each stream counts up from 1. */
    private record Steady(SourceId id, Outlet outlet, List<StreamInfo> streams, long[] counted) implements AutoCloseable {
        Steady(SourceId id, Outlet outlet) {
            this(id, outlet, new ArrayList<>(), new long[1]);
        }

        StreamInfo add(String name, Delivery delivery) {
            var stream = new StreamInfo(id, streams.size() + 1, name, Subject.of(new VeeId(1)), Labels.NONE, UdpTest.COUNT, Duration.ofMillis(10), Duration.ofSeconds(9), delivery);
            streams.add(stream);
            outlet.tell(stream, StreamState.ON, "");
            return stream;
        }

        @Override
        public void close() {
            streams.forEach(stream -> outlet.tell(stream, StreamState.RETIRED, ""));
        }
    }

    /** A measurement of each stream every ten milliseconds of a time that nobody waits for. */
    private static void turn(Steady source, int from, int to) {
        for (int now = from; now <= to; now += 10) {
            long n = ++source.counted()[0];
            source.streams().forEach(stream -> source.outlet().take(stream, n, SpoolTest.row(n)));
        }
    }

    @Test
    void whatASourceMeasuresIsHeardInOrderOverEveryKindOfConnection() throws Exception {
        int number = 50;
        for (var protection : List.of(new Protection.None(), KEY, Certificates.ours())) {
            noted.values.clear();
            var id = new SourceId(number++);
            try (var intake = new TcpIntake(ANY, protection, collector, Optional.empty());
                 var outlet = new TcpOutlet(id, new InetSocketAddress("localhost", intake.address().getPort()), protection, Optional.empty(), 1000); var source = new Steady(id, outlet)) {
                source.add("a.b", Delivery.CONTROL);
                turn(source, 10, 5000);
                UdpTest.await(() -> noted.values.size() == 500);
                assertThat(noted.values).isEqualTo(UdpTest.upTo(500));
                assertThat(collector.registry().gaps()).isZero();
                assertThat(outlet.counts().dropped()).isZero();
                assertThat(intake.counts().frames()).as("they share frames").isLessThan(500);
            }
        }
    }

    @Test
    void whoHasNotTheKeyOrNoCertificateIsRefusedAndCounted() throws Exception {
        var ours = Certificates.ours();
        var strange = Certificates.strange();
        record Pair(Protection listens, Protection comes) {}
        for (var pair : List.of(new Pair(KEY, OTHER_KEY), new Pair(KEY, new Protection.None()), new Pair(ours, strange), new Pair(ours, KEY))) {
            var id = new SourceId(60);
            try (var intake = new TcpIntake(ANY, pair.listens(), collector, Optional.empty());
                 var outlet = new TcpOutlet(id, new InetSocketAddress("localhost", intake.address().getPort()), pair.comes(), Optional.empty(), 1000); var source = new Steady(id, outlet)) {
                source.add("a.b", Delivery.CONTROL);
                turn(source, 10, 50);
                UdpTest.await(() -> intake.counts().refused() > 0);
                assertThat(noted.values).isEmpty();
            }
        }
    }

    @Test
    void aConnectionThatIsPlayedBackIsRefused() throws Exception {
        var recorded = new ByteArrayOutputStream();
        var id = new SourceId(61);
        try (var intake = new TcpIntake(ANY, KEY, collector, Optional.empty()); var tap = new Tap(intake.address(), recorded);
             var outlet = new TcpOutlet(id, tap.address(), KEY, Optional.empty(), 1000); var source = new Steady(id, outlet)) {
            source.add("a.b", Delivery.CONTROL);
            turn(source, 10, 100);
            UdpTest.await(() -> noted.values.size() == 10);
            byte[] bytes;
            synchronized (recorded) {
                bytes = recorded.toByteArray();
            }
            try (var again = new Socket(intake.address().getAddress(), intake.address().getPort())) {
                again.getOutputStream().write(bytes);
                UdpTest.await(() -> intake.counts().refused() == 1);
            }
            assertThat(noted.values).hasSize(10);
        }
    }

    @Test
    void whoSpeaksTlsToWhoHasNoCertificateIsToldSo() throws Exception {
        try (var intake = new TcpIntake(ANY, KEY, collector, Optional.empty()); var outlet = new TcpOutlet(new SourceId(63), intake.address(), Certificates.ours(), Optional.empty(), 20)) {
            UdpTest.await(() -> outlet.counts().problem().startsWith("no TLS with the listener"));
        }
    }

    @Test
    void afterABreakItConnectsAgainTellsOfAllStreamsAndWhatIsMissingIsCounted() throws Exception {
        var id = new SourceId(62);
        var intake = new TcpIntake(ANY, KEY, collector, Optional.empty());
        try (var outlet = new TcpOutlet(id, intake.address(), KEY, Optional.empty(), 20); var source = new Steady(id, outlet)) {
            var stream = source.add("a.b", Delivery.CONTROL);
            turn(source, 10, 100);
            UdpTest.await(() -> noted.values.size() == 10);
            intake.close();
            UdpTest.await(() -> !outlet.counts().problem().isEmpty());
            turn(source, 110, 1100);
            assertThat(outlet.counts().dropped()).as("the ring holds twenty").isBetween(80L, 90L);

            var fresh = new UdpTest.Noted();
            var restarted = new Collector(fresh, () -> System.nanoTime() / 1_000_000); // a server that remembers nothing
            try (var second = new TcpIntake(intake.address(), KEY, restarted, Optional.empty())) {
                UdpTest.await(() -> fresh.values.contains(110L));
                assertThat(fresh.values).isEqualTo(UdpTest.upTo(110).subList(90, 110));
                assertThat(fresh.states).containsExactly("a.b ON");
                turn(source, 1110, 1200);
                UdpTest.await(() -> fresh.values.contains(120L));
                assertThat(restarted.registry().stream(stream.key()).orElseThrow().gaps()).isZero();
            }
        } finally {
            intake.close();
        }
    }

    @Test
    void measurementsForAccountingArriveOnceAndAllThoughTheLinkAndBothEndsFail() throws Exception {
        try (var tap = new Tap(ANY, new ByteArrayOutputStream())) {
            long wanted = 0;
            for (int life = 0; life < 4; life++) { // both ends end and begin again; what is on the disks is all that stays
                var id = new SourceId(70 + life);
                try (var kept = Spool.open(directory.resolve("sender"), 16 << 20); var inbox = Spool.open(directory.resolve("receiver"), 16 << 20);
                     var intake = new TcpIntake(ANY, KEY, collector, Optional.of(inbox)); var outlet = new TcpOutlet(id, tap.address(), KEY, Optional.of(kept), 100);
                     var source = new Steady(id, outlet)) {
                    tap.lead(intake.address());
                    for (int i = 0; i < 10; i++) {
                        source.add("usage." + i, Delivery.ACCOUNTING);
                    }
                    for (int cut = 0; cut < 3; cut++) {
                        turn(source, cut * 1000 + 10, cut * 1000 + 1000);
                        wanted += 1000;
                        tap.cut();
                    }
                    long all = wanted;
                    if (life == 3) {
                        UdpTest.await(() -> inbox.last() == all);
                        UdpTest.await(() -> kept.settled() == kept.last());
                        var read = SpoolTest.read(inbox, 0);
                        assertThat(read).hasSize(12_000).doesNotHaveDuplicates();
                        assertThat(noted.values).as("and each was handed on once").hasSize(12_000);
                    }
                }
            }
        }
    }

    @Test
    @Tag("long")
    void aReceiverWithoutRoomAcknowledgesNothingAndGetsAllOnceItHasSome() throws Exception {
        var id = new SourceId(80);
        try (var kept = Spool.open(directory.resolve("sender"), 16 << 20); var inbox = Spool.open(directory.resolve("receiver"), Spool.SEGMENT);
             var intake = new TcpIntake(ANY, KEY, collector, Optional.of(inbox)); var outlet = new TcpOutlet(id, intake.address(), KEY, Optional.of(kept), 100)) {
            for (long i = 1; i <= 30_000; i++) {
                outlet.take(SpoolTest.stream(80, 1), i, SpoolTest.row(i));
            }
            UdpTest.await(() -> inbox.refused() > 0);
            assertThat(inbox.last()).isLessThan(30_000);
            UdpTest.await(() -> {
                inbox.settle(inbox.last());
                return inbox.last() == 30_000;
            });
            assertThat(noted.values).isEqualTo(UdpTest.upTo(30_000));
        }
    }

    @Test
    void nothingLeavesTheMachineUnprotected() {
        var outside = new InetSocketAddress("192.0.2.1", 9);
        assertThatThrownBy(() -> new TcpOutlet(new SourceId(1), outside, new Protection.None(), Optional.empty(), 10)).isInstanceOf(Refused.class).hasMessageContaining("unprotected");
        assertThatThrownBy(() -> new TcpIntake(new InetSocketAddress("0.0.0.0", 0), new Protection.None(), collector, Optional.empty())).isInstanceOf(Refused.class);
    }

    @Test
    void noiseOnAConnectionCostsAConnectionAndNothingElse() throws IOException {
        try (var intake = new TcpIntake(ANY, KEY, collector, Optional.empty())) {
            for (int i = 0; i < 20; i++) {
                try (var socket = new Socket(intake.address().getAddress(), intake.address().getPort())) {
                    socket.getOutputStream().write(("GET /" + "x".repeat(i * 10) + " HTTP/1.1\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                }
            }
            UdpTest.await(() -> intake.counts().refused() == 20 && intake.counts().connections() == 0);
        }
    }
}
