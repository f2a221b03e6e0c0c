package org.reservoir.interfaces.vhi;

import java.time.Instant;
import java.util.List;

import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.VeeId;

/**
 * Figures of a host and its guests at one moment.
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
     * @param cpuTime nanoseconds over all virtual CPUs
     * @param memory  resident memory of the guest
     */
    public record GuestReading(VeeId vee, long cpuTime, DataSize memory, long diskRead, long diskWritten, long received, long sent) {}
}
