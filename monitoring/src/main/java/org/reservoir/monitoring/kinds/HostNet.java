package org.reservoir.monitoring.kinds;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import org.reservoir.monitoring.probe.Row;

/**
 * What a host receives and sends, by {@code /proc/net/dev}: over all interfaces that have hardware behind them, for bridges
 * and guests' taps would count the same bytes again; where none has, over all but loopback. Or of one interface.
 */
final class HostNet extends DeviceRates {
    /** Fields of /proc/net/dev: rx bytes packets errs drop fifo frame compressed multicast, tx bytes packets errs drop … */
    private static final int RECEIVING = 8;
    private static final int COUNTERS = 8;
    private static final String TYPE = "infra_host_net";
    private static final byte[] COLON = {':'};

    private HostNet(Path proc, String type, String prefix, Predicate<String> counted, LongSupplier nanos) {
        super(Schemas.of(type, "bytes_per_second", prefix + "received.bytes_per_second", prefix + "sent.bytes_per_second")
                .and("per_second", prefix + "received.packets_per_second", prefix + "sent.packets_per_second", prefix + "errors_per_second", prefix + "dropped_per_second").optional(),
                ProcFile.open(proc.resolve("net/dev")), new Devices(counted, COUNTERS), nanos);
        begin();
    }

    static HostNet ofHost(Path proc, Path sys, LongSupplier nanos) {
        return new HostNet(proc, TYPE, "host.net.", physical(sys.resolve("class/net")).or(name -> !anyPhysical(sys.resolve("class/net")) && !name.equals("lo")), nanos);
    }

    static HostNet ofInterface(Path proc, String name, LongSupplier nanos) {
        return new HostNet(proc, TYPE + "." + name, "host.net." + name + ".", name::equals, nanos);
    }

    static Predicate<String> physical(Path classes) {
        return name -> Files.exists(classes.resolve(name).resolve("device"));
    }

    private static boolean anyPhysical(Path classes) {
        var names = classes.toFile().list();
        return names != null && java.util.Arrays.stream(names).anyMatch(physical(classes));
    }

    @Override
    void rates(Row row, long passed) {
        row.set(0, Rates.perSecond(devices.grown(0), passed)).set(1, Rates.perSecond(devices.grown(4), passed));
        row.set(2, Rates.perSecond(devices.grown(1), passed)).set(3, Rates.perSecond(devices.grown(5), passed));
        row.set(4, Rates.perSecond(devices.grown(2) + devices.grown(6), passed));
        row.set(5, Rates.perSecond(devices.grown(3) + devices.grown(7), passed));
    }

    @Override
    void look() {
        file.nextLine();
        while (file.nextLine()) {
            file.skipBlanks();
            int from = file.at();
            int to = file.skipWord(':');
            if (!file.take(COLON)) {
                continue;
            }
            for (int i = 0; i < COUNTERS / 2; i++) {
                devices.values()[i] = Math.max(0, file.number());
            }
            file.skipWords(RECEIVING - COUNTERS / 2);
            for (int i = COUNTERS / 2; i < COUNTERS; i++) {
                devices.values()[i] = Math.max(0, file.number());
            }
            devices.add(file.bytes(), from, to, -1);
        }
    }
}
