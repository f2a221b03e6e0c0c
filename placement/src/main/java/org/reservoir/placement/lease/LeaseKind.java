package org.reservoir.placement.lease;

/** What sort of promise a lease is; follows from its {@link LeaseRequest}. */
public enum LeaseKind {
    /** Runs when there is room, in the order of arrival; may be suspended. */ BEST_EFFORT,
    /** Runs at an exact time. */ ADVANCE_RESERVATION,
    /** Runs now or not at all. */ IMMEDIATE,
    /** Runs after its start and is done before its deadline; may be suspended in between. */ DEADLINE
}
