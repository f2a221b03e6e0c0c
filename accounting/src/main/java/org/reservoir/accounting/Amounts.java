package org.reservoir.accounting;

import org.reservoir.kernel.Capacity;

/**
 * How much of each resource a VEE has.
 *
 * @param vcpus     virtual CPUs
 * @param cpu       thousandths of a CPU promised
 * @param memory    bytes
 * @param disk      bytes
 * @param addresses leased addresses
 */
public record Amounts(int vcpus, int cpu, long memory, long disk, int addresses) {
    /** What would be promised in all; virtual CPUs and addresses are not part of a capacity and count as none. */
    public static Amounts of(Capacity capacity) {
        return new Amounts(0, capacity.cpu().milli(), capacity.memory().bytes(), capacity.disk().bytes(), 0);
    }
}
