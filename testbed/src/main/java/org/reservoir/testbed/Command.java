package org.reservoir.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One command of the machine, run to its end under a time-out. A command that fails or does not end is an error that shows its output. */
final class Command {
    private final List<String> words;
    private final Duration patience;

    Command(Duration patience, List<String> words) {
        this.words = List.copyOf(words);
        this.patience = patience;
    }

    static Command of(Duration patience, String... words) {
        return new Command(patience, List.of(words));
    }

    /** Standard output, without the last line break; standard error is kept apart and shown on failure only. */
    String output() {
        return run(Map.of());
    }

    String run(Map<String, String> environment) {
        try {
            Path out = Files.createTempFile("testbed", ".out");
            Path err = Files.createTempFile("testbed", ".err");
            try {
                return run(environment, out, err);
            } finally {
                Files.deleteIfExists(out);
                Files.deleteIfExists(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + words, e);
        }
    }

    /** Output goes to files: daemons the command leaves behind may hold a pipe open for ever. */
    private String run(Map<String, String> environment, Path out, Path err) throws IOException {
        var builder = new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        boolean ended = endsInTime(process);
        if (!ended || process.exitValue() != 0) {
            throw new IllegalStateException("%s %s: %s".formatted(String.join(" ", words),
                    ended ? "ended with " + process.exitValue() : "did not end in " + patience.toSeconds() + " s",
                    (Files.readString(err) + Files.readString(out)).strip()));
        }
        return Files.readString(out, StandardCharsets.UTF_8).stripTrailing();
    }

    private boolean endsInTime(Process process) {
        try {
            if (process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return true;
            }
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            return false;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + words, e);
        }
    }
}
