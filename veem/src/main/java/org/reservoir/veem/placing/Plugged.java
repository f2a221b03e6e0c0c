package org.reservoir.veem.placing;

import java.util.List;
import java.util.Optional;

import org.reservoir.placement.policy.Goal;
import org.reservoir.placement.search.Solver;

/** What plug-ins provide for placement at this moment. */
public interface Plugged {
    public Plugged NOTHING = new Plugged() {
        @Override
        public List<String> goals() {
            return List.of();
        }

        @Override
        public Optional<Goal> goal(String name) {
            return Optional.empty();
        }

        @Override
        public List<Solver> solvers() {
            return List.of();
        }

        @Override
        public List<String> leasePolicies(Class<?> kind) {
            return List.of();
        }

        @Override
        public <T> Optional<T> leasePolicy(Class<T> kind, String name) {
            return Optional.empty();
        }
    };

    List<String> goals();

    /** For one decision: it is asked once, and answers the same then. */
    Optional<Goal> goal(String name);

    public List<Solver> solvers();

    /** Names of what there is of a kind: of {@link org.reservoir.placement.lease.AdmissionPolicy}, of preemption, of hosts, of pricing. */
    public List<String> leasePolicies(Class<?> kind);

    /** For one decision. */
    public <T> Optional<T> leasePolicy(Class<T> kind, String name);
}
