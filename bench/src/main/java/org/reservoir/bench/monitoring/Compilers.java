package org.reservoir.bench.monitoring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What the compilers of this process took of processors, as the kernel counts it by thread: a server that runs for weeks has done with them. */
final class Compilers {
    private static final Path THREADS = Path.of("/proc/self/task");

    private Compilers() {}

    /** Nanoseconds of those compiler threads that there are now. */
    static long nanos() {
        long sum = 0;
        try (var threads = Files.newDirectoryStream(THREADS)) {
            for (var thread : threads) {
                sum += nanos(thread);
            }
            return sum;
        } catch (IOException unreadable) {
            throw new IllegalStateException("the kernel does not tell of this process's threads: " + unreadable, unreadable);
        }
    }

    private static long nanos(Path thread) throws IOException {
        try {
            var name = Files.readString(thread.resolve("comm"));
            return name.startsWith("C1 Compiler") || name.startsWith("C2 Compiler") ? Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ")[0]) : 0;
        } catch (NoSuchFileException _) { // it ended meanwhile
            return 0;
        }
    }
}
