package org.reservoir.placement.lease;

import java.util.List;

/**
 * Something that happened to a lease, or that was decided about it.
 *
 * @param nodes which of its nodes, counted from 1; {@code hosts} where each is, or goes
 */
public record LogEntry(long time, long lease, What what, List<Integer> nodes, List<Long> hosts, String detail) {
    /** What. */
    public enum What {
        REQUESTED, REFUSED, QUEUED, PLANNED, PREEMPTED, STARTED, /** Runs on, having been resumed. */ CONTINUED, STOPPED, SUSPENDING, SUSPENDED, MOVING, MOVED, RESUMING, RESUMED, SHUTTING_DOWN, DONE, CANCELLED,
        /** Its VEEs are stopped in mid-work, to begin anew later. */ KILLED,
        /** A host with its VEEs or images is lost. */ STRUCK, FAILED
    }

    public LogEntry {
        nodes = List.copyOf(nodes);
        hosts = List.copyOf(hosts);
    }
}
