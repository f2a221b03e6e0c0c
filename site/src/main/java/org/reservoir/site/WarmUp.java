package org.reservoir.site;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;

import org.reservoir.store.DatabaseSettings;
import org.reservoir.store.SiteDatabase;

import picocli.CommandLine.Command;

/** Runs a throw-away site through its first requests and ends: what the JVM learns by it makes later starts fast (JEP 514). */
@Command(name = "warm-up", hidden = true, description = "Trains the cache for fast starts.")
final class WarmUp implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Override
    public Integer call() throws IOException, InterruptedException {
        var data = Files.createTempDirectory("reservoir-warm-up");
        try {
            if (settings(data).database() instanceof DatabaseSettings.Managed own) {
                SiteDatabase.makeModel(own);
            }
            for (int start = 0; start < 2; start++) { // the first makes the database, the second finds it, as later starts will
                try (var site = Main.open(settings(data))) {
                    ask(site.uri(), Site.adminToken(data).orElseThrow());
                }
            }
            return 0;
        } finally {
            remove(data);
        }
    }

    private static Settings settings(Path data) {
        return Main.settings("--data", data.toString(), "--listen", "127.0.0.1:0", "--name", "warm");
    }

    /** What a site is asked of placement sooner or later, on some hosts and with a rule: an answer that is promised within a second is so for the first time as well. */
    private static final List<Order> PLACEMENT = List.of(
            new Order("POST", "/api/veem/v1/vees", "[{\"name\":\"a\",\"vcpus\":1,\"memory\":\"1GiB\"},{\"name\":\"b\",\"vcpus\":1,\"memory\":\"1GiB\"},{\"name\":\"c\",\"vcpus\":2,\"memory\":\"2GiB\"}]"),
            new Order("PUT", "/api/placement/v1/policies", "{\"goals\":{\"power\":1,\"few-moves\":1}}"),
            new Order("POST", "/api/placement/v1/reviews", ""),
            new Order("POST", "/api/placement/v1/survival", "{}"),
            new Order("POST", "/api/placement/v1/admissions", "{\"name\":\"warm\",\"promised\":0.99,\"tiers\":[{\"name\":\"web\",\"least\":1,\"most\":4,\"cpu\":1,\"memory\":\"1GiB\"},"
                    + "{\"name\":\"db\",\"least\":1,\"most\":2,\"cpu\":1,\"memory\":\"1GiB\",\"apart\":true}]}"));

    private record Order(String method, String path, String body) {}

    private static void ask(URI site, String token) throws IOException, InterruptedException {
        try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build()) {
            for (var host : List.of("warm", "mild", "cool")) {
                send(client, request(site, "/api/veeh/v1/hosts", token).POST(BodyPublishers.ofString("{\"name\":\"%s\",\"uri\":\"sim://%s\"}".formatted(host, host))));
            }
            for (var order : PLACEMENT) {
                send(client, request(site, order.path(), token).method(order.method(), BodyPublishers.ofString(order.body())));
            }
            for (var path : List.of("/health", "/api/site/v1/status", "/api/veem/v1/vees", "/api/veeh/v1/hosts", "/api/sm/v1/services", "/api/nothing")) {
                send(client, request(site, path, token).GET());
            }
        }
    }

    private static HttpRequest.Builder request(URI site, String path, String token) {
        return HttpRequest.newBuilder(site.resolve(path)).timeout(PATIENCE).header("Authorization", "Bearer " + token).header("Content-Type", "application/json");
    }

    private static void send(HttpClient client, HttpRequest.Builder request) throws IOException, InterruptedException {
        client.send(request.build(), BodyHandlers.ofString());
    }

    private static void remove(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
