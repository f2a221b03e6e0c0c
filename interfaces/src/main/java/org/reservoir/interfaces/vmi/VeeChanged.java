package org.reservoir.interfaces.vmi;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;

/**
 * The event of topic {@link #TOPIC} that follows every change of a VEE, subject its id: what accounting, the Service
 * Manager, portals and peers hear. It says all that rating needs, so that no listener must ask back.
 *
 * @param from   state before; empty when it was just made
 * @param cpu    thousandths of a CPU promised
 * @param memory bytes
 * @param disk   bytes of all its disks
 */
public record VeeChanged(VeeId vee, String name, Optional<VeeState> from, VeeState to, Optional<HostId> host, boolean ready, UserId user, GroupId group,
                         Map<String, String> tags, int vcpus, int cpu, long memory, long disk, long generation, Instant at, String why) {
    public static final String TOPIC = "vee";

    /** Tag that holds the id of the service that a VEE belongs to. */
    public static final String SERVICE_TAG = "service";
    /** Tag that holds the name of the component that a VEE is a replica of. */
    public static final String COMPONENT_TAG = "component";

    public VeeChanged {
        tags = Map.copyOf(tags);
    }
}
