package org.reservoir.monitoring.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Listener;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.DataSource;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.ProbeSettings;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.probe.ValueType;

class UdpTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final byte[] KEY = "0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    static final Schema COUNT = Schema.of("count", Schema.Attribute.of("n", ValueType.LONG), Schema.Attribute.of("x", ValueType.DOUBLE));

    /** Remembers all it hears. */
    static final class Noted implements Listener {
        final List<Long> values = new CopyOnWriteArrayList<>();
        final List<String> states = new CopyOnWriteArrayList<>();

        @Override
        public void measured(StreamInfo stream, Row row) {
            values.add(row.whole(0));
        }

        @Override
        public void changed(StreamInfo stream, StreamState state, String why) {
            states.add(stream.name() + " " + state);
        }
    }

    static Probe counter() {
        return new Probe() {
            private long n;

            @Override
            public Schema schema() {
                return COUNT;
            }

            @Override
            public void measure(Row row) {
                row.set(0, ++n).set(1, n / 3.0);
            }
        };
    }

    static void await(BooleanSupplier condition) {
        for (int i = 0; i < 2000 && !condition.getAsBoolean(); i++) {
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
        assertThat(condition.getAsBoolean()).as("it came to that within ten seconds").isTrue();
    }

    static List<Long> upTo(int last) {
        var numbers = new ArrayList<Long>();
        for (long i = 1; i <= last; i++) {
            numbers.add(i);
        }
        return numbers;
    }

    private final Noted noted = new Noted();
    private final Collector collector = new Collector(noted, () -> System.nanoTime() / 1_000_000);

    @Test
    void whatASourceMeasuresIsHeardOnTheOtherSide() throws Exception {
        for (var key : List.of(Optional.<byte[]>empty(), Optional.of(KEY))) {
            noted.values.clear();
            var id = new SourceId(key.isPresent() ? 5 : 6);
            try (var intake = new UdpIntake(ANY, key, collector); var outlet = new UdpOutlet(id, intake.address(), key); var source = new DataSource(id, 0)) {
                source.subscribe(Interest.ALL, outlet);
                source.add("a.b", Subject.of(new VeeId(1)), Labels.NONE, counter(), ProbeSettings.every(Duration.ofMillis(10)));
                for (int now = 10; now <= 1000; now += 10) {
                    source.turn(now, now);
                }
                await(() -> noted.values.size() == 100);
                assertThat(noted.values).isEqualTo(upTo(100));
                assertThat(collector.registry().gaps()).isZero();
            }
        }
    }

    @Test
    void whatIsDueTogetherSharesDatagramsAndIsGoneWhenTheTurnEnds() throws Exception {
        var id = new SourceId(8);
        try (var intake = new UdpIntake(ANY, Optional.of(KEY), collector); var outlet = new UdpOutlet(id, intake.address(), Optional.of(KEY)); var source = new DataSource(id, 0)) {
            source.subscribe(Interest.ALL, outlet);
            for (int i = 0; i < 100; i++) {
                source.add("a.b" + i, Subject.site(), Labels.NONE, counter(), ProbeSettings.every(Duration.ofMillis(10)));
            }
            long told = outlet.sent();
            source.turn(10, 10);
            assertThat(outlet.sent() - told).isBetween(1L, 50L);
            await(() -> noted.values.size() == 100);
        }
    }

    @Test
    void strangersForgersAndRepeatersAreCountedAndNotHeard() throws Exception {
        var id = new SourceId(7);
        try (var intake = new UdpIntake(ANY, Optional.of(KEY), collector); var tap = new DatagramSocket(ANY);
             var outlet = new UdpOutlet(id, (InetSocketAddress) tap.getLocalSocketAddress(), Optional.of(KEY)); var source = new DataSource(id, 0)) {
            source.subscribe(Interest.ALL, outlet);
            source.add("a.b", Subject.site(), Labels.NONE, counter(), ProbeSettings.every(Duration.ofMillis(10)));
            source.turn(10, 10);
            var packets = new ArrayList<byte[]>();
            tap.setSoTimeout(5000);
            for (int i = 0; i < 2; i++) {
                var packet = new DatagramPacket(new byte[2000], 2000);
                tap.receive(packet);
                packets.add(java.util.Arrays.copyOf(packet.getData(), packet.getLength()));
            }
            for (var packet : packets) {
                tap.send(new DatagramPacket(packet, packet.length, intake.address()));
            }
            await(() -> noted.values.size() == 1);
            for (var packet : packets) {
                tap.send(new DatagramPacket(packet, packet.length, intake.address())); // again
                packet[packet.length - 1] ^= 1;
                tap.send(new DatagramPacket(packet, packet.length, intake.address())); // touched
            }
            tap.send(new DatagramPacket(new byte[] {1, 2, 3}, 3, intake.address()));
            await(() -> intake.counts().forged() == 3 && intake.counts().repeated() == 2);
            assertThat(noted.values).containsExactly(1L);
        }
    }

    @Test
    void everyDatagramThatIsLostIsCounted() throws Exception {
        Seeded.forAll(3, seed -> {
            var random = Seeded.random(seed);
            var id = new SourceId(100 + seed);
            try (var intake = new UdpIntake(ANY, Optional.empty(), collector); var lossy = new DatagramSocket(ANY);
                 var outlet = new UdpOutlet(id, (InetSocketAddress) lossy.getLocalSocketAddress(), Optional.empty()); var source = new DataSource(id, 0)) {
                lossy.setSoTimeout(300);
                source.subscribe(Interest.ALL, outlet);
                var stream = source.add("a.b", Subject.site(), Labels.NONE, counter(), ProbeSettings.every(Duration.ofMillis(10)));
                int heardBefore = noted.values.size();
                for (int now = 10; now <= 1000; now += 10) { // no more datagrams than the tap's socket holds
                    source.turn(now, now);
                }
                boolean first = true;
                var packet = new DatagramPacket(new byte[2000], 2000);
                var held = new ArrayList<byte[]>();
                while (true) {
                    try {
                        packet.setLength(2000);
                        lossy.receive(packet);
                    } catch (java.net.SocketTimeoutException _) {
                        break;
                    }
                    held.add(java.util.Arrays.copyOf(packet.getData(), packet.getLength()));
                }
                for (int i = 0; i < held.size(); i++) {
                    if (first || i < 3 || i >= held.size() - 2 || random.nextInt(3) > 0) { // the word, the first and last measurements, and the word again
                        lossy.send(new DatagramPacket(held.get(i), held.get(i).length, intake.address()));
                    }
                    first = false;
                }
                await(() -> collector.registry().stream(stream.key()).map(known -> known.heard() + known.gaps()).orElse(0L) == 100);
                var known = collector.registry().stream(stream.key()).orElseThrow();
                assertThat(known.heard()).isEqualTo(noted.values.size() - heardBefore);
                assertThat(known.gaps()).isPositive();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    @Test
    void allWhoJoinedAGroupHearIt() throws Exception {
        var loopback = java.net.NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
        int port;
        try (var free = new DatagramSocket(ANY)) {
            port = free.getLocalPort();
        }
        var group = new InetSocketAddress(InetAddress.getByName("239.195.7." + (1 + port % 250)), port);
        var others = new Noted();
        try (var one = UdpIntake.ofGroup(group, loopback, KEY, collector);
             var other = UdpIntake.ofGroup(group, loopback, KEY, new Collector(others, () -> System.nanoTime() / 1_000_000));
             var outlet = UdpOutlet.toGroup(new SourceId(90), group, loopback, KEY); var source = new DataSource(new SourceId(90), 0)) {
            source.subscribe(Interest.ALL, outlet);
            source.add("a.b", Subject.site(), Labels.NONE, counter(), ProbeSettings.every(Duration.ofMillis(10)));
            for (int now = 10; now <= 500; now += 10) {
                source.turn(now, now);
            }
            await(() -> noted.values.size() == 50 && others.values.size() == 50);
            assertThat(noted.values).isEqualTo(upTo(50)).isEqualTo(others.values);
            assertThat(one.counts().forged() + other.counts().forged()).isZero();
        }
    }

    @Test
    void whatComesTwiceOrOutOfOrderIsTakenOnceAndAllOfItIsCounted() throws Exception {
        Seeded.forAll(3, seed -> {
            var random = Seeded.random(seed);
            var id = new SourceId(200 + seed);
            try (var intake = new UdpIntake(ANY, Optional.of(KEY), collector); var line = new DatagramSocket(ANY);
                 var outlet = new UdpOutlet(id, (InetSocketAddress) line.getLocalSocketAddress(), Optional.of(KEY)); var source = new DataSource(id, 0)) {
                source.subscribe(Interest.ALL, outlet);
                var stream = source.add("a.b", Subject.site(), Labels.NONE, counter(), ProbeSettings.every(Duration.ofMillis(10)));
                var packets = new ArrayList<byte[]>();
                line.setSoTimeout(10_000);
                packets.add(received(line));
                for (int now = 10; now <= 400; now += 10) {
                    source.turn(now, now);
                    packets.add(received(line)); // each measurement in a datagram of its own
                }
                var all = new ArrayList<>(packets.subList(1, packets.size()));
                all.addAll(packets.subList(1, packets.size()));
                java.util.Collections.shuffle(all.subList(1, all.size()), new java.util.Random(random.nextLong())); // the first must come first: what was before it is no loss
                line.send(new DatagramPacket(packets.getFirst(), packets.getFirst().length, intake.address()));
                int before = noted.values.size();
                for (var packet : all) {
                    line.send(new DatagramPacket(packet, packet.length, intake.address()));
                }
                await(() -> intake.counts().frames() == 41 && intake.counts().repeated() == 40);
                assertThat(noted.values.subList(before, noted.values.size())).containsExactlyInAnyOrderElementsOf(upTo(40));
                assertThat(collector.registry().stream(stream.key()).orElseThrow().gaps()).isZero();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    private static byte[] received(DatagramSocket line) throws java.io.IOException {
        var packet = new DatagramPacket(new byte[2000], 2000);
        line.receive(packet);
        return java.util.Arrays.copyOf(packet.getData(), packet.getLength());
    }

    @Test
    void aSourceWhoseClockIsSetBackByAnHourIsHeardOn() throws Exception {
        var id = new SourceId(91);
        try (var intake = new UdpIntake(ANY, Optional.of(KEY), collector); var outlet = new UdpOutlet(id, intake.address(), Optional.of(KEY)); var source = new DataSource(id, 0)) {
            source.subscribe(Interest.ALL, outlet);
            var stream = source.add("a.b", Subject.site(), Labels.NONE, counter(), ProbeSettings.every(Duration.ofMillis(10)));
            long wall = 1_790_000_000_000L;
            for (int now = 10; now <= 1000; now += 10) {
                source.turn(now, now < 500 ? wall + now : wall + now - 3_600_000);
            }
            await(() -> noted.values.size() == 100);
            assertThat(noted.values).isEqualTo(upTo(100));
            collector.turn();
            var known = collector.registry().stream(stream.key()).orElseThrow();
            assertThat(known.gaps()).isZero();
            assertThat(known.state()).isEqualTo(StreamState.ON);
        }
    }

    @Test
    void theStreamsOfASourceThatDiedAreLostAndThoseOfItsSuccessorAreHeard() throws Exception {
        long[] clock = {1_000};
        var heard = new Noted();
        var watching = new Collector(heard, () -> clock[0]);
        try (var intake = new UdpIntake(ANY, Optional.of(KEY), watching)) {
            for (long life = 1; life <= 2; life++) {
                var id = new SourceId(92 + life);
                var outlet = new UdpOutlet(id, intake.address(), Optional.of(KEY));
                var source = new DataSource(id, 0); // never closed: it dies
                source.subscribe(Interest.ALL, outlet);
                source.add("a.b", Subject.site(), Labels.NONE, counter(), ProbeSettings.every(Duration.ofMillis(10)));
                source.turn(10, 10);
                int wanted = (int) life;
                await(() -> heard.values.size() == wanted);
                outlet.close();
                clock[0] += 60_000;
                watching.turn();
            }
            assertThat(heard.states).containsExactly("a.b ON", "a.b LOST", "a.b ON", "a.b LOST");
        }
    }

    @Test
    void nothingLeavesTheMachineUnsealed() {
        var outside = new InetSocketAddress("192.0.2.1", 9);
        assertThatThrownBy(() -> new UdpOutlet(new SourceId(1), outside, Optional.empty())).isInstanceOf(Refused.class).hasMessageContaining("unsealed");
        assertThatThrownBy(() -> new UdpIntake(new InetSocketAddress("0.0.0.0", 0), Optional.empty(), collector)).isInstanceOf(Refused.class);
    }

    @Test
    void aSourceSaysWhatItIs() throws Exception {
        var id = new SourceId(12);
        try (var intake = new UdpIntake(ANY, Optional.of(KEY), collector); var outlet = new UdpOutlet(id, intake.address(), Optional.of(KEY)); var source = new DataSource(id, 0)) {
            source.introduce("agent of n3", Optional.of(new org.reservoir.kernel.HostId(3)), "10.0.0.3:9471");
            source.subscribe(Interest.ALL, outlet);
            await(() -> !collector.registry().sources().isEmpty());
            var info = collector.registry().sources().getFirst().info();
            assertThat(info).isEqualTo(new org.reservoir.monitoring.probe.SourceInfo(id, "agent of n3", Optional.of(new org.reservoir.kernel.HostId(3)), "10.0.0.3:9471", 0, 0, 0));
        }
    }
}
