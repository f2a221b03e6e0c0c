package org.reservoir.interfaces.vhi;

/** A guest as its host sees it. */
public enum GuestState {
    RUNNING, PAUSED, SHUTTING_DOWN,
    /** Defined, not running, no saved memory. */ SHUT_OFF,
    /** Defined, not running, its memory kept on the host. */ SAVED,
    CRASHED
}
