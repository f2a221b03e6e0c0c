package org.reservoir.testbed;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Calls {@code hosts.sh}, which does all that is done with namespaces; a copy of it is laid beside what it makes. */
final class HostsScript {
    /** Where it keeps a folder for each run. */
    static final Path RUNS = Path.of(Optional.ofNullable(System.getenv("RESERVOIR_TESTBED")).orElse("/var/tmp/reservoir-testbed"));
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private HostsScript() {}

    static String call(List<String> command, List<String> arguments) {
        Path script = unpack();
        try {
            return new Command(PATIENCE, Stream.of(List.of("bash", script.toString()), command, arguments).flatMap(List::stream).toList()).output();
        } finally {
            delete(script);
        }
    }

    private static Path unpack() {
        try (InputStream in = HostsScript.class.getResourceAsStream("hosts.sh")) {
            Path script = Files.createTempFile("hosts", ".sh");
            Files.write(script, in.readAllBytes());
            return script;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lay out hosts.sh", e);
        }
    }

    private static void delete(Path script) {
        try {
            Files.deleteIfExists(script);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + script, e);
        }
    }
}
