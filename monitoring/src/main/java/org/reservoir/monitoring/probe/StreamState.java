package org.reservoir.monitoring.probe;

/** Whether a stream can be believed. Delivered to listeners like data, so that "no data" is never read as "no load". */
public enum StreamState {
    /** Measured, and heard as often as it should be. */ ON,
    /** Switched off, or resting because nobody wants it: silence is meant. */ OFF,
    /** Its source lives, but the stream is silent for longer than it should be. */ STALE,
    /** Its source is not heard any more. */ LOST,
    /** Removed for good. */ RETIRED
}
