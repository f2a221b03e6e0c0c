package org.reservoir.monitoring.lattice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Listener;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.probe.Table;
import org.reservoir.monitoring.probe.ValueType;
import org.reservoir.monitoring.wire.Collector;

/** Bytes that Lattice's own classes wrote, and what must become of them. */
class LatticeTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final Map<String, byte[]> MESSAGES = messages();

    private static Map<String, byte[]> messages() {
        try (var in = LatticeTest.class.getResourceAsStream("messages.txt")) {
            var messages = new LinkedHashMap<String, byte[]>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#")).map(line -> line.split(" "))
                    .forEach(words -> messages.put(words[0], HexFormat.of().parseHex(words[1])));
            return messages;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static final class Noted implements Listener {
        final List<String> heard = new CopyOnWriteArrayList<>();

        @Override
        public void measured(StreamInfo stream, Row row) {
            var text = new StringBuilder(stream.name());
            for (int i = 0; i < row.schema().size(); i++) {
                text.append(' ').append(row.schema().attributes().get(i).name()).append('=')
                        .append(row.type(i).isNumber() ? (Object) row.number(i) : row.thing(i) instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : row.thing(i));
            }
            heard.add(text.toString());
        }

        @Override
        public void changed(StreamInfo stream, StreamState state, String why) {
            heard.add(stream.name() + " " + state);
        }
    }

    private static void await(BooleanSupplier condition) {
        for (int i = 0; i < 2000 && !condition.getAsBoolean(); i++) {
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
        assertThat(condition.getAsBoolean()).as("it came to that within ten seconds").isTrue();
    }

    private static LatticeMessage read(String name) {
        var bytes = MESSAGES.get(name);
        return LatticeMessage.read(bytes, bytes.length).orElseThrow(() -> new AssertionError(name));
    }

    @Test
    void whatLatticeWritesIsReadWithAllThirteenTypes() {
        for (var named : List.of("unnamed", "named")) {
            var message = read(named + "-all");
            assertThat(message.source()).isEqualTo(new UUID(11, 22));
            assertThat(message.probe()).isEqualTo(new UUID(33, 44));
            assertThat(message.sequence()).isEqualTo(7);
            assertThat(message.type()).isEqualTo("infra_vee");
            assertThat(message.at()).isEqualTo(1_700_000_000_123L);
            assertThat(message.delta()).isEqualTo(5000);
            assertThat(message.service()).isEqualTo(new UUID(0, 5));
            assertThat(message.named()).isEqualTo(named.equals("named") ? Optional.of("es.tid.vee.1") : Optional.empty());
            assertThat(message.values()).extracting(LatticeMessage.Value::value).containsExactly(1L, -3L, (long) 'x', -300L, 70000L, 1L << 40, 1.5, -2.25, "text é",
                    List.of(100L, -200L), Map.of("one", 1L), new Table(List.of("pid", "proc"), List.of(List.of(1234L, "ps"))));
            assertThat(message.values()).extracting(LatticeMessage.Value::name).allMatch(name -> name.isEmpty() != named.equals("named"));
        }
    }

    @Test
    void bytesOfEveryLengthAreReadAsLatticePadsThemAndAsXdrDoesAndUnpadded() {
        for (var named : List.of("unnamed", "named")) {
            for (int length = 0; length <= 8; length++) {
                for (var last : List.of("", "last-")) {
                    var message = read(named + "-bytes-" + last + length);
                    assertThat((byte[]) message.values().get(1).value()).hasSize(length);
                    assertThat(message.values()).extracting(LatticeMessage.Value::value).filteredOn(value -> !(value instanceof byte[]))
                            .isEqualTo(last.isEmpty() ? List.of(42L, "after", 43L) : List.of(42L));
                    assertThat(message.write(Padding.WRITTEN)).as("and ours is the same, byte by byte").isEqualTo(MESSAGES.get(named + "-bytes-" + last + length));
                    for (var padding : Padding.values()) {
                        var written = message.write(padding);
                        assertThat(LatticeMessage.read(written, written.length).orElseThrow()).as("%s %s %d", named, padding, length).usingRecursiveComparison().isEqualTo(message);
                    }
                }
            }
        }
    }

    @Test
    void numbersAndTextsAreWrittenAsLatticeWritesThem() {
        for (var named : List.of("unnamed", "named")) {
            var message = read(named + "-all");
            var simple = message.values().subList(0, 9);
            var written = new LatticeMessage(message.source(), message.message(), message.sequence(), message.probe(), message.type(), message.at(), message.delta(), message.service(),
                    message.group(), message.named(), simple).write(Padding.NONE);
            var theirs = MESSAGES.get(named + "-all");
            int count = named.equals("named") ? 136 : 120;
            for (int i = 0; i < written.length; i++) {
                if (i < count - 4 || i >= count) { // but the number of attributes
                    assertThat(written[i]).as("%s, byte %d", named, i).isEqualTo(theirs[i]);
                }
            }
        }
    }

    @Test
    void latticesProducersAreHeardAsStreams() throws Exception {
        var noted = new Noted();
        var collector = new Collector(noted, () -> 1_000);
        try (var intake = new LatticeIntake(ANY, collector, id -> Optional.of(new ServiceId(id.getLeastSignificantBits()))); var lattice = new DatagramSocket()) {
            for (var name : List.of("named-bytes-4", "named-bytes-5", "unnamed-bytes-6", "named-bytes-8")) {
                lattice.send(new DatagramPacket(MESSAGES.get(name), MESSAGES.get(name).length, intake.address()));
            }
            lattice.send(new DatagramPacket(new byte[] {1, 2, 3}, 3, intake.address()));
            await(() -> intake.messages() == 4 && intake.senseless() == 1);
            assertThat(noted.heard).containsExactly("es.tid.vee.1 ON", "es.tid.vee.1 attr.0=42.0 attr.1=01020304 attr.2=after attr.3=43.0",
                    "es.tid.vee.1 attr.0=42.0 attr.1=0102030405 attr.2=after attr.3=43.0", "es.tid.vee.1 attr.0=42.0 attr.1=010203040506 attr.2=after attr.3=43.0",
                    "es.tid.vee.1 attr.0=42.0 attr.1=0102030405060708 attr.2=after attr.3=43.0");
            var known = collector.registry().streams(Interest.ALL).getFirst();
            assertThat(known.gaps()).as("Lattice's 15th was not sent").isEqualTo(1);
            assertThat(known.info().subject()).isEqualTo(Subject.of(new ServiceId(5)));
        }
    }

    @Test
    void aProducerThatWasSilentUntilItWasForgottenIsHeardAgain() throws Exception {
        var noted = new Noted();
        var seconds = new AtomicLong();
        var collector = new Collector(noted, () -> 1_000 * seconds.get());
        try (var intake = new LatticeIntake(ANY, collector, _ -> Optional.empty(), () -> 1_000_000_000L * seconds.get()); var lattice = new DatagramSocket()) {
            lattice.send(new DatagramPacket(MESSAGES.get("named-bytes-4"), MESSAGES.get("named-bytes-4").length, intake.address()));
            await(() -> intake.messages() == 1);
            for (var silence : List.of(40, 1_000)) {
                for (int i = 0; i < silence; i += 20) {
                    seconds.addAndGet(20);
                    collector.turn();
                }
                lattice.send(new DatagramPacket(MESSAGES.get("named-bytes-5"), MESSAGES.get("named-bytes-5").length, intake.address()));
                var known = collector.registry();
                await(() -> known.streams(Interest.ALL).stream().anyMatch(stream -> stream.state() == StreamState.ON));
            }
        }
        assertThat(collector.passedOver()).isZero();
        assertThat(noted.heard.stream().filter(word -> word.equals("es.tid.vee.1 LOST"))).hasSize(2);
    }

    @Test
    void oursIsSentAsLatticeReadsItAndComesBackTheSame() throws Exception {
        var noted = new Noted();
        try (var intake = new LatticeIntake(ANY, new Collector(noted, () -> 1_000), _ -> Optional.empty()); var outlet = new LatticeOutlet(intake.address(), true)) {
            var schema = Schema.of("kpi", Schema.Attribute.of("n", ValueType.LONG), Schema.Attribute.of("b", ValueType.BYTES), Schema.Attribute.of("l", ValueType.LIST));
            var stream = new StreamInfo(new SourceId(9), 1, "a.b", Subject.site(), Labels.NONE, schema, Duration.ofSeconds(1), Duration.ofSeconds(1), Delivery.CONTROL);
            outlet.take(stream, 1, new Row(schema).begin(1).set(0, 7L).set(1, new byte[] {1, 2, 3, 4}).set(2, List.of(1L, "x")));
            await(() -> noted.heard.size() == 2);
            assertThat(noted.heard.getLast()).as("a list of several types becomes one of texts").isEqualTo("a.b n=7.0 b=01020304 l=[1, x]");
        }
    }

    @Test
    void noBytesWhateverTheyAreBreakTheReader() {
        var all = new ArrayList<>(MESSAGES.values());
        Seeded.forAll(3000, seed -> {
            var random = Seeded.random(seed);
            var bytes = all.get(random.nextInt(all.size())).clone();
            for (int flips = random.nextInt(6); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            int length = random.nextBoolean() ? bytes.length : random.nextInt(bytes.length);
            LatticeMessage.read(bytes, length).ifPresent(message -> assertThat(message.values().size()).isLessThan(bytes.length));
        });
    }

    @Test
    void latticeIsHeardOnThisMachineAlone() {
        assertThatThrownBy(() -> new LatticeIntake(new InetSocketAddress("0.0.0.0", 0), new Collector(new Noted(), () -> 1), _ -> Optional.empty())).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> new LatticeOutlet(new InetSocketAddress("192.0.2.1", 9), false)).isInstanceOf(Refused.class);
    }
}
