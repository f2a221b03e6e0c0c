package org.reservoir.veeh.simulated;

/** How one call to a simulated host goes wrong. */
public enum Fault {
    /** Not at all. */ NONE,
    /** No connection; nothing is done. */ UNREACHABLE,
    /** The answer never comes; nothing is done. */ TIMED_OUT_UNDONE,
    /** All is done; the answer never comes. */ TIMED_OUT_DONE,
    /** The answer never comes; what was ordered happens just before the machine's next call. */ TIMED_OUT_LATE,
    /** The connection breaks between two steps of the order. */ HALF_DONE,
    /** Out of disk or memory; nothing is done. */ NO_ROOM,
    /** Busy with something else; nothing is done. */ BUSY,
    /** All is done, but listeners hear nothing of it. */ EVENTS_LOST
}
