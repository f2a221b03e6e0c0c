package org.reservoir.monitoring.kinds;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;

/**
 * What a host reads and writes, by {@code /proc/diskstats} (the kernel's admin-guide/iostats): over whole disks with hardware
 * behind them, for partitions, loops and mappings count the same bytes again.
 */
final class HostDisk extends DeviceRates {
    private static final Schema SCHEMA = Schemas.of("infra_host_disk", "bytes_per_second", "host.disk.read.bytes_per_second", "host.disk.written.bytes_per_second")
            .and("per_second", "host.disk.reads_per_second", "host.disk.writes_per_second").and("percent", "host.disk.busiest.percent").optional();
    /** The kernel counts in these, whatever the disk's own sectors are. */
    private static final int SECTOR = 512;
    private static final int READS = 0;
    private static final int SECTORS_READ = 1;
    private static final int WRITES = 2;
    private static final int SECTORS_WRITTEN = 3;
    private static final int BUSY_MILLIS = 4;

    HostDisk(Path proc, Path sys, LongSupplier nanos) {
        super(SCHEMA, ProcFile.open(proc.resolve("diskstats")), new Devices(whole(sys.resolve("block")), 5), nanos);
        begin();
    }

    private static Predicate<String> whole(Path block) {
        return name -> Files.exists(block.resolve(name.replace('/', '!')).resolve("device"));
    }

    @Override
    void rates(Row row, long passed) {
        row.set(0, Rates.perSecond(devices.grown(SECTORS_READ) * SECTOR, passed)).set(1, Rates.perSecond(devices.grown(SECTORS_WRITTEN) * SECTOR, passed));
        row.set(2, Rates.perSecond(devices.grown(READS), passed)).set(3, Rates.perSecond(devices.grown(WRITES), passed));
        row.set(4, Math.min(100, Rates.percent(devices.most() * 1_000_000, passed)));
    }

    @Override
    void look() {
        do {
            file.skipWords(2).skipBlanks();
            int from = file.at();
            int to = file.skipWord(' ');
            if (to == from) {
                continue;
            }
            var values = devices.values();
            values[READS] = file.number();
            values[SECTORS_READ] = file.skipWords(1).number();
            values[WRITES] = file.skipWords(1).number();
            values[SECTORS_WRITTEN] = file.skipWords(1).number();
            values[BUSY_MILLIS] = file.skipWords(2).number();
            devices.add(file.bytes(), from, to, BUSY_MILLIS);
        } while (file.nextLine());
    }
}
