package org.reservoir.monitoring.kinds;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.ValueType;

/** Room in the file system that holds a folder. It waits: a file system behind a dead network answers late or never. */
final class HostSpace implements Probe {
    private static final Schema SCHEMA = Schemas.of("infra_host_space", "percent", "host.space.used.percent")
            .and(ValueType.LONG, "bytes", "host.space.bytes", "host.space.free.bytes").optional();

    private final FileStore store;

    /** @throws Refused {@code BAD_PROBE} */
    HostSpace(String folder) {
        try {
            store = Files.getFileStore(Path.of(folder));
        } catch (IOException | java.nio.file.InvalidPathException e) {
            throw Refused.invalid("BAD_PROBE", "The room at '%s' cannot be measured: %s".formatted(folder, e.getMessage()), "Name a folder of the host.");
        }
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public boolean waits() {
        return true;
    }

    @Override
    public void measure(Row row) throws IOException {
        long all = store.getTotalSpace();
        long free = store.getUsableSpace();
        row.set(1, all).set(2, free);
        if (all > 0) {
            row.set(0, 100.0 * (all - free) / all);
        }
    }
}
