package org.reservoir.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

import com.sun.net.httpserver.HttpServer;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;
import org.reservoir.telemetry.push.Format;
import org.reservoir.telemetry.push.Otlp;
import org.reservoir.telemetry.push.Push;
import org.reservoir.telemetry.push.RemoteWrite;

class PushTest {
    /** What a receiver got, and how it answers. */
    private static final class Receiver implements AutoCloseable {
        final List<byte[]> bodies = new CopyOnWriteArrayList<>();
        final HttpServer server;
        volatile int answer = 200;

        Receiver() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                var body = exchange.getRequestBody().readAllBytes();
                if (answer == 200) {
                    bodies.add(body);
                }
                exchange.sendResponseHeaders(answer, -1);
                exchange.close();
            });
            server.start();
        }

        URI uri() {
            return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1/metrics");
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    @TempDir
    Path directory;
    private final Roster roster = new Roster();
    private final Measurements measurements = new Measurements(Measurements.Bounds.USUAL, roster);
    private final AtomicReference<Instant> time = new AtomicReference<>(Instant.now().truncatedTo(java.time.temporal.ChronoUnit.MILLIS));
    private final InstantSource clock = time::get;

    private Push push(URI to, Format format) {
        return new Push(measurements, clock, new Push.Target(to, format, Duration.ofMillis(100), Map.of()));
    }

    private void measure(double value) {
        roster.note(new VeeId(7), Labels.of(new ServiceId(5), "web"));
        measurements.take(new SeriesKey(Subject.of(new VeeId(7)), "vee.cpu.percent"), value, time.get());
        measurements.take(new SeriesKey(Subject.of(new VeeId(7)), "queue.size"), value * 2, time.get());
        measurements.take(new SeriesKey(Subject.of(new HostId(3)), "host.load"), value * 3, time.get());
    }

    private static List<Double> loads(List<byte[]> bodies) {
        return bodies.stream().flatMap(body -> {
            try {
                return ExportMetricsServiceRequest.parseFrom(body).getResourceMetrics(0).getScopeMetrics(0).getMetricsList().stream();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }).filter(metric -> metric.getName().equals("vee.cpu.percent")).map(metric -> metric.getGauge().getDataPoints(0).getAsDouble()).toList();
    }

    @Test
    void otlpSaysEachValueOnceWithWhoseItIs() throws Exception {
        try (var receiver = new Receiver()) {
            measure(1.5);
            try (var push = push(receiver.uri(), new Otlp("north"))) {
                Heard.await(() -> push.counts().sent() == 3);
                time.updateAndGet(now -> now.plusSeconds(1));
                measure(2.5);
                Heard.await(() -> push.counts().sent() == 6);
                assertThat(push.counts()).isEqualTo(new Push.Counts(6, 0, 0, ""));
            }
            assertThat(loads(receiver.bodies)).containsExactly(1.5, 2.5);
            var sent = ExportMetricsServiceRequest.parseFrom(receiver.bodies.getFirst()).getResourceMetrics(0);
            assertThat(sent.getResource().getAttributesList()).extracting(it -> it.getKey() + "=" + it.getValue().getStringValue())
                    .containsExactly("service.name=reservoir", "service.instance.id=north");
            var queue = sent.getScopeMetrics(0).getMetricsList().stream().filter(metric -> metric.getName().equals("queue.size")).findFirst().orElseThrow().getGauge().getDataPoints(0);
            assertThat(queue.getAsDouble()).isEqualTo(3.0);
            assertThat(queue.getAttributesList()).extracting(it -> it.getKey() + "=" + it.getValue().getStringValue())
                    .containsExactlyInAnyOrder("reservoir.vee=vee-7", "reservoir.service=" + new ServiceId(5), "reservoir.component=web", "reservoir.kpi=queue.size");
        }
    }

    @Test
    void aReceiverThatIsAwayGetsWhatItMissedAndOneThatRefusesIsNotAskedAgain() throws Exception {
        try (var receiver = new Receiver(); var push = push(receiver.uri(), new Otlp("north"))) {
            receiver.answer = 503;
            measure(1);
            Heard.await(() -> push.counts().problem().contains("503"));
            receiver.answer = 200;
            Heard.await(() -> push.counts().sent() == 3);
            receiver.answer = 400;
            time.updateAndGet(now -> now.plusSeconds(1));
            measure(2);
            Heard.await(() -> push.counts().refused() == 3);
            receiver.answer = 200;
            time.updateAndGet(now -> now.plusSeconds(1));
            measure(3);
            Heard.await(() -> push.counts().sent() == 6);
            assertThat(loads(receiver.bodies)).containsExactly(1.0, 3.0);
        }
    }

    @Test
    void aClockThatIsSetBackByAnHourHidesNothing() throws Exception {
        try (var receiver = new Receiver(); var push = push(receiver.uri(), new Otlp("north"))) {
            measure(1);
            Heard.await(() -> push.counts().sent() == 3);
            time.updateAndGet(now -> now.minus(Duration.ofHours(1)));
            measure(2);
            Heard.await(() -> loads(receiver.bodies).contains(2.0));
        }
    }

    @Test
    void whatIsNoAddressIsRefused() {
        assertThatThrownBy(() -> new Push.Target(URI.create("ftp://x/y"), new RemoteWrite(), Duration.ofSeconds(1), Map.of())).isInstanceOf(Refused.class);
    }

    @Test
    @Tag("long")
    void prometheusTakesWhatIsWritten() throws Exception {
        int port = Server.freePort();
        Files.writeString(directory.resolve("prometheus.yml"), "global: {scrape_interval: 1m}\n");
        try (var _ = new Server(List.of(Server.program("prometheus"), "--config.file=prometheus.yml", "--storage.tsdb.path=data", "--web.enable-remote-write-receiver",
                "--web.listen-address=127.0.0.1:" + port), directory, port)) {
            isTaken(port, "/api/v1/write");
        }
    }

    @Test
    @Tag("long")
    void victoriaMetricsTakesWhatIsWritten() throws Exception {
        int port = Server.freePort();
        try (var _ = new Server(List.of(Server.program("victoria-metrics"), "-storageDataPath=data", "-search.latencyOffset=0s", "-httpListenAddr=127.0.0.1:" + port), directory, port)) {
            isTaken(port, "/api/v1/write");
        }
    }

    private void isTaken(int port, String path) throws Exception {
        try (var push = push(URI.create("http://127.0.0.1:" + port + path), new RemoteWrite()); var client = HttpClient.newHttpClient()) {
            measure(1.5);
            Heard.await(() -> push.counts().sent() >= 3);
            assertThat(push.counts().refused()).isZero();
            for (var query : Map.of("reservoir_vee_cpu_percent{vee=\"vee-7\",component=\"web\"}", "1.5", "reservoir_kpi{kpi=\"queue.size\"}", "3", "reservoir_host_load", "4.5").entrySet()) {
                var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/api/v1/query?query=%s".formatted(port, URLEncoder.encode(query.getKey(), StandardCharsets.UTF_8)))).build();
                Heard.await(() -> asked(client, request).filter(answer -> answer.contains("\"" + query.getValue() + "\"")).isPresent());
            }
        }
    }

    private static Optional<String> asked(HttpClient client, HttpRequest request) {
        try {
            return Optional.of(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
        } catch (IOException _) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
