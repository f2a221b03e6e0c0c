package org.reservoir.veem.lease;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.reservoir.interfaces.vmi.Lease.Happened;
import org.reservoir.kernel.LeaseId;
import org.reservoir.placement.lease.LeaseBook;
import org.reservoir.placement.lease.LogEntry;

/** What of a step's log the users of leases are told. That a lease was asked for, planned and is over they see from itself. Pure. */
final class LeaseHistory {
    private LeaseHistory() {}

    static Map<LeaseId, List<Happened>> of(LeaseBook.Next next) {
        var over = next.ended().stream().map(ended -> ended.result().request().id()).collect(Collectors.toSet());
        var history = new TreeMap<LeaseId, List<Happened>>();
        for (var entry : next.log()) {
            happened(entry, over.contains(entry.lease())).ifPresent(it -> {
                var its = history.computeIfAbsent(new LeaseId(entry.lease()), _ -> new ArrayList<>());
                // once, not for each of its runs and steps that are stopped
                if (its.stream().noneMatch(it::equals)) {
                    its.add(it);
                }
            });
        }
        return history;
    }

    private static Optional<Happened> happened(LogEntry entry, boolean over) {
        return Optional.ofNullable(switch (entry.what()) {
            case STARTED -> Happened.What.STARTED;
            case PREEMPTED -> Happened.What.MAKES_ROOM;
            case SUSPENDED -> Happened.What.SUSPENDED;
            case CONTINUED -> Happened.What.RESUMED;
            case STRUCK -> Happened.What.HOST_LOST;
            case KILLED -> over ? null : Happened.What.BEGINS_ANEW; // one that is over has its reason
            case REQUESTED, REFUSED, QUEUED, PLANNED, STOPPED, SUSPENDING, MOVING, MOVED, RESUMING, RESUMED, SHUTTING_DOWN, DONE, CANCELLED, FAILED -> null;
        }).map(what -> new Happened(Instant.ofEpochSecond(entry.time()), what, entry.detail()));
    }
}
