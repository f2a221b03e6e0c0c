package org.reservoir.monitoring.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;

import com.sun.net.httpserver.HttpServer;

class ScrapeTest {
    @TempDir
    Path folder;
    private HttpServer server;
    private volatile String shown = "";
    private final List<String> tokens = new ArrayList<>();

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/metrics", exchange -> {
            tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            var bytes = shown.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.createContext("/elsewhere", exchange -> {
            exchange.getResponseHeaders().add("Location", "/metrics");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Probe probe(String path, String metrics, String token) {
        return new ScrapeKind().make(Map.of("url", "http://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), path), "metrics", metrics, "token-file", token));
    }

    private static Row measured(Probe probe) throws Exception {
        try {
            var row = new Row(probe.schema()).begin(1);
            probe.measure(row);
            return row;
        } finally {
            probe.ended();
        }
    }

    @Test
    void metricsAreChosenByNameAndLabelsAndSummed() throws Exception {
        shown = """
                # HELP http_requests_total The total number of HTTP requests.
                # TYPE http_requests_total counter
                http_requests_total{method="post",code="200"} 1027 1395066363000
                http_requests_total{method="get",code="200"} 3
                http_requests_total{method="post",code="400"} 9

                msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\", or {so}"} 1.458255915e9
                metric_without_timestamp_and_labels 12.47
                something_weird{problem="division by zero"} +Inf -3982045
                rpc_duration_seconds{quantile="0.5"} 4.773e+03
                no sense at all
                """;
        var row = measured(probe("/metrics", "ok=http_requests_total{code=\"200\"}, bad=http_requests_total{code=\"400\", method=\"post\"}, metric_without_timestamp_and_labels,"
                + "half=rpc_duration_seconds{quantile=\"0.5\"},something_weird,file=msdos_file_access_time_seconds{path=\"C:\\DIR\\FILE.TXT\"}, none=missing", ""));
        assertThat(row.schema().attributes()).extracting(Schema.Attribute::name).containsExactly("ok", "bad", "metric_without_timestamp_and_labels", "half", "something_weird", "file", "none");
        assertThat(row.number(0)).isEqualTo(1030);
        assertThat(row.number(1)).isEqualTo(9);
        assertThat(row.number(2)).isEqualTo(12.47);
        assertThat(row.number(3)).isEqualTo(4773);
        assertThat(row.has(4)).as("infinity is no measurement").isFalse();
        assertThat(row.number(5)).isEqualTo(1.458255915e9);
        assertThat(row.has(6)).isFalse();
        assertThat(PrometheusText.read(shown, (_, _, _) -> { })).as("lines without sense").isEqualTo(1);
    }

    @Test
    void whatARealExporterShowsIsUnderstoodToTheLastLine() throws IOException {
        try (var in = ScrapeTest.class.getResourceAsStream("exporter.txt")) {
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            var names = new java.util.HashSet<String>();
            assertThat(PrometheusText.read(text, (name, _, _) -> names.add(name))).isZero();
            assertThat(names).contains("go_goroutines", "go_gc_duration_seconds", "prometheus_build_info").hasSizeGreaterThan(50);
        }
    }

    @Test
    void answersWithoutEndAndOtherPlacesAreRefused() {
        shown = "x 1\n" + "#".repeat(9 << 20);
        assertThatThrownBy(() -> measured(probe("/metrics", "x", ""))).hasMessageContaining("more than");
        assertThatThrownBy(() -> measured(probe("/elsewhere", "x", ""))).hasMessageContaining("302");
    }

    @Test
    void aTokenIsReadFromAFileThatNobodyElseMayRead() throws Exception {
        var file = Files.writeString(folder.resolve("token"), "secret\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> measured(probe("/metrics", "x", file.toString()))).hasMessageContaining("others than its owner");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        measured(probe("/metrics", "x", file.toString()));
        assertThat(tokens).containsExactly("Bearer secret");
    }

    @Test
    void whatIsNoAddressOrNoMetricIsRefused() {
        var kind = new ScrapeKind();
        for (var url : List.of("file:///etc/passwd", "x", "http://", "http://user:word@host/", "ftp://host/", "http:///x", "jar:file:/x!/y")) {
            assertThatThrownBy(() -> kind.make(Map.of("url", url, "metrics", "x", "token-file", ""))).as(url).isInstanceOf(Refused.class);
        }
        for (var metrics : List.of("", "{}", "1x", "x{", "x{y}", "x{y=z}", "a b", "x,,y", "x=y=z", "a=x,a=y")) {
            assertThatThrownBy(() -> kind.make(Map.of("url", "http://h/", "metrics", metrics, "token-file", ""))).as(metrics).isInstanceOf(Refused.class);
        }
    }
}
