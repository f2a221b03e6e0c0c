package org.reservoir.monitoring.border;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Listener;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.Schema.Attribute;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.probe.ValueType;
import org.reservoir.monitoring.wire.Collector;
import org.reservoir.monitoring.wire.Protection;
import org.reservoir.monitoring.wire.Spool;
import org.reservoir.monitoring.wire.Tap;
import org.reservoir.monitoring.wire.TcpIntake;
import org.reservoir.monitoring.wire.TcpOutlet;

/** Two sites: measurements of service 5 cross from one to the other. */
class BordersTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final Protection KEY = new Protection.SharedKey("the key of the border".getBytes(StandardCharsets.US_ASCII));
    private static final Protection NONE = new Protection.None();
    private static final ServiceId OURS = new ServiceId(5);
    private static final Schema VEE = Schema.of("infra_vee", Attribute.of("cpu.percent", ValueType.DOUBLE), Attribute.of("vee.host", ValueType.LONG),
            Attribute.of("described", ValueType.STRING), Attribute.of("n", ValueType.LONG));
    private static final Schema KPI = Schema.of("kpi", Attribute.of("queue.size", ValueType.LONG), Attribute.of("mood", ValueType.STRING));
    private static final Schema HOST = Schema.of("infra_host", Attribute.of("load", ValueType.LONG));
    private static final String SECRET = "compute-host-0815";

    private static final class Noted implements Listener {
        final Map<String, List<Long>> values = new HashMap<>();
        final List<String> states = new ArrayList<>();
        final TreeSet<String> streams = new TreeSet<>();

        @Override
        public synchronized void measured(StreamInfo stream, Row row) {
            streams.add(stream.toString());
            int last = stream.schema().size() - 1;
            values.computeIfAbsent(stream.name(), _ -> new ArrayList<>()).add(row.type(last).isNumber() ? row.whole(last) : row.whole(0));
        }

        @Override
        public synchronized void changed(StreamInfo stream, StreamState state, String why) {
            streams.add(stream.toString());
            states.add(stream.name() + " " + state + why);
        }

        synchronized long count() {
            return values.values().stream().mapToLong(List::size).sum();
        }

        synchronized List<String> states() {
            return List.copyOf(states);
        }
    }

    @TempDir
    Path directory;
    private final Noted noted = new Noted();
    private final Admission admission = Borders.admission(Terms.sameIds(OURS), noted);
    private final Collector home = new Collector(admission, BordersTest::now);

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    private static void await(BooleanSupplier condition) {
        for (int i = 0; i < 4000 && !condition.getAsBoolean(); i++) {
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
        assertThat(condition.getAsBoolean()).as("it came to that within twenty seconds").isTrue();
    }

    private static StreamInfo stream(int number, Subject subject, Optional<ServiceId> service, Schema schema, Delivery delivery) {
        var labels = new Labels(service, Optional.of("web"), Optional.of(new HostId(4711)));
        return new StreamInfo(new SourceId(99), number, SECRET + "." + number, subject, labels, schema, Duration.ofSeconds(1), Duration.ofSeconds(1), delivery);
    }

    private static Row vee(long n) {
        return new Row(VEE).begin(n).set(0, 0.5).set(1, 4711L).set(2, (Object) SECRET).set(3, n);
    }

    private static StreamInfo ofVee(int number, long service, Delivery delivery) {
        return stream(number, Subject.of(new VeeId(number)), Optional.of(new ServiceId(service)), VEE, delivery);
    }

    @Test
    void ofAMillionMeasurementsOfServicesAndHostsOnlyTheServicesCrossAndNothingTellsOfHosts() throws Exception {
        var recorded = new ByteArrayOutputStream();
        try (var intake = new TcpIntake(ANY, NONE, home, Optional.empty()); var tap = new Tap(intake.address(), recorded); var borders = new Borders(Optional.empty())) {
            borders.open("home", Terms.sameIds(OURS), source -> new TcpOutlet(source, tap.address(), NONE, Optional.empty(), 1 << 18));
            var away = new Collector(borders, BordersTest::now);
            var streams = new ArrayList<StreamInfo>();
            for (int i = 1; i <= 100; i++) {
                streams.add(ofVee(i, i % 10 == 0 ? 5 : i % 10, Delivery.CONTROL)); // one in five is of service 5
            }
            streams.add(stream(101, Subject.of(new HostId(4711)), Optional.of(OURS), HOST, Delivery.CONTROL));
            streams.add(stream(102, Subject.site(), Optional.of(OURS), HOST, Delivery.CONTROL));
            streams.add(stream(103, Subject.of(new ServiceId(6)), Optional.empty(), HOST, Delivery.CONTROL));
            streams.add(stream(104, Subject.of(new VeeId(104)), Optional.empty(), VEE, Delivery.CONTROL));
            streams.forEach(stream -> away.tell(stream, StreamState.ON, ""));
            var veeRow = vee(1);
            var hostRow = new Row(HOST).begin(1).set(0, 3L);
            long crossing = 0;
            for (long n = 1, all = 0; all < 1_000_000; n++) {
                for (var stream : streams) {
                    boolean ours = stream.number() <= 100 && stream.labels().service().equals(Optional.of(OURS));
                    crossing += ours ? 1 : 0;
                    all++;
                    away.take(stream, n, stream.schema() == VEE ? veeRow.begin(n).set(0, 0.5).set(1, 4711L).set(2, (Object) SECRET).set(3, n) : hostRow);
                }
                if (n % 100 == 0) {
                    long most = crossing - 100_000;
                    await(() -> noted.count() >= most); // no faster than the line
                }
            }
            away.tell(streams.getFirst(), StreamState.OFF, "cannot reach " + SECRET);
            long expected = crossing;
            await(() -> noted.count() == expected);
            assertThat(noted.values.keySet()).hasSize(20).allMatch(name -> name.matches("vee-\\d*[05]\\.infra_vee"));
            assertThat(noted.streams).noneMatch(stream -> stream.contains(SECRET) || stream.contains("4711") || stream.contains("host.") || stream.contains("source-63"));
            assertThat(home.registry().gaps()).isZero();
            String wire;
            synchronized (recorded) {
                wire = recorded.toString(StandardCharsets.ISO_8859_1);
            }
            assertThat(wire.contains(SECRET)).isFalse();
            assertThat(wire.contains("vee-10.infra_vee")).as("the line was read in the clear").isTrue();
        }
    }

    @Test
    void aServicesOwnWordsCrossWithItsNamesAndTexts() throws Exception {
        try (var intake = new TcpIntake(ANY, KEY, home, Optional.empty()); var borders = new Borders(Optional.empty())) {
            borders.open("home", Terms.sameIds(OURS), source -> new TcpOutlet(source, intake.address(), KEY, Optional.empty(), 100));
            var away = new Collector(borders, BordersTest::now);
            var kpi = new StreamInfo(new SourceId(1), 1, "sun.services.sge.kpis.queueSize", Subject.of(OURS), Labels.NONE, KPI, Duration.ofSeconds(1), Duration.ofSeconds(1), Delivery.CONTROL);
            away.tell(kpi, StreamState.ON, "");
            away.take(kpi, 1, new Row(KPI).begin(1).set(0, 12L).set(1, (Object) "fine"));
            await(() -> noted.count() == 1);
            assertThat(noted.values).containsEntry("sun.services.sge.kpis.queueSize", List.of(12L));
        }
    }

    @Test
    void whatAPeerMayNotTellIsRefusedAndCountedAtHome() throws Exception {
        try (var intake = new TcpIntake(ANY, KEY, home, Optional.empty()); var liar = new TcpOutlet(new SourceId(3), intake.address(), KEY, Optional.empty(), 100)) {
            for (var stream : List.of(stream(1, Subject.of(new HostId(1)), Optional.of(OURS), HOST, Delivery.CONTROL),
                    stream(2, Subject.of(new ServiceId(6)), Optional.of(new ServiceId(6)), HOST, Delivery.CONTROL), stream(3, Subject.site(), Optional.of(OURS), HOST, Delivery.CONTROL))) {
                var told = new StreamInfo(new SourceId(3), stream.number(), stream.name(), stream.subject(), stream.labels(), HOST, stream.period(), stream.silence(), stream.delivery());
                liar.tell(told, StreamState.ON, "");
                liar.take(told, 1, new Row(HOST).begin(1).set(0, 1L));
            }
            await(() -> admission.refused() == 6);
            assertThat(noted.count()).isZero();
            assertThat(noted.states()).isEmpty();
        }
    }

    @Test
    void aBrokenLinkLeavesACountedGapInWatchedStreamsAndNoneInBilledOnes() throws Exception {
        try (var kept = Spool.open(directory.resolve("border"), 8 << 20); var received = Spool.open(directory.resolve("home"), 8 << 20);
             var intake = new TcpIntake(ANY, KEY, home, Optional.of(received)); var tap = new Tap(intake.address(), new ByteArrayOutputStream());
             var borders = new Borders(Optional.empty())) {
            borders.open("home", Terms.sameIds(OURS), source -> new TcpOutlet(source, tap.address(), KEY, Optional.of(kept), 10));
            var away = new Collector(borders, BordersTest::now);
            var watched = ofVee(1, 5, Delivery.CONTROL);
            var billed = ofVee(2, 5, Delivery.ACCOUNTING);
            away.tell(watched, StreamState.ON, "");
            away.tell(billed, StreamState.ON, "");
            takeBoth(away, watched, billed, 1, 100);
            await(() -> noted.values.getOrDefault("vee-2.infra_vee", List.of()).size() == 100);
            tap.lead(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)); // nobody there
            tap.cut();
            takeBoth(away, watched, billed, 101, 1000);
            tap.lead(intake.address());
            await(() -> noted.values.getOrDefault("vee-2.infra_vee", List.of()).size() == 1000);
            takeBoth(away, watched, billed, 1001, 1010);
            await(() -> noted.values.get("vee-2.infra_vee").size() == 1010 && noted.values.get("vee-1.infra_vee").getLast() == 1010);
            assertThat(noted.values.get("vee-2.infra_vee")).doesNotHaveDuplicates().isSorted();
            var known = home.registry().streams(org.reservoir.monitoring.probe.Interest.ALL).stream().filter(it -> it.info().name().startsWith("vee-1.")).findFirst().orElseThrow();
            assertThat(known.gaps()).isPositive();
            assertThat(known.gaps() + known.heard()).as("what is missing is counted").isGreaterThanOrEqualTo(1010 - 100);
        }
    }

    private static void takeBoth(Collector away, StreamInfo watched, StreamInfo billed, int from, int to) {
        for (long n = from; n <= to; n++) {
            away.take(watched, n, vee(n));
            away.take(billed, n, vee(n));
        }
    }

    @Test
    void whatIsBilledIsPassedOnFromTheInboxOnceThoughTheGatewayIsKilled() throws Exception {
        for (int life = 0; life < 3; life++) { // each ends without having closed its border in order; the disks stay
            try (var inbox = Spool.open(directory.resolve("inbox"), 8 << 20); var kept = Spool.open(directory.resolve("border"), 8 << 20);
                 var received = Spool.open(directory.resolve("home"), 8 << 20); var intake = new TcpIntake(ANY, KEY, home, Optional.of(received));
                 var borders = new Borders(Optional.of(inbox))) {
                for (long n = 1; n <= 200; n++) {
                    inbox.keep(ofVee(1 + (int) (n % 4), 4 + n % 4, Delivery.ACCOUNTING), n, vee(life * 1000 + n)); // a quarter is of service 5
                }
                borders.open("home", Terms.sameIds(OURS), source -> new TcpOutlet(source, intake.address(), KEY, Optional.of(kept), 10));
                if (life > 0) {
                    borders.turn(now()); // the first dies before it has read
                }
                long wanted = life == 0 ? 0 : 50L * (life + 1);
                await(() -> received.last() == wanted);
                assertThat(borders.inboxRead()).isEqualTo(life == 0 ? 0 : inbox.last());
            }
        }
        assertThat(noted.values.values().stream().flatMap(List::stream).toList()).hasSize(150).doesNotHaveDuplicates();
    }

    @Test
    void aBorderIsOpenedOnceListedAndClosedAndThenItsStreamsEnd() throws Exception {
        try (var intake = new TcpIntake(ANY, KEY, home, Optional.empty()); var borders = new Borders(Optional.empty())) {
            borders.open("home", Terms.sameIds(OURS), source -> new TcpOutlet(source, intake.address(), KEY, Optional.empty(), 100));
            assertThatThrownBy(() -> borders.open("home", Terms.sameIds(OURS), _ -> {
                throw new IllegalStateException("a second way was made");
            })).isInstanceOf(Refused.class).hasMessageContaining("already");
            var away = new Collector(borders, BordersTest::now);
            away.tell(ofVee(1, 5, Delivery.CONTROL), StreamState.ON, "");
            away.take(ofVee(1, 5, Delivery.CONTROL), 1, vee(1));
            await(() -> noted.count() == 1);
            assertThat(borders.list()).containsExactly(new Borders.Status(OURS, "home", 1, 1, 0));
            borders.close(OURS, "home");
            await(() -> noted.states().equals(List.of("vee-1.infra_vee ON", "vee-1.infra_vee RETIRED")));
            away.take(ofVee(1, 5, Delivery.CONTROL), 2, vee(2));
            assertThat(borders.list()).isEmpty();
            assertThat(noted.count()).isEqualTo(1);
            assertThatThrownBy(() -> borders.close(OURS, "home")).isInstanceOf(Refused.class);
        }
    }
}
