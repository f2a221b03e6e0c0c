package org.reservoir.site;

import java.util.List;

import org.reservoir.interfaces.vhi.HostReading;
import org.reservoir.kernel.HostId;
import org.reservoir.monitoring.HostCounters;
import org.reservoir.monitoring.HostSource;
import org.reservoir.veem.Veem;

/** Shows the hosts that the VEEM is connected to as sources of measurements. */
final class HostLooks {
    private final Veem veem;

    HostLooks(Veem veem) {
        this.veem = veem;
    }

    List<HostSource> sources() {
        return veem.connected().stream().map(HostLooks::source).toList();
    }

    private static HostSource source(Veem.Connected connected) {
        return new HostSource() {
            @Override
            public HostId host() {
                return connected.id();
            }

            @Override
            public HostCounters look() {
                return counters(connected, connected.host().reading());
            }
        };
    }

    private static HostCounters counters(Veem.Connected host, HostReading reading) {
        var vees = reading.guests().stream().map(guest -> new HostCounters.VeeCounters(guest.vee(), guest.cpuTime(), guest.memory().bytes(), guest.diskRead(),
                guest.diskWritten(), guest.received(), guest.sent())).toList();
        return new HostCounters(reading.at(), host.facts().processors(), reading.busy(), host.facts().capacity().memory().bytes(), reading.memoryFree().bytes(),
                reading.diskFree().bytes(), vees);
    }
}
