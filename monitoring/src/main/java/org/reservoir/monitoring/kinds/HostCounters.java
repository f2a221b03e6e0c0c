package org.reservoir.monitoring.kinds;

import java.util.List;

import org.reservoir.kernel.VeeId;

/**
 * What a host says of itself and its guests in one look, in running counters.
 *
 * @param cpus       processors of the host, at least 1
 * @param busy       nanoseconds of processor time used since boot, over all processors
 * @param memory     bytes it has
 * @param memoryFree bytes a new guest could get
 * @param diskFree   bytes free where disks are kept
 */
public record HostCounters(int cpus, long busy, long memory, long memoryFree, long diskFree, List<VeeCounters> vees) {
    public HostCounters {
        vees = List.copyOf(vees);
    }

    /**
     * Counters of a guest, which begin again from 0 with a new process: after a boot, a restore or a migration.
     *
     * @param running  false while its processors stand still, as on a host to which it is just moving
     * @param cpuTime  nanoseconds over all virtual CPUs
     * @param received bytes
     * @param sent     bytes
     */
    public record VeeCounters(VeeId vee, boolean running, long cpuTime, long received, long sent) {}
}
