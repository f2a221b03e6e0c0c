package org.reservoir.placement.admission;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a service is taken in, in numbers.
 *
 * @param admitted  whether it is
 * @param honoured  how often it has all that it wants
 * @param others    the same for each service that is there, with the new one beside it
 * @param alone     the same without it, when one of them falls short of its promise
 * @param noRoom    why, in one line without the names of hosts, when there is no room even for its least replicas with all hosts up
 * @param failover  how often the loss of one host is survived with the new service at its least
 * @param why       sentences: the decision first, then what limits
 * @param truncated whether time was up before all trials were made
 */
public record Verdict(boolean admitted, Chance honoured, Map<String, Chance> others, Map<String, Chance> alone, Optional<String> noRoom, Failover.Report failover, List<String> why, boolean truncated) {
    public Verdict {
        others = Map.copyOf(others);
        alone = Map.copyOf(alone);
        why = List.copyOf(why);
    }
}
