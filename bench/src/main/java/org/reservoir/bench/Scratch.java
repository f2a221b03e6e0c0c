package org.reservoir.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A folder for as long as a bench runs; PostgreSQL's own user may pass through it. Its name says whose it is: what a bench left behind that was killed, and
 * the processes that still run in it, go when the next one makes a folder there.
 */
public record Scratch(Path folder) implements AutoCloseable {
    private static final String PREFIX = "reservoir-bench-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "([0-9]+)-.*");

    public static Scratch make() {
        return in(Path.of(System.getProperty("java.io.tmpdir")));
    }

    public static Scratch in(Path parent) {
        of(parent).stream().filter(scratch -> scratch.owner().isEmpty()).forEach(Scratch::close);
        try {
            var folder = Files.createTempDirectory(parent, PREFIX + ProcessHandle.current().pid() + "-");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            return new Scratch(folder);
        } catch (IOException trouble) {
            throw new UncheckedIOException(trouble);
        }
    }

    /** Those that there are, whoever's. */
    private static List<Scratch> of(Path parent) {
        try (var all = Files.list(parent)) {
            return all.filter(file -> NAME.matcher(file.getFileName().toString()).matches()).map(Scratch::new).toList();
        } catch (IOException trouble) {
            throw new UncheckedIOException(trouble);
        }
    }

    /** The bench that made it, while it lives. */
    private Optional<ProcessHandle> owner() {
        var name = NAME.matcher(folder.getFileName().toString());
        return name.matches() ? ProcessHandle.of(Long.parseLong(name.group(1))).filter(ProcessHandle::isAlive) : Optional.empty();
    }

    /** Whether this process has one. */
    static boolean any() {
        return of(Path.of(System.getProperty("java.io.tmpdir"))).stream().anyMatch(scratch -> scratch.owner().filter(ProcessHandle.current()::equals).isPresent());
    }

    public Path resolve(String name) {
        return folder.resolve(name);
    }

    /** What runs in it, such as a PostgreSQL whose bench was killed. */
    private List<ProcessHandle> inhabitants() {
        return ProcessHandle.allProcesses().filter(this::worksHere).toList();
    }

    private boolean worksHere(ProcessHandle process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd")).startsWith(folder);
        } catch (IOException notOurs) {
            return false;
        }
    }

    /** Ends what still runs in it, and removes it. One that another user made stays. */
    @Override
    public void close() {
        if (Files.isWritable(folder)) {
            inhabitants().forEach(ProcessHandle::destroyForcibly);
            remove();
        }
    }

    private void remove() {
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (NoSuchFileException gone) {
            return; // another bench removes it, too
        } catch (IOException | UncheckedIOException goes) {
            if (Files.exists(folder)) {
                throw new IllegalStateException("%s cannot be removed".formatted(folder), goes);
            }
        }
    }
}
