package org.reservoir.monitoring;

import java.time.Instant;
import java.util.List;

import org.reservoir.kernel.VeeId;

/**
 * What a host says of itself and its guests in one look, in running counters.
 *
 * @param at         when the host was looked at
 * @param cpus       processors of the host, at least 1
 * @param busy       nanoseconds of processor time used since boot, over all processors
 * @param memory     bytes it has
 * @param memoryFree bytes a new guest could get
 * @param diskFree   bytes free where disks are kept
 */
public record HostCounters(Instant at, int cpus, long busy, long memory, long memoryFree, long diskFree, List<VeeCounters> vees) {
    public HostCounters {
        vees = List.copyOf(vees);
    }

    /**
     * Counters of a guest, which begin again from 0 with a new process: after a boot, a restore or a migration.
     *
     * @param cpuTime     nanoseconds over all virtual CPUs
     * @param memory      bytes resident
     * @param diskRead    bytes
     * @param diskWritten bytes
     * @param received    bytes
     * @param sent        bytes
     */
    public record VeeCounters(VeeId vee, long cpuTime, long memory, long diskRead, long diskWritten, long received, long sent) {}
}
