package org.reservoir.bench.veem;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** Seconds so far: by the clock, of this process's CPU, and of the CPU of the processes under it, ended ones included. */
record Cost(double seconds, double jvm, double postgres) {
    private static final double TICKS = 100;

    static Cost now() {
        var jvm = ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
        return new Cost(System.nanoTime() / 1e9, jvm / 1e9, ProcessHandle.current().descendants().mapToLong(process -> ticks(process.pid())).sum() / TICKS);
    }

    Cost since(Cost before) {
        return new Cost(seconds - before.seconds, jvm - before.jvm, postgres - before.postgres);
    }

    /** utime, stime, cutime and cstime of {@code /proc/PID/stat}, proc(5). */
    private static long ticks(long pid) {
        try {
            var fields = Files.readString(Path.of("/proc", Long.toString(pid), "stat")).replaceFirst("^.*\\) ", "").split(" ");
            return IntStream.rangeClosed(11, 14).mapToLong(field -> Long.parseLong(fields[field])).sum();
        } catch (IOException gone) {
            return 0;
        }
    }

    /** Bytes that are in use after a collection. */
    static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
