package org.reservoir.history;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Another's server for the time of a test: Debian's prometheus or victoria-metrics. */
record Peer(Process process, URI uri) implements AutoCloseable {

    static Peer prometheus(Path folder) throws IOException, InterruptedException {
        var configuration = Files.writeString(folder.resolve("prometheus.yml"), "global:\n  scrape_interval: 1h\n");
        int port = port();
        return ready(new ProcessBuilder("prometheus", "--config.file=" + configuration, "--storage.tsdb.path=" + folder.resolve("prometheus"), "--web.listen-address=127.0.0.1:" + port,
                "--web.enable-remote-write-receiver", "--log.level=error"), port, "/-/ready");
    }

    static Peer victoriaMetrics(Path folder) throws IOException, InterruptedException {
        int port = port();
        return ready(new ProcessBuilder("victoria-metrics", "-storageDataPath=" + folder.resolve("victoria"), "-httpListenAddr=127.0.0.1:" + port, "-search.latencyOffset=0s", "-retentionPeriod=10y",
                "-loggerLevel=ERROR"), port, "/health");
    }

    private static int port() throws IOException {
        try (var free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private static Peer ready(ProcessBuilder builder, int port, String path) throws IOException, InterruptedException {
        var process = builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        var peer = new Peer(process, URI.create("http://127.0.0.1:" + port));
        for (int tries = 0; tries < 600; tries++) {
            try {
                if (process.isAlive() && peer.get(path).statusCode() == 200) {
                    return peer;
                }
            } catch (IOException _) {
                // not yet
            }
            Thread.sleep(100);
        }
        peer.close();
        throw new IllegalStateException(builder.command() + " does not answer");
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(uri.resolve(path)).timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
        }
    }


    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
