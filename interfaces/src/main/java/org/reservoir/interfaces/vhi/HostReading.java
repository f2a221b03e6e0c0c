package org.reservoir.interfaces.vhi;

import java.time.Instant;
import java.util.List;

import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.VeeId;

/**
 * Figures of a host and its guests at one moment, those that cost little and for which no guest need be asked.
 *
 * @param busy       processor time used by the host since it booted, in nanoseconds over all CPUs
 * @param memoryFree memory that a new guest could get
 * @param diskFree   free bytes where disks are kept
 */
public record HostReading(Instant at, long busy, DataSize memoryFree, DataSize diskFree, List<GuestReading> guests) {
    public HostReading {
        guests = List.copyOf(guests);
    }

    /**
     * Counters since the guest's process began; they start again from 0 after a reboot of the host or a migration.
     *
     * @param running false while its processors stand still, as on a host to which it is just moving
     * @param cpuTime nanoseconds over all virtual CPUs
     */
    public record GuestReading(VeeId vee, boolean running, long cpuTime, long received, long sent) {}
}
