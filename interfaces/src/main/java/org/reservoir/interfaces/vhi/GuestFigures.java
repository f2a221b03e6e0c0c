package org.reservoir.interfaces.vhi;

import java.util.Map;

/**
 * What a guest's own process says of it. Counters begin again from 0 with a new process. A figure that the hypervisor does not
 * tell, or not now, is left out.
 *
 * @param values by key: {@code memory} bytes of the host that it takes, {@code balloon} bytes given to the guest;
 *     {@code memory.unused}, {@code memory.usable}, {@code memory.cached} bytes as the guest's balloon tells;
 *     {@code swapped.in}, {@code swapped.out} bytes and {@code faults}, counters; {@code dirtied} bytes of memory written per second;
 *     {@code disk.read}, {@code disk.written} bytes and {@code disk.reads}, {@code disk.writes}, counters over all disks;
 *     {@code disk.allocated} bytes; {@code cpus}; {@code cpu.waited}, {@code cpu.delayed} nanoseconds for which virtual processors were
 *     halted by the host or kept waiting for a real one, counters over all of them; {@code move.total}, {@code move.left} bytes while it moves
 */
public record GuestFigures(Map<String, Long> values) {
    public GuestFigures {
        values = Map.copyOf(values);
    }
}
