package org.reservoir.servicemanager;

import java.util.Map;

/**
 * What the rules of a component came to.
 *
 * @param rule   the one that decided
 * @param inputs the figures it was decided on
 */
record Verdict(Kind kind, String rule, int from, int to, Map<String, String> inputs, String why) {
    Verdict {
        inputs = Map.copyOf(inputs);
    }

    enum Kind {
        UP, DOWN,
        /** The load is within tolerance, or the target is what there is. */ STAY,
        /** It would grow or shrink, but the last change is too fresh. */ COOLDOWN,
        /** It would grow or shrink, but stands at its bound. */ BOUND,
        /** Too little was measured. */ NO_DATA
    }

    boolean changes() {
        return from != to;
    }
}
