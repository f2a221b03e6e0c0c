package org.reservoir.placement.lease;

import java.util.List;

/** Something that a {@link LeaseBook} has to react to. */
public sealed interface LeaseEvent {
    /** Time has passed; what is due is done. */
    record Tick() implements LeaseEvent {}

    /** Leases are asked for, one or several at once. They arrive now, whatever their requests say. */
    record Requested(List<LeaseRequest> requests) implements LeaseEvent {
        public Requested {
            requests = List.copyOf(requests);
        }
    }

    /** A lease is not wanted any more. */
    record Cancelled(long lease) implements LeaseEvent {}

    /** A running lease's work is done before its time; its VEEs are gone. */
    record EndedEarly(long lease) implements LeaseEvent {}

    /** A host is gone, with the VEEs and images on it. */
    record HostLost(long host) implements LeaseEvent {}

    /** A host can be used again; it is empty. */
    record HostBack(long host) implements LeaseEvent {}
}
