package org.reservoir.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A site's stream of server-sent events, one after the other. */
final class ServerEvents implements AutoCloseable {
    private static final Duration SILENCE = Duration.ofMinutes(1);

    private final InputStream bytes;
    private final BufferedReader lines;

    private ServerEvents(InputStream bytes) {
        this.bytes = bytes;
        this.lines = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8));
    }

    /** @param name as the site calls that kind of event @param data what it says, read from JSON */
    record Event(String name, Object data) {}

    static ServerEvents open(Site site, String path, Map<String, String> headers) {
        return new ServerEvents(site.open(path, headers, SILENCE).body());
    }

    /** Waits for the next one; empty when the stream has ended. @throws IOException when it broke off */
    Optional<Event> next() throws IOException {
        var name = "";
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("event:")) {
                name = line.substring("event:".length()).strip();
            } else if (line.startsWith("data:")) {
                return Optional.of(new Event(name, Json.read(line.substring("data:".length()).strip())));
            }
        }
        return Optional.empty();
    }

    /** Whoever waits for the next one learns that it broke off. The reader would have to be waited for, up to the site's next sign of life. */
    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
