package org.reservoir.interfaces.smi;

import java.time.Instant;
import java.util.Map;

/**
 * What an elasticity rule decided.
 *
 * @param rule     the rule's name
 * @param from     replicas wanted before
 * @param to       replicas wanted after; the same when it decided to do nothing
 * @param inForce  whether it was done, or only noted
 * @param inputs   the figures it was decided on
 * @param why      in words
 */
public record Decision(Instant at, String component, String rule, int from, int to, boolean inForce, Map<String, String> inputs, String why) {
    public Decision {
        inputs = Map.copyOf(inputs);
    }
}
