package org.reservoir.bench.gateways;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.reservoir.bench.Report;
import org.reservoir.bench.Scratch;
import org.reservoir.site.Settings;
import org.reservoir.site.Site;
import org.reservoir.veeh.simulated.SimulatedHosts;

/**
 * What a request over REST costs, on a whole site with its PostgreSQL and 5 000 VEEs: requests per second, latency, and the processor time of the
 * site server and of its database together, beside the same HTTP server with nothing behind it. The clients run in a process of their own, whose time is not
 * counted. OpenNebula 7.4 on such a machine: 0.8 ms to show a VM, 21.5 ms to list 5 000, 4 ms to make one.
 */
public final class RestBench {
    private static final String FLOOR = "bare server";
    private static final int VEES = 5_000;
    private static final int AT_ONCE = 500;
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final int WARM_UPS = 12;

    private final Report report;
    private final Duration time;
    private double floor;

    private RestBench(Report report, Duration time) {
        this.report = report;
        this.time = time;
    }

    /** @param args {@code --seconds N} for each figure */
    public static void run(List<String> args, Report report) throws Exception {
        var seconds = args.indexOf("--seconds");
        new RestBench(report, Duration.ofSeconds(seconds < 0 ? 10 : Long.parseLong(args.get(seconds + 1)))).run();
    }

    private record Ask(String name, String method, String path, String body, int connections) {}

    private void run() throws Exception {
        try (var scratch = Scratch.make()) {
            measure(scratch.folder());
        }
    }

    private void measure(Path folder) throws Exception {
        try (var bare = new BareServer(1_000)) {
            var floor = new Ask(FLOOR, "GET", "/", "", 8);
            warmUp(floor, bare.port(), "none");
            tell(floor, ask(floor, bare.port(), "none", time));
        }
        try (var site = Site.open(Settings.in(folder, 0), List.of(new SimulatedHosts()), InstantSource.system())) {
            var token = Files.readString(folder.resolve(Site.ADMIN_TOKEN)).strip();
            fill(site.uri(), token);
            for (var each : List.of(new Ask("health", "GET", "/health/live", "", 8), new Ask("get", "GET", "/api/veem/v1/vees/vee-@", "", 8),
                    new Ask("page of 100", "GET", "/api/veem/v1/vees?limit=100&after=vee-@", "", 8), new Ask("list of 5000", "GET", "/api/veem/v1/vees?limit=5000", "", 4),
                    new Ask("create", "POST", "/api/veem/v1/vees", vee("c#"), 16))) {
                warmUp(each, site.uri().getPort(), token);
                tell(each, ask(each, site.uri().getPort(), token, time));
            }
        }
    }

    /** Until the compiler has nothing more to do, which at first takes more processor time than the requests themselves. */
    private void warmUp(Ask ask, int port, String token) throws IOException, InterruptedException {
        var compiler = ManagementFactory.getCompilationMXBean();
        for (int i = 0; i < WARM_UPS; i++) {
            var before = compiler.getTotalCompilationTime();
            ask(ask, port, token, WARM_UP);
            if (compiler.getTotalCompilationTime() - before < WARM_UP.toMillis() / 20) {
                return;
            }
        }
    }

    /** Held, so that what is measured is the request and not the deployment. */
    private static String vee(String name) {
        return "{\"name\":\"%s\",\"vcpus\":1,\"memory\":\"64MiB\",\"hold\":true,\"tags\":{\"tier\":\"web\"}}".formatted(name);
    }

    private static void fill(URI site, String token) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            for (int from = 0; from < VEES; from += AT_ONCE) {
                var vees = IntStream.range(from, from + AT_ONCE).mapToObj(i -> vee("v" + i)).collect(Collectors.joining(",", "[", "]"));
                var made = http.send(HttpRequest.newBuilder(site.resolve("/api/veem/v1/vees")).header("Authorization", "Bearer " + token)
                        .POST(HttpRequest.BodyPublishers.ofString(vees)).build(), HttpResponse.BodyHandlers.ofString());
                if (made.statusCode() != 201) {
                    throw new IllegalStateException("cannot make VEEs: " + made.body());
                }
            }
        }
    }

    private record Figures(long requests, long failures, double seconds, long p50, long p99, double serverMs, double databaseMs) {
        double perSecond() {
            return requests / seconds;
        }
    }

    private Figures ask(Ask ask, int port, String token, Duration length) throws IOException, InterruptedException {
        var server = Processors.ofServer();
        var database = Processors.ofDatabase();
        var client = new ProcessBuilder(ProcessHandle.current().info().command().orElse("java"), "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
                Load.class.getName(), Integer.toString(port), Integer.toString(ask.connections()), Long.toString(length.toSeconds()), token, ask.method(), ask.path(),
                ask.body(), Integer.toString(VEES)).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        var words = new String(client.getInputStream().readAllBytes()).strip().split(" ");
        if (client.waitFor() != 0 || words.length != 5) {
            throw new IllegalStateException("the clients of '%s' failed".formatted(ask.name()));
        }
        var requests = Long.parseLong(words[0]);
        return new Figures(requests, Long.parseLong(words[1]), Double.parseDouble(words[2]), Long.parseLong(words[3]), Long.parseLong(words[4]),
                Processors.ofServer().minus(server).toNanos() / 1e6 / requests, Processors.ofDatabase().minus(database).toNanos() / 1e6 / requests);
    }

    private void tell(Ask ask, Figures it) {
        if (it.failures() > 0) {
            throw new IllegalStateException("%d of %d requests '%s' failed".formatted(it.failures(), it.requests(), ask.name()));
        }
        report.figure(ask.name() + ": requests", it.perSecond(), "1/s");
        report.figure(ask.name() + ": p50", it.p50() / 1000.0, "ms");
        report.figure(ask.name() + ": p99", it.p99() / 1000.0, "ms");
        report.figure(ask.name() + ": cpu of the server", it.serverMs(), "ms/request");
        report.figure(ask.name() + ": cpu of the database", it.databaseMs(), "ms/request");
        if (ask.name().equals(FLOOR)) {
            floor = it.serverMs();
        } else {
            report.figure(ask.name() + ": cpu over the bare HTTP server's", (it.serverMs() + it.databaseMs()) / floor, "x");
        }
    }
}
