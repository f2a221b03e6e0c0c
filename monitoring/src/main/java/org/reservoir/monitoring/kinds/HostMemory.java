package org.reservoir.monitoring.kinds;

import static org.reservoir.monitoring.kinds.ProcFile.word;

import java.nio.file.Path;
import java.util.Arrays;

import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.ValueType;

/** A host's memory, by {@code /proc/meminfo}. Free is what programs could get without swapping, as the kernel reckons it. */
final class HostMemory implements Probe {
    private static final Schema SCHEMA = Schemas.of("infra_host_memory", "percent", "host.memory.used.percent")
            .and(ValueType.LONG, "bytes", "host.memory.bytes", "host.memory.free.bytes", "host.memory.cached.bytes", "host.memory.dirty.bytes",
                    "host.swap.bytes", "host.swap.free.bytes").optional();
    private static final byte[][] WORDS = {word("MemTotal:"), word("MemAvailable:"), word("Cached:"), word("Dirty:"), word("SwapTotal:"), word("SwapFree:")};

    private final ProcFile meminfo;
    private final long[] bytes = new long[WORDS.length];

    HostMemory(Path proc) {
        meminfo = ProcFile.open(proc.resolve("meminfo"));
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public void ended() {
        ProcFile.close(meminfo);
    }

    @Override
    public void measure(Row row) {
        look();
        for (int i = 0; i < WORDS.length; i++) {
            if (bytes[i] >= 0) {
                row.set(i + 1, bytes[i]);
            }
        }
        if (bytes[0] > 0 && bytes[1] >= 0) {
            row.set(0, 100.0 * (bytes[0] - bytes[1]) / bytes[0]);
        }
    }

    private void look() {
        Arrays.fill(bytes, -1);
        meminfo.read();
        int found = 0;
        do {
            for (int i = 0; i < WORDS.length; i++) {
                if (meminfo.take(WORDS[i])) {
                    bytes[i] = Math.max(0, meminfo.number()) << 10;
                    found++;
                    break;
                }
            }
        } while (found < WORDS.length && meminfo.nextLine());
    }
}
