package org.reservoir.interfaces.vhi;

import java.util.List;
import java.util.Set;

import org.reservoir.kernel.Capacity;
import org.reservoir.kernel.VeeId;

/**
 * Every guest on a host: Reservoir's own, of this site, and others that merely use its capacity.
 *
 * @param remains VEEs of this site of which the host holds something, a disk or a traffic filter, but no guest. A host goes on with what it was
 *                asked although the asker has gone, so this can come to be after the guest was erased
 * @param shared  VEEs of this site of which files lie on storage that other hosts see, too. They may run elsewhere; files of those that have ended are
 *                remains. Not told in every census, for the host must look anew at what others did there
 */
public record Census(List<Sighting> ours, Set<VeeId> remains, Set<VeeId> shared, List<Stranger> strangers) {
    public Census {
        ours = List.copyOf(ours);
        remains = Set.copyOf(remains);
        shared = Set.copyOf(shared);
        strangers = List.copyOf(strangers);
    }

    /**
     * One of ours as the host sees it.
     *
     * @param generation  of the last order that the host took for it
     * @param unexplained it is shut off and the host does not know why: it has not run since the host came up
     */
    public record Sighting(VeeId vee, long generation, GuestState state, boolean unexplained) {
        public Sighting(VeeId vee, long generation, GuestState state) {
            this(vee, generation, state, false);
        }
    }

    /** A guest that Reservoir did not make. */
    public record Stranger(String name, GuestState state, Capacity uses) {}
}
