package org.reservoir.interfaces.vhi;

import java.util.List;

import org.reservoir.kernel.Capacity;
import org.reservoir.kernel.VeeId;

/** Every guest on a host: Reservoir's own, of this site, and others that merely use its capacity. */
public record Census(List<Sighting> ours, List<Stranger> strangers) {
    public Census {
        ours = List.copyOf(ours);
        strangers = List.copyOf(strangers);
    }

    /** One of ours as the host sees it; {@code generation} is that of the last order that the host took for it. */
    public record Sighting(VeeId vee, long generation, GuestState state) {}

    /** A guest that Reservoir did not make. */
    public record Stranger(String name, GuestState state, Capacity uses) {}
}
