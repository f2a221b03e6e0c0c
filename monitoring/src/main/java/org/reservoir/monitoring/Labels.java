package org.reservoir.monitoring;

import java.util.Optional;

import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ServiceId;

/** Where a VEE belongs and where it is now. */
public record Labels(Optional<ServiceId> service, Optional<String> component, Optional<HostId> host) {
    public static final Labels NONE = new Labels(Optional.empty(), Optional.empty(), Optional.empty());

    public static Labels of(ServiceId service, String component) {
        return new Labels(Optional.of(service), Optional.of(component), Optional.empty());
    }

    public Labels at(HostId other) {
        return new Labels(service, component, Optional.of(other));
    }
}
