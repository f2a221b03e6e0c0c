package org.reservoir.monitoring.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.plane.Kinds;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.ProbeKind;
import org.reservoir.monitoring.probe.Row;

class HostKindsTest {
    private static final long SECOND = 1_000_000_000;

    @TempDir
    Path root;
    private final AtomicLong nanos = new AtomicLong();

    @Test
    void processorsAreMeasuredByTheKernelsOwnTicks() throws IOException {
        write("proc/loadavg", "1.25 0.50 0.07 2/300 4711\n");
        write("proc/stat", "cpu  100 0 100 1000 50 0 0 0 0 0\ncpu0 100 0 100 1000 50 0 0 0 0 0\nintr 5\n");
        var cpu = new HostCpu(root.resolve("proc"));
        write("proc/stat", "cpu  130 10 140 1100 60 5 5 10 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\nintr 9\n");
        var row = measured(cpu);
        assertThat(value(row, "host.cpu.percent")).isCloseTo(100.0 * 100 / 210, within(1e-9));
        assertThat(value(row, "host.cpu.user.percent")).isCloseTo(100.0 * 40 / 210, within(1e-9));
        assertThat(value(row, "host.cpu.system.percent")).isCloseTo(100.0 * 50 / 210, within(1e-9));
        assertThat(value(row, "host.cpu.stolen.percent")).isCloseTo(100.0 * 10 / 210, within(1e-9));
        assertThat(value(row, "host.load.1m")).isEqualTo(1.25);
        assertThat(value(row, "host.load.15m")).isCloseTo(0.07, within(1e-9));
        assertThat(measured(cpu).has(0)).as("no tick has passed: nothing is known").isFalse();
    }

    @Test
    void freeMemoryIsWhatProgramsCouldGet() throws IOException {
        write("proc/meminfo", "MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    400 kB\nBuffers:  1 kB\nCached:  250 kB\nSwapCached: 9 kB\nSwapTotal: 50 kB\nSwapFree: 20 kB\nDirty: 3 kB\n");
        var row = measured(new HostMemory(root.resolve("proc")));
        assertThat(value(row, "host.memory.free.bytes")).isEqualTo(400 << 10);
        assertThat(value(row, "host.memory.used.percent")).isEqualTo(60);
        assertThat(value(row, "host.memory.cached.bytes")).isEqualTo(250 << 10);
        assertThat(value(row, "host.swap.free.bytes")).isEqualTo(20 << 10);
    }

    @Test
    void bytesOfGuestsTapsAreNotCountedAgain() throws IOException {
        Files.createDirectories(root.resolve("sys/class/net/eth0/device"));
        net("lo: 9 9 0 0 0 0 0 0 9 9 0 0 0 0 0 0", "eth0: 1000 10 0 0 0 0 0 0 500 5 0 0 0 0 0 0", "vnet7: 900 9 0 0 0 0 0 0 400 4 0 0 0 0 0 0");
        var probe = HostNet.ofHost(root.resolve("proc"), root.resolve("sys"), nanos::get);
        nanos.addAndGet(2 * SECOND);
        net("lo: 99 9 0 0 0 0 0 0 9 9 0 0 0 0 0 0", "eth0: 5000 30 1 1 0 0 0 0 1500 9 1 2 0 0 0 0", "vnet7: 99999 9 0 0 0 0 0 0 400 4 0 0 0 0 0 0");
        var row = measured(probe);
        assertThat(value(row, "host.net.received.bytes_per_second")).isEqualTo(2000);
        assertThat(value(row, "host.net.sent.bytes_per_second")).isEqualTo(500);
        assertThat(value(row, "host.net.received.packets_per_second")).isEqualTo(10);
        assertThat(value(row, "host.net.errors_per_second")).isEqualTo(1);
        assertThat(value(row, "host.net.dropped_per_second")).isEqualTo(1.5);
    }

    @Test
    void anInterfaceThatIsPluggedInOrBeginsAgainIsNoBurst() throws IOException {
        net("eth0: 1000 10 0 0 0 0 0 0 500 5 0 0 0 0 0 0");
        var probe = HostNet.ofHost(root.resolve("proc"), root.resolve("sys"), nanos::get);
        nanos.addAndGet(SECOND);
        net("eth0: 1100 10 0 0 0 0 0 0 500 5 0 0 0 0 0 0", "eth1: 7000000 10 0 0 0 0 0 0 500 5 0 0 0 0 0 0");
        assertThat(value(measured(probe), "host.net.received.bytes_per_second")).isEqualTo(100);
        nanos.addAndGet(SECOND);
        net("eth0: 40 10 0 0 0 0 0 0 500 5 0 0 0 0 0 0", "eth1: 7000002 10 0 0 0 0 0 0 500 5 0 0 0 0 0 0");
        assertThat(value(measured(probe), "host.net.received.bytes_per_second")).as("eth0 began again from 0").isEqualTo(42);
    }

    @Test
    void oneInterfaceHasSeriesOfItsOwn() throws IOException {
        net("eth0: 1000 10 0 0 0 0 0 0 500 5 0 0 0 0 0 0", "br1: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0");
        var probe = HostNet.ofInterface(root.resolve("proc"), "br1", nanos::get);
        nanos.addAndGet(SECOND);
        net("eth0: 9000 10 0 0 0 0 0 0 500 5 0 0 0 0 0 0", "br1: 7 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0");
        assertThat(value(measured(probe), "host.net.br1.received.bytes_per_second")).isEqualTo(7);
    }

    @Test
    void wholeDisksAreCountedAndTheBusiestIsTold() throws IOException {
        Files.createDirectories(root.resolve("sys/block/vda/device"));
        Files.createDirectories(root.resolve("sys/block/vdb/device"));
        disks("vda 10 0 100 5 20 0 200 6 0 50 11", "vda1 10 0 100 5 20 0 200 6 0 50 11", "vdb 0 0 0 0 0 0 0 0 0 0 0", "loop0 5 0 5 5 5 0 5 5 0 5 5");
        var probe = new HostDisk(root.resolve("proc"), root.resolve("sys"), nanos::get);
        nanos.addAndGet(SECOND);
        disks("vda 12 0 104 5 20 0 200 6 0 150 11", "vda1 99 0 999 5 20 0 999 6 0 50 11", "vdb 0 0 0 0 3 0 8 0 0 900 0", "loop0 9 0 9 9 9 0 9 9 0 9 9");
        var row = measured(probe);
        assertThat(value(row, "host.disk.read.bytes_per_second")).isEqualTo(4 * 512);
        assertThat(value(row, "host.disk.written.bytes_per_second")).isEqualTo(8 * 512);
        assertThat(value(row, "host.disk.reads_per_second")).isEqualTo(2);
        assertThat(value(row, "host.disk.writes_per_second")).isEqualTo(3);
        assertThat(value(row, "host.disk.busiest.percent")).isCloseTo(90, within(1e-9));
    }

    @Test
    void pressureIsTheShareOfTheTimeThatPassed() throws IOException {
        pressure(1_000_000, 0, 0);
        var probe = new HostPressure(root.resolve("proc"), nanos::get);
        nanos.addAndGet(4 * SECOND);
        pressure(2_000_000, 400_000, 200_000);
        var row = measured(probe);
        assertThat(value(row, "host.pressure.cpu.some.percent")).isEqualTo(25);
        assertThat(value(row, "host.pressure.memory.some.percent")).isEqualTo(10);
        assertThat(value(row, "host.pressure.memory.full.percent")).isEqualTo(5);
        assertThat(value(row, "host.pressure.io.full.percent")).isZero();
    }

    @Test
    void whereTheKernelTellsNothingTheProbeIsRefusedAtOnce() {
        for (var kind : HostKinds.of(root.resolve("proc"), root.resolve("sys"))) {
            assertThatThrownBy(() -> made(kind, kind.name().equals("host.space") ? Map.of("folder", root.resolve("nowhere").toString()) : Map.of()))
                    .as(kind.name()).isInstanceOf(Refused.class).extracting("code").isEqualTo("BAD_PROBE");
        }
    }

    @Test
    void aNameThatNoSeriesCanHaveIsRefused() {
        assertThatThrownBy(() -> made(kind("process"), Map.of("as", "no name"))).hasMessageContaining("series' name");
        assertThatThrownBy(() -> made(kind("host.net"), Map.of("interface", "x y"))).hasMessageContaining("series' name");
    }

    @Test
    void everyKindMeasuresThisVeryMachine() throws Exception {
        for (var kind : HostKinds.all()) {
            var probe = made(kind, kind.name().equals("host.space") ? Map.of("folder", "/") : Map.of());
            var row = new Row(probe.schema());
            for (int look = 0; look < 200 && !row.has(0); look++) {
                Thread.sleep(50); // ticks pass, so that there are rates
                probe.measure(row.begin(1));
            }
            assertThat(row.has(0)).as(kind.name()).isTrue();
            assertThat(row.number(0)).as(kind.name()).isBetween(0.0, 1e12);
        }
    }

    @Test
    void aSampleOfTheWholeHostMakesNoGarbage() throws Exception {
        var probes = List.of(kind("host.cpu"), kind("host.memory"), kind("host.net"), kind("host.disk"), kind("host.pressure")).stream().map(kind -> made(kind, Map.of())).toArray(Probe[]::new);
        var rows = new Row[probes.length];
        for (int i = 0; i < probes.length; i++) {
            rows[i] = new Row(probes[i].schema());
        }
        sample(probes, rows, 300);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        sample(probes, rows, 1000);
        long garbage = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(garbage / 1000).as("bytes per sample of the whole host").isZero();
    }

    private static void sample(Probe[] probes, Row[] rows, int times) throws Exception {
        for (int turn = 0; turn < times; turn++) {
            for (int i = 0; i < probes.length; i++) {
                probes[i].measure(rows[i].begin(turn));
            }
        }
    }

    private static ProbeKind kind(String name) {
        return HostKinds.all().stream().filter(kind -> kind.name().equals(name)).findFirst().orElseThrow();
    }

    /** As a process makes it that has this kind alone. */
    private static Probe made(ProbeKind kind, Map<String, String> parameters) {
        var kinds = new Kinds();
        kinds.offer(kind, "here");
        return kinds.make(kind.name(), parameters);
    }

    private Row measured(Probe probe) {
        try {
            var row = new Row(probe.schema()).begin(1);
            probe.measure(row);
            return row;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static double value(Row row, String name) {
        return row.number(row.schema().index(name));
    }

    private void net(String... lines) throws IOException {
        write("proc/net/dev", "Inter-|   Receive | Transmit\n face |bytes packets |bytes\n  " + String.join("\n  ", lines) + "\n");
    }

    private void disks(String... lines) throws IOException {
        var text = new StringBuilder();
        for (var line : lines) {
            text.append(" 254       0 ").append(line).append(" 0 0 0 0 0 0\n");
        }
        write("proc/diskstats", text.toString());
    }

    private void pressure(long cpu, long some, long full) throws IOException {
        write("proc/pressure/cpu", "some avg10=88.88 avg60=78.49 avg300=45.72 total=" + cpu + "\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=77\n");
        for (var what : List.of("memory", "io")) {
            write("proc/pressure/" + what, "some avg10=0.00 avg60=0.00 avg300=0.00 total=" + (what.equals("memory") ? some : 0)
                    + "\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=" + (what.equals("memory") ? full : 0) + "\n");
        }
    }

    /** In place, as the kernel's files are: who has one open sees what it says now. */
    private void write(String file, String text) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), text);
    }
}
