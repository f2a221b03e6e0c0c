package org.reservoir.interfaces.smi;

import java.util.Map;

import org.reservoir.kernel.Name;

/**
 * @param manifest   an OVF descriptor (DSP0243) or package
 * @param properties values for its user-configurable properties, by {@code key} or {@code class.key}
 * @param force      taken in whatever admission says; for administrators
 */
public record ServiceRequest(String name, byte[] manifest, Map<String, String> properties, boolean force) {
    public ServiceRequest {
        Name.of("service", name);
        manifest = manifest.clone();
        properties = Map.copyOf(properties);
    }

    public ServiceRequest(String name, byte[] manifest, Map<String, String> properties) {
        this(name, manifest, properties, false);
    }
}
