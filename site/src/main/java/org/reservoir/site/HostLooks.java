package org.reservoir.site;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.reservoir.interfaces.vhi.GuestInside;
import org.reservoir.interfaces.vhi.HostReading;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.kinds.HostCounters;
import org.reservoir.monitoring.kinds.HostSource;
import org.reservoir.veem.Veem;

/** Shows the hosts that the VEEM is connected to as sources of measurements. */
final class HostLooks {
    /** Which hosts there are is asked of the site database no more often. */
    private static final long KEPT_MILLIS = 5000;

    private final Veem veem;
    private final Duration patience;
    private List<HostSource> kept = List.of();
    private long keptAt = Long.MIN_VALUE;

    /** @param patience with one guest */
    HostLooks(Veem veem, Duration patience) {
        this.veem = veem;
        this.patience = patience;
    }

    synchronized List<HostSource> sources() {
        long now = Sensors.now();
        if (keptAt == Long.MIN_VALUE || now - keptAt >= KEPT_MILLIS) {
            kept = veem.connected().stream().map(connected -> (HostSource) new Look(connected, patience)).toList();
            keptAt = now;
        }
        return kept;
    }

    private record Look(Veem.Connected connected, Duration patience) implements HostSource {
        @Override
        public HostId host() {
            return connected.id();
        }

        @Override
        public HostCounters look() {
            return counters(connected, connected.host().reading());
        }

        @Override
        public Map<String, Long> details(VeeId vee) {
            return connected.host().figures(vee, patience).values();
        }

        @Override
        public Map<String, Long> inside(VeeId vee) {
            return connected.host().inside(vee).map(Look::inside).orElse(Map.of());
        }

        private static Map<String, Long> inside(GuestInside inside) {
            var disks = inside.fileSystems();
            return Map.of("disks", disks.stream().mapToLong(each -> each.size().bytes()).sum(), "disks.used", disks.stream().mapToLong(each -> each.used().bytes()).sum(),
                    "disks.fullest", disks.stream().mapToLong(each -> 100 * each.used().bytes() / each.size().bytes()).max().orElse(0),
                    "addresses", (long) inside.addresses().size());
        }

        private static HostCounters counters(Veem.Connected host, HostReading reading) {
            var vees = reading.guests().stream().map(guest -> new HostCounters.VeeCounters(guest.vee(), guest.running(), guest.cpuTime(), guest.received(), guest.sent())).toList();
            return new HostCounters(host.facts().processors(), reading.busy(), host.facts().capacity().memory().bytes(), reading.memoryFree().bytes(),
                    reading.diskFree().bytes(), vees);
        }
    }
}
