package org.reservoir.bench.monitoring;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpServer;

import org.reservoir.bench.Report;
import org.reservoir.bench.Scratch;

/** The peer of {@code monitoring.loop}: Prometheus, which scrapes and evaluates every second, with a receiver of its alerts. A value flips, the alert comes. */
final class Prometheus {
    private static final int FLIPS = 12;
    private static final int SERIES = 1_000;
    private static final String CONFIGURATION = """
            global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
            rule_files: [rules.yml]
            alerting: {alertmanagers: [{static_configs: [{targets: ['127.0.0.1:%1$d']}]}]}
            scrape_configs: [{job_name: bench, static_configs: [{targets: ['127.0.0.1:%1$d']}]}]
            """;
    private static final String RULES = """
            groups: [{name: bench, rules: [{alert: High, expr: 'load{vee="0"} > 50'}]}]
            """;

    private final Semaphore alerts = new Semaphore(0);
    private volatile int load;

    private Prometheus() {}

    static Optional<Path> find(Optional<String> given) {
        var candidates = given.map(Stream::of).orElseGet(() -> Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(directory -> directory + "/prometheus"));
        return candidates.map(Path::of).filter(Files::isExecutable).findFirst();
    }

    static void measure(Path binary, Report report) throws IOException, InterruptedException {
        report.progress("Prometheus at 1 s/1 s, " + FLIPS + " flips");
        try (var scratch = Scratch.make()) {
            measure(binary, scratch.folder(), report);
        }
    }

    private static void measure(Path binary, Path home, Report report) throws IOException, InterruptedException {
        var peer = new Prometheus();
        var server = peer.serve();
        int port = server.getAddress().getPort();
        Files.writeString(home.resolve("prometheus.yml"), CONFIGURATION.formatted(port));
        Files.writeString(home.resolve("rules.yml"), RULES);
        var process = new ProcessBuilder(binary.toString(), "--config.file=prometheus.yml", "--storage.tsdb.path=data", "--web.listen-address=127.0.0.1:" + freePort())
                .directory(home.toFile()).redirectErrorStream(true).redirectOutput(home.resolve("log").toFile()).start();
        try {
            var millis = peer.flips();
            report.figure("Prometheus, 1 s scrape and 1 s evaluation: p50", millis.get(millis.size() / 2), "ms");
            report.figure("Prometheus, 1 s scrape and 1 s evaluation: most", millis.getLast(), "ms");
        } finally {
            process.destroy();
            process.waitFor(10, TimeUnit.SECONDS);
            server.stop(0);
        }
    }

    private List<Double> flips() throws InterruptedException {
        var random = new Random(1);
        var millis = new ArrayList<Double>();
        Thread.sleep(4_000); // until it has looked at least once
        for (int i = 0; i < FLIPS; i++) {
            Thread.sleep(3_000 + random.nextInt(1_000)); // long enough for the last alert to end, and at any phase
            alerts.drainPermits();
            long start = System.nanoTime();
            load = 100;
            boolean came = alerts.tryAcquire(20, TimeUnit.SECONDS);
            millis.add(came ? (System.nanoTime() - start) / 1e6 : Double.NaN);
            load = 0;
        }
        millis.sort(null);
        return millis;
    }

    private HttpServer serve() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/metrics", exchange -> {
            var text = new StringBuilder("# TYPE load gauge\n");
            for (int i = 0; i < SERIES; i++) {
                text.append("load{vee=\"").append(i).append("\"} ").append(load).append('\n');
            }
            var bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.createContext("/api/v2/alerts", exchange -> {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
            if (load == 100 && body.contains("High")) {
                alerts.release();
            }
        });
        server.setExecutor(java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return server;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
