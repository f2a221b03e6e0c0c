package org.reservoir.monitoring;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.reservoir.kernel.HostId;
import org.reservoir.monitoring.HostCounters.VeeCounters;

/**
 * Makes rates of counters, by the time that really passed between two looks. A counter that fell began again from 0, so
 * what it shows is all that it grew. A VEE seen on another host than before is based anew: its first look there gives
 * no rate, for nothing says how much of the counter is older than the look before. Pure.
 */
final class CounterRates {
    static final String HOST_CPU = "host.cpu.percent";
    static final String HOST_MEMORY_FREE = "host.memory.free.bytes";
    static final String HOST_MEMORY = "host.memory.bytes";
    static final String HOST_DISK_FREE = "host.disk.free.bytes";
    static final String HOST_VEES = "host.vees";
    static final String VEE_CPU = "vee.cpu.percent";
    static final String VEE_MEMORY = "vee.memory.bytes";
    static final String VEE_DISK_READ = "vee.disk.read.bytes_per_second";
    static final String VEE_DISK_WRITTEN = "vee.disk.written.bytes_per_second";
    static final String VEE_RECEIVED = "vee.net.received.bytes_per_second";
    static final String VEE_SENT = "vee.net.sent.bytes_per_second";

    /** Looks closer together than this give no rate: the clock was set, or one answer came twice. */
    private static final Duration LEAST = Duration.ofMillis(10);

    private CounterRates() {}

    /** A named value of the moment of the look. */
    record Reading(String name, double value) {}

    /** Where and when a VEE was looked at last. */
    record Seen(HostId host, Instant at, VeeCounters counters) {}

    /** Figures of the host that need no look before this one. */
    static List<Reading> levels(HostCounters now) {
        return List.of(new Reading(HOST_MEMORY, now.memory()), new Reading(HOST_MEMORY_FREE, now.memoryFree()),
                new Reading(HOST_DISK_FREE, now.diskFree()), new Reading(HOST_VEES, now.vees().size()));
    }

    /** The host's processors in percent of all of them together: 0 to 100. */
    static List<Reading> rates(HostCounters before, HostCounters now) {
        var passed = Duration.between(before.at(), now.at());
        if (passed.compareTo(LEAST) < 0) {
            return List.of();
        }
        return List.of(new Reading(HOST_CPU, Math.min(100, percent(before.busy(), now.busy(), passed) / now.cpus())));
    }

    static List<Reading> levels(VeeCounters now) {
        return List.of(new Reading(VEE_MEMORY, now.memory()));
    }

    /** The VEE's processors in percent of one: 150 is one and a half. */
    static List<Reading> rates(Seen before, Seen now) {
        var passed = Duration.between(before.at(), now.at());
        if (passed.compareTo(LEAST) < 0 || !before.host().equals(now.host())) {
            return List.of();
        }
        var a = before.counters();
        var b = now.counters();
        var readings = new ArrayList<Reading>();
        readings.add(new Reading(VEE_CPU, percent(a.cpuTime(), b.cpuTime(), passed)));
        readings.add(new Reading(VEE_DISK_READ, perSecond(a.diskRead(), b.diskRead(), passed)));
        readings.add(new Reading(VEE_DISK_WRITTEN, perSecond(a.diskWritten(), b.diskWritten(), passed)));
        readings.add(new Reading(VEE_RECEIVED, perSecond(a.received(), b.received(), passed)));
        readings.add(new Reading(VEE_SENT, perSecond(a.sent(), b.sent(), passed)));
        return readings;
    }

    private static double percent(long before, long now, Duration passed) {
        return 100.0 * growth(before, now) / passed.toNanos();
    }

    private static double perSecond(long before, long now, Duration passed) {
        return 1e9 * growth(before, now) / passed.toNanos();
    }

    private static long growth(long before, long now) {
        return now >= before ? now - before : now;
    }
}
