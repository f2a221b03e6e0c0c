package org.reservoir.monitoring.kinds;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;

/**
 * What a host reads and writes, by {@code /proc/diskstats} (the kernel's admin-guide/iostats): over whole disks with hardware
 * behind them, for partitions, loops and mappings count the same bytes again.
 */
final class HostDisk implements Probe {
    private static final Schema SCHEMA = Schemas.of("infra_host_disk", "bytes_per_second", "host.disk.read.bytes_per_second", "host.disk.written.bytes_per_second")
            .and("per_second", "host.disk.reads_per_second", "host.disk.writes_per_second").and("percent", "host.disk.busiest.percent").optional();
    /** The kernel counts in these, whatever the disk's own sectors are. */
    private static final int SECTOR = 512;
    private static final int READS = 0;
    private static final int SECTORS_READ = 1;
    private static final int WRITES = 2;
    private static final int SECTORS_WRITTEN = 3;
    private static final int BUSY_MILLIS = 4;

    private final ProcFile diskstats;
    private final Devices devices;
    private final LongSupplier nanos;
    private long before;

    HostDisk(Path proc, Path sys, LongSupplier nanos) {
        diskstats = ProcFile.open(proc.resolve("diskstats"));
        devices = new Devices(whole(sys.resolve("block")), 5);
        this.nanos = nanos;
        look();
        before = nanos.getAsLong();
    }

    private static Predicate<String> whole(Path block) {
        return name -> Files.exists(block.resolve(name.replace('/', '!')).resolve("device"));
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public void ended() {
        ProcFile.close(diskstats);
    }

    @Override
    public void measure(Row row) {
        look();
        long now = nanos.getAsLong();
        long passed = now - before;
        before = now;
        if (passed < Rates.LEAST_NANOS) {
            return;
        }
        row.set(0, Rates.perSecond(devices.grown(SECTORS_READ) * SECTOR, passed)).set(1, Rates.perSecond(devices.grown(SECTORS_WRITTEN) * SECTOR, passed));
        row.set(2, Rates.perSecond(devices.grown(READS), passed)).set(3, Rates.perSecond(devices.grown(WRITES), passed));
        row.set(4, Math.min(100, Rates.percent(devices.most() * 1_000_000, passed)));
    }

    private void look() {
        diskstats.read();
        devices.begin();
        do {
            diskstats.skipWords(2).skipBlanks();
            int from = diskstats.at();
            int to = diskstats.skipWord(' ');
            if (to == from) {
                continue;
            }
            var values = devices.values();
            values[READS] = diskstats.number();
            values[SECTORS_READ] = diskstats.skipWords(1).number();
            values[WRITES] = diskstats.skipWords(1).number();
            values[SECTORS_WRITTEN] = diskstats.skipWords(1).number();
            values[BUSY_MILLIS] = diskstats.skipWords(2).number();
            devices.add(diskstats.bytes(), from, to, BUSY_MILLIS);
        } while (diskstats.nextLine());
    }
}
