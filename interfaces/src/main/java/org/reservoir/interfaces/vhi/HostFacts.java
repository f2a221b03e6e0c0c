package org.reservoir.interfaces.vhi;

import java.util.Map;
import java.util.Set;

import org.reservoir.kernel.Capacity;

/**
 * What a host is and can, as found out by asking it.
 *
 * @param hostname     the host's own name
 * @param hypervisor   libvirt's driver name or {@code sim}, with version: {@code QEMU 7.2.22}
 * @param architecture as libvirt says it: {@code x86_64}
 * @param processors   logical CPUs
 * @param capacity     what it has in all, before overcommitment and reserves
 * @param acceleration how guests run here
 * @param features     what else it can
 * @param labels       further facts for placement expressions, such as {@code cpu_model}
 */
public record HostFacts(String hostname, String hypervisor, String architecture, int processors, Capacity capacity,
                        Acceleration acceleration, Set<Feature> features, Map<String, String> labels) {
    public HostFacts {
        features = Set.copyOf(features);
        labels = Map.copyOf(labels);
    }

    /** How guests run: proven by a probe guest, or configured. */
    public enum Acceleration {
        /** KVM, seen to work. */ KVM,
        /** Emulated processors (QEMU's TCG): works everywhere, slowly. */ EMULATED,
        /** The hypervisor's own (Xen, ESX, VirtualBox). */ NATIVE,
        /** No processors run at all: a simulated host. */ NONE
    }

    public enum Feature {
        LIVE_MIGRATION, MIGRATION_WITH_DISKS, LIVE_RESIZE, SNAPSHOTS, TRAFFIC_FILTERS, BANDWIDTH, OVERLAYS, CONSOLE, VOICE,
        /** {@link VeeHost#sleep} puts it to sleep. */ SLEEP
    }
}
