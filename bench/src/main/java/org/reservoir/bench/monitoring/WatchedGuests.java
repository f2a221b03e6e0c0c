package org.reservoir.bench.monitoring;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

import org.reservoir.bench.Report;
import org.reservoir.interfaces.vhi.Disk;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.HostAddress;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.interfaces.vhi.VeeHost;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Feed;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.kinds.HostCounters;
import org.reservoir.monitoring.kinds.HostSource;
import org.reservoir.monitoring.kinds.HostWatch;
import org.reservoir.monitoring.plane.Kinds;
import org.reservoir.monitoring.plane.Station;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.wire.Collector;
import org.reservoir.testbed.LibvirtHosts;

/** Guests that really are there, paused, each a QEMU of its own on a host of the bench's own (their screens would take all ports of this machine's network), measured without an agent. */
final class WatchedGuests {
    private static final int AT_ONCE = 4;
    private static final LongSupplier MILLIS = () -> System.nanoTime() / 1_000_000;
    private static final HostId HOST = new HostId(1);
    private static final int TURN_MILLIS = 1000;
    /** A look of each kind at every guest. */
    private static final int SETTLING = 15;
    /** A site's server runs for weeks: what it does seldom is done often before it counts, so that it is compiled. */
    private static final HostWatch.Paces OFTEN = new HostWatch.Paces(Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(3), Duration.ofSeconds(5));

    private WatchedGuests() {}

    /** @param warm seconds in which all is asked up to twenty times as often, before anything is counted */
    static void run(int vees, int warm, int seconds, Report report) throws Exception {
        try (var hosts = LibvirtHosts.up(1)) {
            var there = hosts.host(1);
            try (var host = new org.reservoir.veeh.libvirt.LibvirtHosts("bench").open(HOST, new HostAddress(there.uri(), Map.of("acceleration", "emulated")))) {
                report.progress("%d guests start".formatted(vees));
                start(host, vees);
                measure(host, daemon(there.directory()), vees, warm, seconds, report);
            }
        }
    }

    private static void start(VeeHost host, int vees) throws Exception {
        var room = new Semaphore(AT_ONCE);
        try (var each = Executors.newVirtualThreadPerTaskExecutor()) {
            var starts = new ArrayList<java.util.concurrent.Future<?>>();
            for (int n = 1; n <= vees; n++) {
                var guest = guest(n);
                starts.add(each.submit(() -> {
                    room.acquire();
                    try {
                        host.prepare(order(guest, 1), guest);
                        host.start(order(guest, 2), guest);
                        host.pause(order(guest, 3));
                        return null;
                    } finally {
                        room.release();
                    }
                }));
            }
            for (var start : starts) {
                start.get();
            }
        }
    }

    private static Order order(Guest guest, long generation) {
        return new Order(guest.vee(), generation, Duration.ofMinutes(5));
    }

    private static Guest guest(int n) {
        var disk = new Disk(0, new Disk.Content.Blank(), DataSize.mebibytes(1), Disk.Bus.VIRTIO, false, Optional.empty());
        return new Guest(new VeeId(n), "bench", 1, 1, Cpus.of(1), DataSize.mebibytes(32), DataSize.mebibytes(32), new Guest.Boot.FromDisk(), List.of(disk), List.of(), Map.of(), false);
    }

    /** The libvirtd among the processes of the host. */
    private static ProcessHandle daemon(Path directory) throws IOException {
        var init = ProcessHandle.of(Long.parseLong(Files.readString(directory.resolve("init.pid")).strip())).orElseThrow();
        for (var each : init.descendants().toList()) {
            if (Files.readString(Path.of("/proc", Long.toString(each.pid()), "comm")).strip().equals("libvirtd")) {
                return each;
            }
        }
        throw new IllegalStateException("no libvirtd runs under " + init);
    }

    private static void measure(VeeHost host, ProcessHandle daemon, int vees, int warm, int seconds, Report report) throws Exception {
        watched(host, OFTEN, warm, 0, () -> 0);
        report.progress("%d guests are watched".formatted(vees));
        var cost = watched(host, HostWatch.Paces.USUAL, seconds, SETTLING, () -> daemon.info().totalCpuDuration().orElseThrow().toNanos());
        var what = ", %d VEEs at 5 s".formatted(vees);
        report.figure("watch's share of a core, compilers left out" + what, 100.0 * (cost.ours() - cost.compilers()) / 1e9 / seconds, "percent");
        report.figure("compilers' share of a core" + what, 100.0 * cost.compilers() / 1e9 / seconds, "percent");
        report.figure("libvirtd's share of a core" + what, 100.0 * cost.theirs() / 1e9 / seconds, "percent");
        report.figure("measurements" + what, cost.measured() / (double) seconds, "per second");
    }

    /** @param ours nanoseconds of processor time @param compilers those of them that the compilers took @param theirs the same of libvirtd */
    private record Cost(long ours, long compilers, long theirs, long measured) {}

    /** A watch from its first look on; what it costs in {@code seconds} is counted after {@code quiet} others. */
    private static Cost watched(VeeHost host, HostWatch.Paces paces, int seconds, int quiet, LongSupplier daemon) throws Exception {
        var measurements = new Measurements(Measurements.Bounds.USUAL, new Roster());
        var kinds = new Kinds();
        var collector = new Collector(new Feed(measurements, java.time.InstantSource.system()), MILLIS);
        try (var station = new Station(new SourceId(1), "bench", kinds, Station.Ports.NONE, MILLIS.getAsLong());
                var watch = new HostWatch(() -> List.of(new Looked(host)), new Roster(), station, kinds, System::nanoTime, paces)) {
            station.source().subscribe(Interest.ALL, collector);
            long turnMillis = Math.min(TURN_MILLIS, paces.load().toMillis());
            turn(station, watch, collector, turnMillis, Duration.ofSeconds(quiet));
            long ours = cpu();
            long compilers = Compilers.nanos();
            long theirs = daemon.getAsLong();
            long measured = collector.measured();
            turn(station, watch, collector, turnMillis, Duration.ofSeconds(seconds));
            return new Cost(cpu() - ours, Compilers.nanos() - compilers, daemon.getAsLong() - theirs, collector.measured() - measured);
        }
    }

    /** As a site does: probes when they are due, hosts once a second. */
    private static void turn(Station station, HostWatch watch, Collector collector, long turnMillis, Duration time) throws InterruptedException {
        long end = MILLIS.getAsLong() + time.toMillis();
        long looked = Long.MIN_VALUE;
        for (long now = MILLIS.getAsLong(); now < end; now = MILLIS.getAsLong()) {
            station.turn(now, System.currentTimeMillis());
            if (looked == Long.MIN_VALUE || now - looked >= turnMillis) {
                looked = now;
                watch.turn(now);
                collector.turn();
            }
            station.rest();
        }
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private record Looked(VeeHost vhi) implements HostSource {
        @Override
        public HostId host() {
            return HOST;
        }

        @Override
        public HostCounters look() {
            var reading = vhi.reading();
            return new HostCounters(1, reading.busy(), 0, reading.memoryFree().bytes(), reading.diskFree().bytes(), reading.guests().stream()
                    .map(guest -> new HostCounters.VeeCounters(guest.vee(), guest.running(), guest.cpuTime(), guest.received(), guest.sent())).toList());
        }

        @Override
        public Map<String, Long> details(VeeId vee) {
            return vhi.figures(vee, HostWatch.Paces.USUAL.deadline()).values();
        }

        @Override
        public Map<String, Long> inside(VeeId vee) {
            return vhi.inside(vee).isPresent() ? Map.of("addresses", 1L) : Map.of();
        }
    }
}
