package org.reservoir.placement.lease;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;

/**
 * When the images of a lease's nodes are written or read, so that no two operations disturb each other: one after the other on each host when every host has its own
 * disk, one after the other in the whole site when they share one. (Sotomayor, Montero, Llorente, Foster: "Resource Leasing and the Art of Suspending Virtual Machines",
 * HPCC 2009.)
 */
final class ImageWork {
    /** Operations that happen at the same time. @param nodes on different hosts */
    record Operation(long start, long end, List<Integer> nodes) {
        Operation shifted(long by) {
            return new Operation(start + by, end + by, nodes);
        }
    }

    private record Span(long start, long end) {}

    private final LeaseSettings settings;
    private final int memory;

    ImageWork(LeaseSettings settings, int memory) {
        this.settings = settings;
        this.memory = memory;
    }

    /** Suspends all nodes by that time; in order of start. */
    List<Operation> suspendingBy(Lease lease, int[] hostOf, long time) {
        return plan(lease, hostOf, time, -1, settings::suspendSeconds).stream().sorted(Comparator.comparingLong(Operation::start)).toList();
    }

    List<Operation> resumingFrom(Lease lease, int[] hostOf, long time) {
        return plan(lease, hostOf, time, 1, settings::resumeSeconds).stream().sorted(Comparator.comparingLong(Operation::start)).toList();
    }

    private List<Operation> plan(Lease lease, int[] hostOf, long time, int direction, LongUnaryOperator seconds) {
        return settings.exclusion() == LeaseSettings.Exclusion.GLOBAL ? oneByOne(lease, time, direction, seconds) : hostByHost(lease, hostOf, time, direction, seconds);
    }

    private List<Operation> oneByOne(Lease lease, long time, int direction, LongUnaryOperator seconds) {
        var operations = new ArrayList<Operation>();
        long at = time;
        for (int node = 0; node < lease.size(); node++) {
            long next = at + direction * (seconds.applyAsLong(lease.node(node).amount(memory)) + settings.enactmentOverhead());
            operations.add(new Operation(Math.min(at, next), Math.max(at, next), List.of(node)));
            at = next;
        }
        return operations;
    }

    private List<Operation> hostByHost(Lease lease, int[] hostOf, long time, int direction, LongUnaryOperator seconds) {
        var reached = new TreeMap<Integer, Long>();
        var together = new TreeMap<Span, List<Integer>>(Comparator.comparingLong(Span::start).thenComparingLong(Span::end));
        for (int node = 0; node < lease.size(); node++) {
            long at = reached.getOrDefault(hostOf[node], time);
            long next = at + direction * seconds.applyAsLong(lease.node(node).amount(memory));
            together.computeIfAbsent(new Span(Math.min(at, next), Math.max(at, next)), _ -> new ArrayList<>()).add(node);
            reached.put(hostOf[node], next);
        }
        var operations = new ArrayList<Operation>();
        together.forEach((span, nodes) -> {
            long overhead = nodes.size() * settings.enactmentOverhead();
            operations.add(new Operation(span.start - (direction < 0 ? overhead : 0), span.end + (direction > 0 ? overhead : 0), nodes));
        });
        return apart(operations, direction);
    }

    private static List<Operation> apart(List<Operation> operations, int direction) {
        operations.sort(direction > 0 ? Comparator.comparingLong(Operation::start) : Comparator.comparingLong(Operation::end).reversed());
        var apart = new ArrayList<Operation>();
        for (var each : operations) {
            var operation = each;
            if (!apart.isEmpty()) {
                var before = apart.getLast();
                long by = direction > 0 ? Math.max(0, before.end - each.start) : Math.min(0, before.start - each.end);
                operation = each.shifted(by);
            }
            apart.add(operation);
        }
        return apart;
    }

    /** Which nodes' images can be moved at the same time: no host sends or receives two. Group by group, each with how long it takes. */
    List<Move> moves(Lease lease, int[] from, int[] to) {
        var left = new TreeSet<Integer>();
        for (int node = 0; node < lease.size(); node++) {
            if (from[node] != to[node]) {
                left.add(node);
            }
        }
        var moves = new ArrayList<Move>();
        while (!left.isEmpty()) {
            var busy = new TreeSet<Integer>();
            var group = left.stream().filter(node -> !busy.contains(from[node]) && !busy.contains(to[node]) && busy.add(from[node]) && busy.add(to[node])).toList();
            left.removeAll(group);
            long seconds = group.stream().mapToLong(node -> settings.moveSeconds(lease.node(node).amount(memory))).max().orElse(0);
            moves.add(new Move(group, seconds));
        }
        return moves;
    }

    /** Images that are moved at the same time. */
    record Move(List<Integer> nodes, long seconds) {}

    /** How long it takes at most to bring a lease's images to other hosts: one by one, all of a host's for each. */
    long moveEstimate(Lease lease, int[] from) {
        if (settings.migration() != LeaseSettings.Migration.YES) {
            return 0;
        }
        var onHost = new TreeMap<Integer, Long>();
        for (int node = 0; node < lease.size(); node++) {
            onHost.merge(from[node], lease.node(node).amount(memory), Long::sum);
        }
        long seconds = 0;
        for (int host : from) {
            seconds += settings.moveSeconds(onHost.get(host));
        }
        return seconds;
    }
}
