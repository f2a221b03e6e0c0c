package org.reservoir.servicemanager;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What is wanted of one component, and how far it has come.
 *
 * @param order      lower ones start first and end last
 * @param startDelay how long the next order waits for this one at most; zero for unbounded
 * @param most       never more replicas than these
 * @param wanted     replicas wanted now
 * @param asOne    those of them that are to come together or not at all
 * @param started    whether all it first wanted have been ready once: from then on it holds nobody up
 * @param attempts   what went wrong with replicas, by their numbers
 */
record Tier(String component, int order, Duration startDelay, int most, int wanted, Optional<AsOne> asOne, boolean started, Map<Integer, Attempt> attempts) {
    Tier {
        attempts = Map.copyOf(attempts);
    }
}
