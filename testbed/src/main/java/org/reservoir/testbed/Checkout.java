package org.reservoir.testbed;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the project's own directory, where the scripts are: what {@code bin/} tells in {@code RESERVOIR_HOME}, else upwards from here. */
public final class Checkout {
    private Checkout() {}

    /** The directory that holds {@code bin/} and {@code testbed/}. */
    public static Path directory() {
        return Optional.ofNullable(System.getenv("RESERVOIR_HOME")).map(Path::of).or(Checkout::above)
                .orElseThrow(() -> new IllegalStateException("no project directory above " + Path.of("").toAbsolutePath() + "; set RESERVOIR_HOME"));
    }

    private static Optional<Path> above() {
        return Stream.iterate(Path.of("").toAbsolutePath(), p -> p != null, Path::getParent)
                .filter(p -> Files.isExecutable(p.resolve("testbed/guest/build"))).findFirst();
    }
}
