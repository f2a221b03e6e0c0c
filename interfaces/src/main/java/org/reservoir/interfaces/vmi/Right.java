package org.reservoir.interfaces.vmi;

/** What may be done with an object. */
public enum Right {
    /** See it and build on it. */ USE,
    /** Change it and act on it. */ MANAGE,
    /** Give it away, move it by hand, recover it. */ ADMIN
}
