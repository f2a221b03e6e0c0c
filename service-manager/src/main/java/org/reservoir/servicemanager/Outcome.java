package org.reservoir.servicemanager;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.reservoir.interfaces.smi.Service;

/**
 * What one look at a service came to.
 *
 * @param steps   to be done now, in this order
 * @param state   where the service is
 * @param problem what has failed for good, or holds it up
 * @param started components that have just had all their replicas ready for the first time
 * @param well    replicas whose troubles are over, as {@code component/number}
 * @param again   when to look again though nothing was heard; empty when only a change can bring news
 */
record Outcome(List<Step> steps, Service.State state, Optional<String> problem, Set<String> started, Set<ReplicaKey> well, Optional<Instant> again) {
    Outcome {
        steps = List.copyOf(steps);
        started = Set.copyOf(started);
        well = Set.copyOf(well);
    }

    record ReplicaKey(String component, int replica) {}
}
