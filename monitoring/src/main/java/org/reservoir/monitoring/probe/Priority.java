package org.reservoir.monitoring.probe;

/** Who is slowed first when a budget is short. */
public enum Priority {
    /** Never slowed for a budget: a rule in force acts on it. */ PINNED,
    /** Slowed when slowing the low ones is not enough. */ NORMAL,
    /** Slowed first. */ LOW
}
