package org.reservoir.bench.veem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;

/** A folder for as long as a bench runs; PostgreSQL's own user may pass through it. */
record Scratch(Path folder) implements AutoCloseable {
    static Scratch make() {
        try {
            var folder = Files.createTempDirectory("reservoir-bench-");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            return new Scratch(folder);
        } catch (IOException trouble) {
            throw new UncheckedIOException(trouble);
        }
    }

    Path resolve(String name) {
        return folder.resolve(name);
    }

    @Override
    public void close() {
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException trouble) {
            throw new UncheckedIOException(trouble);
        }
    }
}
