package org.reservoir.interfaces.vmi;

import java.util.Map;

import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Name;

/**
 * A host to add or how it is to be kept.
 *
 * @param cpuFactor     promised CPUs per real CPU, such as 4
 * @param memoryFactor  promised memory per real memory, such as 1
 * @param cpuReserve    kept for the host itself
 * @param memoryReserve kept for the host itself
 * @param options       for the driver; see {@code reservoir host add --help}
 */
public record HostRequest(String name, String uri, String cluster, double cpuFactor, double memoryFactor, Cpus cpuReserve, DataSize memoryReserve,
                          Map<String, String> labels, Map<String, String> options) {
    public HostRequest {
        Name.of("host", name);
        Name.of("cluster", cluster);
        labels = Map.copyOf(labels);
        options = Map.copyOf(options);
    }

    public static HostRequest of(String name, String uri) {
        return new HostRequest(name, uri, "default", 1, 1, Cpus.ZERO, DataSize.ZERO, Map.of(), Map.of());
    }
}
