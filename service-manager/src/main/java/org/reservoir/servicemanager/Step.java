package org.reservoir.servicemanager;

import java.util.List;

import org.reservoir.kernel.VeeId;

/** What a turn asks of the VMI. Each is safe to repeat. */
sealed interface Step {
    String component();

    int replica();

    /** Makes a VEE for a replica that has none. */
    record Create(String component, int replica) implements Step {}

    /** Makes VEEs for replicas that have none, all or none, that get places all or none. */
    record CreateSet(String component, List<Integer> replicas, String set) implements Step {
        public CreateSet {
            replicas = List.copyOf(replicas);
        }

        @Override
        public int replica() {
            return replicas.getFirst();
        }
    }

    /** Ends a replica's VEE. @param aim to have another instead of it, or none @param hard without asking its guest; it is in trouble already */
    record Terminate(String component, int replica, VeeId vee, Attempt.Aim aim, boolean hard, String why) implements Step {}

    /** Has the failed step of a VEE done again. */
    record Recover(String component, int replica, VeeId vee, String problem) implements Step {}
}
