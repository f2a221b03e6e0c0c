package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.gateways.rest.RestOptions;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;
import org.reservoir.placement.Policy;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veeh.simulated.SimulatedHosts;
import org.reservoir.veeh.simulated.SimulatedWorld;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;

/** What a guest can do with its secret through a whole site, by channel and by HTTP: report for itself while it lives, and nothing else. */
@Tag("long")
class GuestReportsTest {
    private static final Caller ADMIN = new Caller(new UserId(1), "admin", new GroupId(1), Set.of(new GroupId(1)), true);

    @TempDir
    Path data;
    @TempDir
    Path desk;

    private final SimulatedWorld world = new SimulatedWorld(InstantSource.system()).keepingSeeds();
    private final HttpClient http = HttpClient.newHttpClient();
    private Site site;
    private VeeId vee;
    private VeeId other;

    @BeforeEach
    void open() {
        site = Site.open(new Settings("reports", data, TestDatabase.settings("db/store"), RestOptions.LOCAL, List.of(), Policy.STRIPING, false, "test"),
                List.of(new SimulatedHosts(world)), InstantSource.system());
        site.vmi().hosts().add(ADMIN, HostRequest.of("h1", "sim://h1"));
        vee = running("one");
        other = running("two");
    }

    @AfterEach
    void close() {
        http.close();
        site.close();
    }

    @Test
    void aGuestReportsForItselfByHttp() throws Exception {
        assertThat(kpis(vee, secret(vee), "{\"queue.length\": 12, \"load\": 0.5}")).isEqualTo(204);
        assertThat(post("/guests/" + vee + "/ready", secret(vee), "")).isEqualTo(204);
        until(() -> ready(vee));
        assertThat(measured(vee)).contains("queue.length", "12.0").doesNotContain("vee-" + other.value());
        assertThat(ready(other)).isFalse();
    }

    @Test
    void aProgramThatIsWrittenAsThePageSaysIsHeard() throws Exception {
        var page = Files.readString(Path.of("../docs/how-to-add/a-kpi.md"));
        var source = Files.writeString(desk.resolve("Queue.java"), block(page, "java"));
        assertThat(javax.tools.ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", desk.toString(), source.toString())).isZero();
        hears(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-cp", desk + ":" + System.getProperty("java.class.path"), "Queue"), "queue.length", "12.0");
        assertThat(ready(vee)).isTrue();
        hears(List.of("sh", Files.writeString(desk.resolve("users.sh"), block(page, "sh")).toString()), "shell.users", "3.0");
    }

    @Test
    @Tag("real")
    void aProgramInPythonIsHeardAsWell() throws Exception {
        hears(List.of("python3", Files.writeString(desk.resolve("users.py"), block(Files.readString(Path.of("../docs/how-to-add/a-kpi.md")), "python")).toString()), "python.users", "4.0");
    }

    private static String block(String page, String language) {
        int begin = page.indexOf("```" + language + "\n") + language.length() + 4;
        return page.substring(begin, page.indexOf("```", begin));
    }

    /** What the program writes to its channel, the guest says on its own. */
    private void hears(List<String> program, String kpi, String value) throws Exception {
        var channel = Files.writeString(desk.resolve("channel"), "");
        var seed = Files.writeString(desk.resolve("reservoir.env"), "VEE_ID='%s'\nVEE_SECRET='%s'\n".formatted(vee, secret(vee)));
        var words = new java.util.ArrayList<>(program);
        words.addAll(List.of(channel.toString(), seed.toString()));
        assertThat(new ProcessBuilder(words).inheritIO().start().waitFor()).isZero();
        until(() -> {
            try {
                Files.readAllLines(channel).forEach(line -> says(vee, line)); // again and again: at first nobody may listen
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            return measured(vee).contains("\"" + kpi + "\"") && measured(vee).contains(value);
        });
    }

    @Test
    void aGuestReportsInJsonLines() throws Exception {
        var lines = HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofString("{\"queue.length\": 12}\n\n{\"load\": 0.5, \"queue.length\": 13}\n")).header("Content-Type", "application/x-ndjson");
        assertThat(send(lines, "/api/monitoring/v1/guests/" + vee + "/kpis", secret(vee)).statusCode()).isEqualTo(204);
        assertThat(measured(vee)).contains("\"queue.length\"", "13.0", "\"load\"");
        var broken = HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofString("{\"other\": 1}\n{\"load\"")).header("Content-Type", "application/x-ndjson");
        assertThat(send(broken, "/api/monitoring/v1/guests/" + vee + "/kpis", secret(vee)).statusCode()).isEqualTo(400);
        assertThat(measured(vee)).doesNotContain("other");
    }

    @Test
    void aProgramInAGuestExportsItsMetricsByOpenTelemetry() {
        var exporter = OtlpHttpMetricExporter.builder().setEndpoint(site.uri() + "/api/monitoring/v1/guests/" + vee + "/otlp/v1/metrics")
                .addHeader("Authorization", "Bearer " + secret(vee)).setCompression("gzip").build();
        try (var metrics = SdkMeterProvider.builder().registerMetricReader(PeriodicMetricReader.builder(exporter).setInterval(Duration.ofHours(1)).build()).build()) {
            var meter = metrics.get("shop");
            meter.counterBuilder("orders").build().add(3, Attributes.builder().put("country", "it").put("paid", true).build());
            meter.gaugeBuilder("queue.length").build().set(17.5);
            meter.histogramBuilder("answer.time").build().record(0.25);
            meter.gaugeBuilder("vee.cpu.percent").build().set(1);
            assertThat(metrics.forceFlush().join(1, java.util.concurrent.TimeUnit.MINUTES).isSuccess()).isTrue();
        }
        assertThat(measured(vee)).contains("\"orders/country:it/paid:true\"", "3.0", "\"queue.length\"", "17.5", "\"answer.time.count\"", "\"answer.time.sum\"", "0.25").doesNotContain("vee.cpu.percent");
    }

    @Test
    void noSecretOpensAnythingElse() throws Exception {
        assertThat(kpis(vee, secret(other), "{\"load\": 1}")).isEqualTo(401);
        assertThat(kpis(vee, "0".repeat(32), "{\"load\": 1}")).isEqualTo(401);
        assertThat(kpis(vee, "", "{\"load\": 1}")).isEqualTo(401);
        assertThat(kpis(new VeeId(999), secret(vee), "{\"load\": 1}")).isEqualTo(401);
        assertThat(post("/guests/" + other + "/ready", secret(vee), "")).isEqualTo(401);
        var export = HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.noBody()).header("Content-Type", "application/x-protobuf");
        assertThat(send(export, "/api/monitoring/v1/guests/" + vee + "/otlp/v1/metrics", secret(other)).statusCode()).isEqualTo(401);
        for (var path : List.of("/api/veem/v1/vees/" + vee, "/api/monitoring/v1/measurements?subject=" + vee, "/metrics", "/api/veeh/v1/hosts")) {
            assertThat(send(HttpRequest.newBuilder(), path, secret(vee)).statusCode()).as(path).isEqualTo(401);
        }
        assertThat(measured(vee)).doesNotContain("\"load\"");
        assertThat(ready(other)).isFalse();
    }

    @Test
    void whatIsNoReportIsRefusedWhole() throws Exception {
        for (var body : List.of("{\"load\": NaN}", "{\"load\": 1e999}", "{\"load\": \"1\"}", "{\"load\": null}", "{\"load\": {}}", "[1]", "7", "{", "{\"ok\": 1, \"bad name\": 1}",
                "{\"vee.cpu.percent\": 1}", "{\"ok\": 1, \"" + "n".repeat(201) + "\": 1}", "{\"a\\u0000b\": 1}")) {
            assertThat(kpis(vee, secret(vee), body)).as(body).isEqualTo(400);
        }
        assertThat(post("/guests/" + vee + "/otlp/v1/metrics", secret(vee), "{}")).as("OTLP as JSON").isEqualTo(415);
        assertThat(kpis(vee, secret(vee), "{\"load\": " + "1".repeat(20_000) + "}")).isEqualTo(413);
        var many = IntStream.range(0, 150).mapToObj(i -> "\"k" + i + "\": 1").collect(Collectors.joining(",", "{", "}"));
        assertThat(kpis(vee, secret(vee), many)).as("150 names").isEqualTo(507);
        assertThat(measured(vee)).doesNotContain("\"ok\"", "\"k0\"", "\"load\"");
        assertThat(kpis(other, secret(other), "{\"load\": 1}")).as("another's report").isEqualTo(204);
    }

    @Test
    void whoReportsWithoutEndIsStoppedAndItsNeighbourIsNot() throws Exception {
        int status = 204;
        for (int i = 0; i < 5000 && status == 204; i++) {
            status = kpis(vee, secret(vee), IntStream.range(0, 50).mapToObj(n -> "\"k" + n + "\": 1").collect(Collectors.joining(",", "{", "}")));
        }
        assertThat(status).isEqualTo(429);
        assertThat(kpis(other, secret(other), "{\"load\": 1}")).isEqualTo(204);
    }

    @Test
    void onItsChannelAGuestIsBelievedForItselfAlone() throws Exception {
        beHeard(vee);
        beHeard(other);
        says(vee, "HELLO " + other + " " + secret(other), "KPI load 66", "READY");
        says(vee, "HELLO " + vee + " " + secret(other), "KPI load 77");
        says(vee, "KPI load 88", "KPI load \u0000\u0007", "x".repeat(1000));
        says(other, "HELLO " + other + " " + secret(other), "KPI load 5", "READY");
        until(() -> ready(other) && measured(other).contains("5.0"));
        assertThat(ready(vee)).isFalse();
        assertThat(measured(vee)).doesNotContain("\"load\"");
        says(vee, "HELLO " + vee + " " + secret(vee), "KPI load 99");
        until(() -> measured(vee).contains("99.0"));
    }

    @Test
    void whatEndedReportsNoMore() throws Exception {
        var secret = secret(vee);
        beHeard(vee);
        beHeard(other);
        site.vmi().vees().act(ADMIN, vee, new VeeAction.Terminate(true));
        until(() -> state(vee) == VeeState.TERMINATED);
        until(() -> status(() -> kpis(vee, secret, "{\"load\": 2}")) == 401);
        assertThat(post("/guests/" + vee + "/ready", secret, "")).isEqualTo(401);
        says(vee, "HELLO " + vee + " " + secret, "KPI replayed 3");
        says(other, "HELLO " + other + " " + secret(other), "KPI after 4");
        until(() -> measured(other).contains("after"));
        assertThat(measured(vee)).doesNotContain("replayed");
    }

    // ---- words

    private VeeId running(String name) {
        var spec = VeeSpec.of(name, 1, DataSize.mebibytes(64));
        var id = site.vmi().vees().create(ADMIN, new VeeSpec(name, 1, spec.cpu(), spec.memory(), spec.limits(), spec.boot(), spec.disks(), spec.nics(), spec.context(),
                spec.placement(), false, Optional.empty(), false, true, spec.tags(), spec.notes())).id();
        until(() -> state(id) == VeeState.RUNNING);
        return id;
    }

    private Vee look(VeeId id) {
        return site.vmi().vees().vee(ADMIN, id);
    }

    private VeeState state(VeeId id) {
        return look(id).state();
    }

    private boolean ready(VeeId id) {
        return look(id).ready();
    }

    private void says(VeeId id, String... lines) {
        for (var line : lines) {
            world.machine("h1").says(id, line);
        }
    }

    /** As guests do: says who it is until it is heard, for at first nobody may listen. */
    private void beHeard(VeeId id) {
        until(() -> {
            says(id, "HELLO " + id + " " + secret(id), "KPI here 1");
            return measured(id).contains("here");
        });
    }

    private String secret(VeeId id) {
        var seed = new String(world.machine("h1").guest(id).orElseThrow().seed().get("reservoir.env"), StandardCharsets.UTF_8);
        return seed.lines().filter(line -> line.startsWith("VEE_SECRET=")).map(line -> line.replaceAll("VEE_SECRET='|'", "")).findFirst().orElseThrow();
    }

    private int kpis(VeeId id, String secret, String body) throws IOException, InterruptedException {
        return post("/guests/" + id + "/kpis", secret, body);
    }

    private int post(String path, String secret, String body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofString(body)).header("Content-Type", "application/json"), "/api/monitoring/v1" + path, secret)
                .statusCode();
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String path, String token) throws IOException, InterruptedException {
        return http.send(request.uri(URI.create(site.uri() + path)).header("Authorization", "Bearer " + token).build(), HttpResponse.BodyHandlers.ofString());
    }

    private String measured(VeeId id) {
        try {
            var token = Files.readString(data.resolve(Site.ADMIN_TOKEN)).strip();
            return send(HttpRequest.newBuilder(), "/api/monitoring/v1/measurements?subject=" + id, token).body();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Asked {
        int answer() throws IOException, InterruptedException;
    }

    private static int status(Asked asked) {
        try {
            return asked.answer();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void until(BooleanSupplier condition) {
        var end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
    }
}
