package org.reservoir.monitoring.probe;

/** How a stream of measurements is delivered. */
public enum Delivery {
    /** Newest wins, as fast as can be: what is overtaken before it could be sent is counted and not sent. */ CONTROL,
    /** Every measurement arrives once, however long it takes: kept on disk until the listener has taken it. */ ACCOUNTING
}
