package org.reservoir.placement.policy;

import org.reservoir.placement.State;

/** Something to have little of, in points. */
public interface Goal {
    /**
     * The goal in numbers.
     *
     * @param state as it is before anything is decided: hosts, and the VEEs that have a place
     */
    Terms terms(State state);

    /** In a word, for reports: {@code watts}. */
    String name();
}
