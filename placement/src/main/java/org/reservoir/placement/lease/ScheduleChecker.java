package org.reservoir.placement.lease;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Judges how a workload went, from what is public about it alone; it shares no code with planning. Hosts never give more than they have; all nodes of a lease run
 * together; what is suspended is resumed where its image lies; reservations start when they were promised, deadlines are met, and who is done has had what it asked for.
 */
public final class ScheduleChecker {
    private final Outcome outcome;
    private final Map<Long, LeaseRequest> requests = new HashMap<>();
    private final Set<Long> struck;
    private final List<String> violations = new ArrayList<>();

    private ScheduleChecker(Outcome outcome) {
        this.outcome = outcome;
        outcome.results().forEach(result -> requests.put(result.request().id(), result.request()));
        this.struck = outcome.log().stream().filter(entry -> entry.what() == LogEntry.What.STRUCK).map(LogEntry::lease).collect(Collectors.toSet());
    }

    /** What is wrong, in words; empty when all is well. */
    public static List<String> violations(Outcome outcome) {
        var checker = new ScheduleChecker(outcome);
        checker.capacity();
        var byLease = outcome.slots().stream().collect(Collectors.groupingBy(Slot::lease));
        outcome.results().forEach(result -> checker.lease(result, byLease.getOrDefault(result.request().id(), List.of())));
        return checker.violations;
    }

    private void require(boolean fine, String otherwise, Object... values) {
        if (!fine) {
            violations.add(otherwise.formatted(values));
        }
    }

    private void capacity() {
        record Change(long time, int sign, Quantity amount) {}
        var changes = new HashMap<Long, List<Change>>();
        for (var slot : outcome.slots()) {
            for (int i = 0; i < slot.nodes().size() && slot.kind() != SlotKind.MOVE && slot.start() < slot.until(); i++) {
                var amount = requests.get(slot.lease()).nodes().get(slot.nodes().get(i) - 1);
                var host = changes.computeIfAbsent(slot.hosts().get(i), _ -> new ArrayList<>());
                host.add(new Change(slot.start(), 1, amount));
                host.add(new Change(slot.until(), -1, amount));
            }
        }
        for (var host : outcome.workload().site().hosts()) {
            var used = new long[host.capacity().size()];
            var these = changes.getOrDefault(host.id(), List.of());
            these.stream().sorted(Comparator.comparingLong(Change::time).thenComparingInt(Change::sign)).forEach(change -> {
                for (int r = 0; r < used.length; r++) {
                    used[r] += change.sign * change.amount.amount(r);
                    require(used[r] <= host.capacity().amount(r), "host %d gives %d of its %d of resource %d at %d", host.id(), used[r], host.capacity().amount(r), r, change.time);
                }
            });
        }
    }

    /** Where the nodes of a lease are, and what they have run since they last began from nothing. */
    private static final class Traces {
        final Map<Integer, Long> image = new TreeMap<>();
        final Map<Integer, Long> resumed = new TreeMap<>();
        Map<Integer, Long> ran = Map.of();
        long ranUntil;
        long readyAt;
        long begun = Long.MIN_VALUE;
        long work;
        boolean suspended;
        boolean shutDown;
    }

    private void lease(Outcome.Result result, List<Slot> slots) {
        var traces = new Traces();
        slots.stream().sorted(Comparator.comparingLong(Slot::start).thenComparing(ScheduleChecker::turn)).forEach(slot -> slot(slot, traces));
        if (result.state() == LeaseState.DONE) {
            promise(result, traces);
        }
        if (result.state() == LeaseState.REJECTED || result.state() == LeaseState.REJECTED_BY_USER) {
            require(slots.isEmpty(), "lease %d was refused, but was given %s", result.request().id(), slots);
        }
    }

    private static int turn(Slot slot) {
        return List.of(SlotKind.SUSPEND, SlotKind.MOVE, SlotKind.RESUME, SlotKind.RUN, SlotKind.SHUTDOWN).indexOf(slot.kind()) + (slot.kind() == SlotKind.SUSPEND && slot.start() == slot.until() ? 10 : 0);
    }

    private void slot(Slot slot, Traces traces) {
        require(new HashSet<>(slot.nodes()).size() == slot.nodes().size() && slot.nodes().size() == slot.hosts().size(), "%s names a node twice or lacks a host", slot);
        require(!traces.shutDown, "lease %d was shut down before %s", slot.lease(), slot);
        for (int i = 0; i < slot.nodes().size(); i++) {
            switch (slot.kind()) {
                case SUSPEND -> suspend(slot, slot.nodes().get(i), slot.hosts().get(i), traces);
                case MOVE -> move(slot, i, traces);
                case RESUME -> resume(slot, slot.nodes().get(i), slot.hosts().get(i), traces);
                case SHUTDOWN -> require(slot.hosts().get(i).equals(traces.ran.get(slot.nodes().get(i))) && slot.start() >= traces.ranUntil, "%s is not where or when it ran", slot);
                case RUN -> require(true, "");
            }
        }
        if (slot.kind() == SlotKind.RUN) {
            run(slot, traces);
        }
        traces.shutDown |= slot.kind() == SlotKind.SHUTDOWN;
    }

    private void suspend(Slot slot, int node, long host, Traces traces) {
        require(traces.ran.getOrDefault(node, -1L) == host, "%s: node %d ran on host %s", slot, node, traces.ran.get(node));
        require(slot.start() >= traces.ranUntil, "%s begins before the run has ended, at %d", slot, traces.ranUntil);
        traces.image.put(node, host);
        traces.suspended = true;
        traces.readyAt = Math.max(traces.readyAt, slot.until());
    }

    private void move(Slot slot, int i, Traces traces) {
        int node = slot.nodes().get(i);
        require(slot.from().get(i).equals(traces.image.get(node)), "%s: the image of node %d lies on host %s", slot, node, traces.image.get(node));
        require(slot.start() >= traces.readyAt, "%s begins before the images are there, at %d", slot, traces.readyAt);
        traces.image.put(node, slot.hosts().get(i));
    }

    private void resume(Slot slot, int node, long host, Traces traces) {
        require(traces.image.getOrDefault(node, -1L) == host, "%s: the image of node %d lies on host %s", slot, node, traces.image.get(node));
        require(slot.start() >= traces.readyAt, "%s begins before the lease is suspended, at %d", slot, traces.readyAt);
        traces.image.remove(node);
        traces.resumed.put(node, host);
    }

    private void run(Slot slot, Traces traces) {
        var request = requests.get(slot.lease());
        var hosts = new TreeMap<Integer, Long>();
        for (int i = 0; i < slot.nodes().size(); i++) {
            hosts.put(slot.nodes().get(i), slot.hosts().get(i));
        }
        require(hosts.size() == request.nodes().size(), "%s is not all %d nodes", slot, request.nodes().size());
        require(slot.start() >= request.arrival(), "%s begins before its lease arrives", slot);
        boolean begunAnew = struck.contains(slot.lease()) && !hosts.equals(traces.resumed);
        if (traces.resumed.isEmpty() || begunAnew) {
            traces.begun = slot.start();
            traces.work = 0;
            traces.image.clear();
            traces.suspended = false;
        } else {
            require(hosts.equals(traces.resumed), "%s is not where it was resumed: %s", slot, traces.resumed);
        }
        traces.resumed.clear();
        traces.work += slot.until() - slot.start();
        traces.ran = hosts;
        traces.ranUntil = slot.until();
        traces.readyAt = slot.until();
    }

    private void promise(Outcome.Result result, Traces traces) {
        var request = result.request();
        long asked = Math.min(request.duration(), request.ends().orElse(Long.MAX_VALUE));
        if (!struck.contains(request.id())) {
            require(traces.work == asked, "lease %d is done after %d of %d s", request.id(), traces.work, asked);
        }
        require(result.end().equals(OptionalLong.of(Math.max(traces.ranUntil, result.end().orElse(0)))), "lease %d has ended before its run", request.id());
        boolean atOnce = request.kind() == LeaseKind.IMMEDIATE || request.kind() == LeaseKind.ADVANCE_RESERVATION;
        if (atOnce && !struck.contains(request.id())) {
            long promised = request.start() instanceof LeaseRequest.Start.At(long time) ? time : request.arrival();
            require(traces.begun == promised && !traces.suspended, "lease %d was promised %d and began at %d", request.id(), promised, traces.begun);
        }
        if (request.kind() == LeaseKind.DEADLINE) {
            require(traces.begun >= ((LeaseRequest.Start.At) request.start()).time(), "lease %d began at %d, too early", request.id(), traces.begun);
            require(traces.ranUntil <= request.deadline().getAsLong(), "lease %d runs until %d, after its deadline", request.id(), traces.ranUntil);
        }
    }
}
