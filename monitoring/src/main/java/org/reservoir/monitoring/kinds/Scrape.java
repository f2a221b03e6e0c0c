package org.reservoir.monitoring.kinds;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;

/** Fetches an exporter's text and sums what its selectors match; see {@link ScrapeKind}. */
final class Scrape implements Probe {
    private static final int LARGEST = 8 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).followRedirects(HttpClient.Redirect.NEVER).build();
    private final URI url;
    private final String tokenFile;
    private final Schema schema;
    private final List<ScrapeKind.Selector> selectors;

    /** @param tokenFile empty for none */
    Scrape(URI url, String tokenFile, Schema schema, List<ScrapeKind.Selector> selectors) {
        this.url = url;
        this.tokenFile = tokenFile;
        this.schema = schema;
        this.selectors = List.copyOf(selectors);
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public boolean waits() {
        return true;
    }

    @Override
    public void measure(Row row) throws Exception {
        PrometheusText.read(fetch(), (name, labels, value) -> take(row, name, labels, value));
    }

    private void take(Row row, String name, Map<String, String> labels, double value) {
        for (int i = 0; i < selectors.size() && Double.isFinite(value); i++) {
            if (selectors.get(i).takes(name, labels)) {
                row.set(i, row.has(i) ? row.number(i) + value : value);
            }
        }
    }

    private String fetch() throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(url).timeout(PATIENCE).header("Accept", "text/plain;version=0.0.4");
        if (!tokenFile.isEmpty()) {
            request.header("Authorization", "Bearer " + token());
        }
        var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = answer.body()) {
            if (answer.statusCode() != 200) {
                throw new IOException("it answered %d".formatted(answer.statusCode()));
            }
            var bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new IOException("it shows more than %d bytes".formatted(LARGEST));
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** Read anew each time, for tokens are exchanged. */
    private String token() throws IOException {
        var file = Path.of(tokenFile);
        var permissions = Files.getPosixFilePermissions(file);
        if (permissions.contains(PosixFilePermission.GROUP_READ) || permissions.contains(PosixFilePermission.OTHERS_READ)) {
            throw new IOException("others than its owner may read %s".formatted(tokenFile));
        }
        return Files.readString(file).strip();
    }

    @Override
    public void ended() {
        http.shutdownNow();
    }
}
