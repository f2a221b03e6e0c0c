package org.reservoir.interfaces.smi;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;

/**
 * A service as its provider sees it.
 *
 * @param problem why it failed and which step; empty when all is well
 */
public record Service(ServiceId id, String name, Ownership ownership, State state, List<Component> components, Optional<String> problem,
                      Instant created, Instant changed) {
    public Service {
        components = List.copyOf(components);
    }

    public enum State {
        /** Its components start in order. */ DEPLOYING,
        /** Every component has the replicas it wants, ready. */ RUNNING,
        /** A component has more or fewer replicas than it wants. */ SCALING,
        /** A step failed and waits for a retry or an undeploy. */ FAILED,
        UNDEPLOYING,
        /** Gone; its history and its statement remain. */ UNDEPLOYED
    }

    /**
     * @param least  fewest replicas
     * @param most   most replicas
     * @param wanted replicas wanted now
     * @param ready  replicas that are ready
     * @param rules  its elasticity rules, as text
     */
    public record Component(String name, int order, int least, int most, int wanted, int ready, List<Replica> replicas, List<String> rules,
                            boolean rulesInForce) {
        public Component {
            replicas = List.copyOf(replicas);
            rules = List.copyOf(rules);
        }
    }

    /** @param number stable over the replica's life, from 0; @param address its first address, once known */
    public record Replica(int number, VeeId vee, String state, boolean ready, Optional<String> address) {}
}
