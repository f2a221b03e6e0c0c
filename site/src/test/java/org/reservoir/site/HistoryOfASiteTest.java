package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.gateways.rest.RestOptions;
import org.reservoir.placement.Policy;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veeh.simulated.SimulatedHosts;
import org.reservoir.veeh.simulated.SimulatedWorld;

/** What a whole site measures is kept, read again after a restart, asked for in PromQL, and told when it is not as it should be. */
@Tag("long")
class HistoryOfASiteTest {
    @TempDir
    Path data;

    private final SimulatedWorld world = new SimulatedWorld(InstantSource.system());
    private final HttpClient http = HttpClient.newHttpClient();
    private final org.reservoir.store.DatabaseSettings database = TestDatabase.settings("db/store");
    private Site site;
    private String token;

    @BeforeEach
    void begin() {
        open();
        token = Site.adminToken(data).orElseThrow();
        send("POST", "/api/veeh/v1/hosts", "{\"name\":\"h1\",\"uri\":\"sim://h1\"}");
    }

    private void open() {
        open(new Settings("kept", data, database, RestOptions.LOCAL, List.of(), Policy.STRIPING, false, "test"));
    }

    private void open(Settings settings) {
        site = Site.open(settings, List.of(new SimulatedHosts(world)), InstantSource.system());
    }

    @AfterEach
    void close() {
        http.close();
        site.close();
    }

    private String send(String method, String path, String body) {
        try {
            var request = HttpRequest.newBuilder(site.uri().resolve(path)).header("Authorization", "Bearer " + token).header("Content-Type", "application/json")
                    .method(method, HttpRequest.BodyPublishers.ofString(body)).build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (java.io.IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String get(String path) {
        return send("GET", path, "");
    }

    private static void until(String what, BooleanSupplier condition) throws InterruptedException {
        for (long end = System.nanoTime() + Duration.ofMinutes(2).toNanos(); !condition.getAsBoolean(); Thread.sleep(50)) {
            assertThat(System.nanoTime()).as("waiting for: " + what).isLessThan(end);
        }
    }

    @Test
    void whatWasMeasuredIsThereAfterARestartAndAnAlarmOfItFires() throws Exception {
        send("PUT", "/api/monitoring/v1/alarms/memory", "{\"metric\":\"host.memory.bytes\",\"kind\":\"ABOVE\",\"threshold\":1,\"aggregate\":\"LAST\",\"window\":\"PT10S\"}");
        until("the host is measured", () -> get("/api/monitoring/v1/history?subject=host-1&metric=host.memory.bytes").contains("\"value\""));
        assertThat(get("/api/v1/query?query=reservoir_host_memory_bytes")).contains("\"status\":\"success\"", "\"host\":\"host-1\"");
        assertThat(get("/api/v1/query?query=nonsense(")).contains("\"status\":\"error\"", "bad_data");
        assertThat(get("/api/v1/labels")).contains("__name__", "host");
        until("it is safe", () -> get("/api/monitoring/v1/history/health").contains("\"trouble\":\"\""));
        site.close();
        open();
        var first = get("/api/monitoring/v1/history?subject=host-1&metric=host.memory.bytes&to=" + Instant.now());
        assertThat(first).contains("\"subject\":\"host-1\"", "\"value\"");
        assertThat(get("/api/monitoring/v1/history/export?metric=host.memory.bytes").lines().toList()).hasSizeGreaterThan(1).first().isEqualTo("time,subject,metric,service,component,host,value");
        until("the alarm stands", () -> get("/api/monitoring/v1/alarms").contains("memory"));
    }

    @Test
    void aSiteThatKeepsNoHistorySaysSoWhereverItIsAskedForIt() {
        site.close();
        open(new Settings("kept", data, database, RestOptions.LOCAL, List.of(), Policy.STRIPING, false, "test").measuring(all -> all.keeping(new HistoryChoice.None())));
        for (var path : List.of("/api/monitoring/v1/history?subject=host-1", "/api/monitoring/v1/history/groups?metric=x&by=host", "/api/monitoring/v1/history/export")) {
            assertThat(get(path)).as(path).contains("NO_HISTORY", "--history none", "Newest values");
        }
        assertThat(get("/api/monitoring/v1/history/health")).contains("--history none");
        assertThat(get("/api/v1/query?query=reservoir_host_memory_bytes")).contains("\"status\":\"error\"", "--history none");
        assertThat(send("PUT", "/api/monitoring/v1/alarms/odd", "{\"metric\":\"host.memory.bytes\",\"kind\":\"ANOMALY\",\"threshold\":3}")).contains("NO_HISTORY", "past weeks");
        assertThat(send("PUT", "/api/monitoring/v1/alarms/memory", "{\"metric\":\"host.memory.bytes\",\"kind\":\"ABOVE\",\"threshold\":1}")).contains("\"name\":\"memory\"");
    }

    @Test
    void whereNoHistoryIsKeptTheCommandsShowWhatIsNewAndSayWhyThereIsNothingOld() {
        site.close();
        open(new Settings("kept", data, database, RestOptions.LOCAL, List.of(), Policy.STRIPING, false, "test").measuring(all -> all.keeping(new HistoryChoice.None())));
        var commands = new Commands(site, token);
        commands.until("measurement list --subject host-1", "host.memory.bytes");
        assertThat(commands.say("measurement plot host-1 host.memory.bytes --once")).contains("NO_HISTORY", "--history none", "Newest values");
        assertThat(commands.done("measurement top host.memory.bytes --once")).contains("host-1");
        assertThat(commands.done("measurement watch host-1 --metric host.memory.bytes --count 2").lines().filter(line -> line.contains("host.memory.bytes"))).as("the second comes by itself").hasSize(2);
        assertThat(commands.done("measurement show host-1 host.memory.bytes --for 1m")).contains("count:");
        assertThat(commands.say("alarm set odd --metric host.memory.bytes --when anomaly --threshold 3")).contains("NO_HISTORY", "past weeks");
        assertThat(commands.done("alarm set memory --metric host.memory.bytes --when above --threshold 1")).contains("memory");
        assertThat(commands.done("site status")).contains("disk.trouble: none");
    }

    /** Prometheus' own client. */
    @Test
    @Tag("real")
    void promtoolReadsASite() throws Exception {
        until("the host is measured", () -> get("/api/monitoring/v1/history?subject=host-1&metric=host.memory.bytes").contains("\"value\""));
        var address = URI.create(site.uri().toString().replace("://", "://admin:" + token + "@"));
        var now = Instant.now();
        assertThat(told("promtool", "query", "instant", address.toString(), "reservoir_host_memory_bytes")).contains("reservoir_host_memory_bytes{host=\"host-1\"} =>");
        assertThat(told("promtool", "query", "range", "--start=" + now.minusSeconds(60).getEpochSecond(), "--end=" + now.plusSeconds(5).getEpochSecond(), "--step=5s", address.toString(),
                "sum by (host) (reservoir_host_memory_bytes) / 1024")).contains("{host=\"host-1\"} =>");
        assertThat(told("promtool", "query", "series", "--match=reservoir_host_memory_bytes", address.toString())).contains("host=\"host-1\"");
        assertThat(told("promtool", "query", "labels", address.toString(), "host")).contains("host-1");
        assertThat(told("promtool", "query", "instant", address.toString(), "histogram_count(x)")).contains("native histograms");
    }

    private static String told(String... command) throws java.io.IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }
}
