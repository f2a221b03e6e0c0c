package org.reservoir.monitoring;

import java.util.Optional;
import java.util.Set;

import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;

/** Port: what VEEs there are and where each belongs. Asked at every look, so that a replica that left counts no longer. */
public interface Whereabouts {
    /** Empty for a VEE that is unknown or gone. */
    Optional<Labels> of(VeeId vee);

    /** Whether the id was given to a VEE of this site; it may be gone by now. */
    boolean ever(VeeId vee);

    /** The living replicas of a component. */
    Set<VeeId> replicas(ServiceId service, String component);

    /** The living VEEs of a service. */
    Set<VeeId> vees(ServiceId service);
}
