package org.reservoir.placement.lease;

/** What a part of a host is kept for. */
public enum SlotKind {
    /** The lease's nodes run. */ RUN,
    /** Their memory is written to an image. */ SUSPEND,
    /** Their images go to other hosts. */ MOVE,
    /** Their images are read. */ RESUME,
    /** They are shut down, at the end of their last run. */ SHUTDOWN
}
