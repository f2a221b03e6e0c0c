package org.reservoir.veem.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.LeaseId;
import org.reservoir.kernel.VeeId;
import org.reservoir.placement.lease.LeaseBook;
import org.reservoir.placement.lease.LeaseEvent;
import org.reservoir.placement.lease.LeaseHost;
import org.reservoir.placement.lease.LeaseSite;
import org.reservoir.placement.lease.LeaseState;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.LeaseNode;
import org.reservoir.veem.kept.VeeRecord;

/**
 * What has really happened that the book of leases does not know of yet. Pure.
 *
 * @param hosts  what has become of hosts
 * @param leases what has become of VEEs, an event for each lease concerned
 * @param failed why leases that are given up have failed
 */
record LeaseNews(List<LeaseEvent> hosts, List<LeaseEvent> leases, Map<LeaseId, String> failed) {
    static final LeaseNews NONE = new LeaseNews(List.of(), List.of(), Map.of());

    boolean isEmpty() {
        return hosts.isEmpty() && leases.isEmpty();
    }

    /** What the book is to be told next: all about hosts, or one lease; that may change what there is to tell of others. */
    List<LeaseEvent> first() {
        return hosts.isEmpty() ? leases.stream().limit(1).toList() : hosts;
    }

    /**
     * @param before the site as it was when the book was stepped last
     * @param vees   those of {@code nodes}
     */
    static LeaseNews of(LeaseBook book, LeaseSite before, List<LeaseNode> nodes, Map<VeeId, VeeRecord> vees, List<HostTable.HostRecord> hosts, Duration patience, Instant now) {
        var changes = new ArrayList<LeaseEvent>();
        var events = new ArrayList<LeaseEvent>();
        var failed = new TreeMap<LeaseId, String>();
        var known = hosts.stream().collect(Collectors.toMap(host -> host.id().value(), Function.identity()));
        book.site().hosts().forEach(host -> hostEvent(book, host.id(), Optional.ofNullable(known.get(host.id())), patience, now).ifPresent(changes::add));
        grown(book, before).ifPresent(changes::add);
        var leases = nodes.stream().collect(Collectors.groupingBy(LeaseNode::lease, TreeMap::new, Collectors.toList()));
        leases.forEach((lease, its) -> {
            var failure = its.stream().flatMap(node -> failure(node, node.vee().map(vees::get), patience, now).stream()).findFirst();
            if (failure.isPresent()) {
                failed.put(lease, failure.get());
                events.add(new LeaseEvent.Cancelled(lease.value()));
            } else if (its.stream().allMatch(node -> gone(node, vees))) {
                events.add(gone(book, lease));
            }
        });
        return new LeaseNews(changes, events, failed);
    }

    private static Optional<LeaseEvent> hostEvent(LeaseBook book, long host, Optional<HostTable.HostRecord> record, Duration patience, Instant now) {
        var lost = book.lost().contains(host);
        var silent = record.filter(it -> it.state() == Host.State.UNREACHABLE).isPresent();
        var silentForLong = silent && record.flatMap(HostTable.HostRecord::lastSeen).filter(seen -> seen.plus(patience).isAfter(now)).isEmpty();
        if (!lost && (record.isEmpty() || silentForLong)) {
            return Optional.of(new LeaseEvent.HostLost(host));
        }
        return lost && record.isPresent() && !silent ? Optional.of(new LeaseEvent.HostBack(host)) : Optional.empty();
    }

    /** Leases that wait for a time to come may have an earlier one where others have left: for the book, a host that is back. */
    private static Optional<LeaseEvent> grown(LeaseBook book, LeaseSite before) {
        var had = before.hosts().stream().collect(Collectors.toMap(LeaseHost::id, LeaseHost::capacity));
        return book.site().hosts().stream().filter(host -> !book.lost().contains(host.id()) && !host.capacity().fitsIn(had.getOrDefault(host.id(), host.capacity())))
                .findFirst().map(host -> new LeaseEvent.HostBack(host.id()));
    }

    /** Why a VEE keeps its lease from being what was promised. One that could not be started for long has failed; one that nobody has tried to start is still to be tried. */
    private static Optional<String> failure(LeaseNode node, Optional<VeeRecord> vee, Duration patience, Instant now) {
        var late = node.wanted() == LeaseNode.Wanted.RUNNING && node.since().plus(patience).isBefore(now);
        var why = late ? node.problem() : Optional.<String>empty();
        if (vee.isEmpty()) {
            return why.map(problem -> "VEE %d could not be made: %s".formatted(node.number(), problem));
        }
        return switch (vee.get().state()) {
            case FAILED -> Optional.of("%s failed: %s".formatted(vee.get().id(), vee.get().problem().orElse("nobody knows why")));
            case HELD, PENDING, UNDEPLOYED -> why.map(problem -> "%s could not be started: %s".formatted(vee.get().id(), problem));
            default -> Optional.empty();
        };
    }

    /** Ended by somebody but the lease. */
    private static boolean gone(LeaseNode node, Map<VeeId, VeeRecord> vees) {
        var state = node.vee().map(vees::get).map(VeeRecord::state);
        return node.wanted() != LeaseNode.Wanted.ENDED && state.filter(it -> it == VeeState.TERMINATED || it == VeeState.TERMINATING).isPresent();
    }

    /** Work that is done before its time; or that will never be. */
    private static LeaseEvent gone(LeaseBook book, LeaseId lease) {
        if (book.lease(lease.value()).filter(it -> it.state() == LeaseState.ACTIVE).isPresent()) {
            return new LeaseEvent.EndedEarly(lease.value());
        }
        return new LeaseEvent.Cancelled(lease.value());
    }
}
