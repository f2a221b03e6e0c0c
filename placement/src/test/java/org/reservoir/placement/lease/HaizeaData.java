package org.reservoir.placement.lease;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.stream.Stream;

/** Haizea's workloads, from the shared data beside the project ({@code ../shared/data}) or where RESERVOIR_DATA says. */
final class HaizeaData {
    /** When the clock of the oracle runs starts: 2006-11-25 13:00. */
    static final long START = LocalDateTime.of(2006, 11, 25, 13, 0).toEpochSecond(ZoneOffset.UTC);

    private HaizeaData() {}

    static Path of(String name) {
        var told = System.getenv("RESERVOIR_DATA");
        var data = told != null ? Path.of(told) : Stream.iterate(Path.of("").toAbsolutePath(), java.util.Objects::nonNull, Path::getParent)
                .map(dir -> dir.resolve("shared/data")).filter(Files::isDirectory).findFirst()
                .orElseThrow(() -> new IllegalStateException("no shared/data above %s: set RESERVOIR_DATA".formatted(Path.of("").toAbsolutePath())));
        return data.resolve("haizea").resolve(name);
    }

    static HaizeaConf baseConfiguration() throws IOException {
        try (var in = Files.newBufferedReader(of("lwf-tests/base_config_simulator.conf"))) {
            return HaizeaConf.read(in);
        }
    }

    static Workload workload(String name) throws IOException {
        try (var in = Files.newInputStream(of("lwf-tests").resolve(name))) {
            return LwfReader.read(in, START);
        }
    }

    static long time(String text) {
        return LocalDateTime.parse(text.replace(' ', 'T').substring(0, 19)).toEpochSecond(ZoneOffset.UTC);
    }
}
