package org.reservoir.placement.lease;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.reservoir.placement.lease.LeaseSettings.Migration;
import org.reservoir.placement.lease.LeaseSettings.Suspension;

/**
 * Finds the time and the hosts for one run of a lease, at an exact time or as soon as may be, and lays out what comes before and after it. It changes no plans but
 * those it is told to ({@link #cancel}, {@link #suspendBy}); committing a run is its caller's.
 */
final class RunPlanner {
    /** @param preempted leases that have to make room for it */
    record Planned(Run run, List<Lease> preempted) {}

    /**
     * When and where to look.
     *
     * @param ahead    whether to look into the future when there is no room at {@code earliest}
     * @param deadline by when the run must be over; {@link Reservation#NEVER} for none
     * @param only     hosts that come into question; empty for all
     */
    record Search(long duration, long earliest, boolean ahead, boolean resuming, long deadline, Optional<int[]> only) {
        Search on(int[] hosts) {
            return new Search(duration, earliest, ahead, resuming, deadline, Optional.of(hosts));
        }
    }

    private record Fit(long start, Mapper.Mapping mapping) {}

    private final SlotTable table;
    private final LeaseSettings settings;
    private final Mapper mapper;
    private final ImageWork images;
    private final int memory;
    /** Leases that hold a place in the future, found by looking ahead. */
    private final Set<Lease> waiting = new LinkedHashSet<>();

    RunPlanner(SlotTable table, LeaseSettings settings, Mapper mapper, int memory) {
        this.table = table;
        this.settings = settings;
        this.mapper = mapper;
        this.images = new ImageWork(settings, memory);
        this.memory = memory;
    }

    Set<Lease> waiting() {
        return waiting;
    }

    boolean mayLookAhead() {
        return waiting.size() < settings.futureLeases();
    }

    long shutdownSeconds(Lease lease) {
        return settings.shutdownTime() + settings.enactmentOverhead() * lease.size();
    }

    /** At its start, for its whole duration. */
    Optional<Planned> exact(Lease lease, long start, Mapper.Victims victims) {
        long end = start + lease.request().duration() + shutdownSeconds(lease);
        return mapper.map(lease, start, end, true, Optional.empty(), victims).map(mapping -> {
            var run = run(lease, start, end, mapping.hostOf());
            shutDownAtEnd(run);
            return new Planned(run, mapping.preempted());
        });
    }

    /** As soon as may be, not before {@code search.earliest}. */
    Optional<Planned> soon(Lease lease, Search search) {
        long shutdown = shutdownSeconds(lease);
        long whole = search.duration + (search.resuming ? lease.resumeSeconds() : 0) + shutdown;
        long latest = search.deadline == Reservation.NEVER ? Reservation.NEVER : search.deadline - search.duration;
        var now = search.earliest <= latest ? fit(lease, search, search.earliest, whole, shutdown) : Optional.<Fit>empty();
        if (now.isPresent()) {
            return now.map(fit -> lay(lease, search, fit, shutdown));
        }
        if (!search.ahead) {
            return Optional.empty();
        }
        for (long time : changes(search.earliest)) {
            var later = time <= latest ? fit(lease, search, time, whole, shutdown) : Optional.<Fit>empty();
            if (later.isPresent()) {
                waiting.add(lease);
                return later.map(fit -> lay(lease, search, fit, shutdown));
            }
        }
        return Optional.empty();
    }

    /** When hosts become free, from that time on. */
    private Iterable<Long> changes(long after) {
        var ending = table.endingAfter(after);
        var runs = new java.util.HashSet<Reservation>(ending);
        var times = new TreeSet<Long>();
        for (var each : ending) {
            if (each instanceof Run run) {
                times.add(run.finalEnd());
            } else if (each.kind == SlotKind.SHUTDOWN && !runs.contains(((Run.Step) each).run)) {
                times.add(each.end);
            }
        }
        return times;
    }

    private Optional<Fit> fit(Lease lease, Search search, long start, long whole, long shutdown) {
        boolean strict = lease.kind() != LeaseKind.BEST_EFFORT || !suspendable(lease);
        var mapping = search.resuming && settings.migration() == Migration.NO ? mapper.pinned(lease, imagesOf(lease).clone(), start, start + whole, strict)
                : mapper.map(lease, start, start + whole, strict, search.only, Mapper.Victims.NONE);
        return mapping.filter(it -> {
            long got = it.until() - start;
            return got >= whole || got >= threshold(lease, search.resuming) && whole - shutdown >= got && leavesTime(lease, search, it.hostOf(), got);
        }).map(it -> new Fit(start, it));
    }

    /** Whether resuming and suspending leave any time to run. */
    private boolean leavesTime(Lease lease, Search search, int[] hostOf, long got) {
        var hosts = search.resuming ? homeward(lease, hostOf) : hostOf;
        long resuming = search.resuming ? images.resumingFrom(lease, hosts, 0).getLast().end() : 0;
        return resuming - images.suspendingBy(lease, hosts, 0).getFirst().start() < got;
    }

    boolean suspendable(Lease lease) {
        return settings.suspension() == Suspension.ALL || settings.suspension() == Suspension.SERIAL_ONLY && lease.size() == 1;
    }

    /** A lease that must be suspended soon is not begun unless it can run for that long. */
    private long threshold(Lease lease, boolean resuming) {
        if (settings.forcedThreshold().isPresent()) {
            return settings.forcedThreshold().getAsLong();
        }
        if (settings.suspension() == Suspension.NONE) {
            return 0;
        }
        long safe = lease.suspendSeconds() + (resuming ? lease.resumeSeconds() : 0);
        return safe + safe * settings.thresholdFactor();
    }

    private Planned lay(Lease lease, Search search, Fit fit, long shutdown) {
        long end = fit.mapping.until();
        var hostOf = search.resuming ? homeward(lease, fit.mapping.hostOf()) : fit.mapping.hostOf();
        var run = run(lease, fit.start, end, hostOf);
        if (search.resuming) {
            resumeFrom(run, fit.start);
        }
        if (run.end - run.start - shutdown < search.duration) {
            suspendBy(run, end);
        } else {
            run.end = Math.min(run.end, run.start + search.duration + shutdown);
            shutDownAtEnd(run);
        }
        return new Planned(run, fit.mapping.preempted());
    }

    /** Where the images are, or will be once the last run is suspended. */
    int[] imagesOf(Lease lease) {
        return lease.hasImages() ? lease.imageAt : lease.lastRun().hostOf;
    }

    int[] imageHosts(Lease lease) {
        return Arrays.stream(imagesOf(lease)).distinct().sorted().toArray();
    }

    /** Nodes that are alike trade places, so that as many as can stay where their images are. */
    private int[] homeward(Lease lease, int[] hostOf) {
        if (!lease.alike || settings.migration() == Migration.NO) {
            return hostOf;
        }
        var places = new TreeMap<Integer, Integer>();
        Arrays.stream(hostOf).forEach(host -> places.merge(host, 1, Integer::sum));
        var home = imagesOf(lease);
        var result = new int[hostOf.length];
        Arrays.fill(result, -1);
        for (int node = 0; node < result.length; node++) {
            if (places.getOrDefault(home[node], 0) > 0) {
                places.merge(home[node], -1, Integer::sum);
                result[node] = home[node];
            }
        }
        var rest = places.entrySet().stream().flatMap(entry -> java.util.Collections.nCopies(entry.getValue(), entry.getKey()).stream()).iterator();
        return Arrays.stream(result).map(host -> host >= 0 ? host : rest.next()).toArray();
    }

    private static Run run(Lease lease, long start, long end, int[] hostOf) {
        var parts = parts(lease, lease.allNodes(), hostOf);
        return new Run(lease, start, end, parts.hosts, parts.amounts, hostOf);
    }

    private record Parts(int[] hosts, Quantity[] amounts) {}

    private static Parts parts(Lease lease, int[] nodes, int[] hostOf) {
        var on = new TreeMap<Integer, Quantity>();
        for (int node : nodes) {
            on.merge(hostOf[node], lease.node(node), Quantity::plus);
        }
        return new Parts(on.keySet().stream().mapToInt(Integer::intValue).toArray(), on.values().toArray(Quantity[]::new));
    }

    private static Run.Step step(SlotKind kind, Run run, long start, long end, int[] nodes) {
        var parts = parts(run.lease, nodes, run.hostOf);
        return new Run.Step(kind, run, start, end, parts.hosts, parts.amounts, nodes, new int[0]);
    }

    private void shutDownAtEnd(Run run) {
        long end = run.end;
        run.end = end - shutdownSeconds(run.lease);
        run.after = new ArrayList<>(List.of(step(SlotKind.SHUTDOWN, run, run.end, end, run.lease.allNodes())));
        run.lease.foresee();
    }

    private void resumeFrom(Run run, long time) {
        for (var operation : images.resumingFrom(run.lease, run.hostOf, time)) {
            run.before.add(step(SlotKind.RESUME, run, operation.start(), operation.end(), ints(operation.nodes())));
        }
        run.start = run.before.getLast().end;
        if (run.start > run.end) {
            throw new IllegalStateException("Resuming lease %d from %d ends after its run, at %d".formatted(run.lease.id(), time, run.start));
        }
    }

    private void suspendBy(Run run, long time) {
        var steps = new ArrayList<Run.Step>();
        for (var operation : images.suspendingBy(run.lease, run.hostOf, time)) {
            steps.add(step(SlotKind.SUSPEND, run, operation.start(), operation.end(), ints(operation.nodes())));
        }
        if (steps.getFirst().start < run.start) {
            throw new IllegalStateException("Suspending lease %d by %d begins before its run, at %d".formatted(run.lease.id(), time, steps.getFirst().start));
        }
        run.end = steps.getFirst().start;
        run.after = steps;
        run.lease.foresee();
    }

    private static int[] ints(List<Integer> nodes) {
        return nodes.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Lays the moves of a lease's images before the run. @return false when there is not the time for them, or they may not be moved */
    boolean moveImages(Run run, long now) {
        var from = imagesOf(run.lease);
        var moves = images.moves(run.lease, from, run.hostOf);
        if (settings.migration() == Migration.NO) {
            return moves.isEmpty();
        }
        long at = Math.max(now, run.lease.lastSuspends() ? run.lease.lastRun().finalEnd() : now);
        var steps = new ArrayList<Run.Step>();
        for (var move : moves) {
            var nodes = ints(move.nodes());
            var hosts = IntStream.concat(Arrays.stream(nodes).map(node -> from[node]), Arrays.stream(nodes).map(node -> run.hostOf[node])).distinct().toArray();
            var nothing = run.lease.node(0).none();
            steps.add(new Run.Step(SlotKind.MOVE, run, at, at + move.seconds(), hosts, IntStream.range(0, hosts.length).mapToObj(_ -> nothing).toArray(Quantity[]::new), nodes,
                    Arrays.stream(nodes).map(node -> from[node]).toArray()));
            at += move.seconds();
        }
        if (!steps.isEmpty() && at > run.firstStart()) {
            return false;
        }
        run.before.addAll(0, steps);
        return true;
    }

    long moveEstimate(Lease lease) {
        return images.moveEstimate(lease, imagesOf(lease));
    }

    void put(Run run) {
        run.before.forEach(table::add);
        table.add(run);
        run.after.forEach(table::add);
    }

    /** Takes a run out of the table, with all that belongs to it. */
    void take(Run run) {
        for (var step : run.before) {
            takeIfListed(step);
        }
        run.after.forEach(this::takeIfListed);
        takeIfListed(run);
    }

    private void takeIfListed(Reservation reservation) {
        if (reservation.listed()) {
            table.remove(reservation);
        }
    }

    /** Gives up a run of a lease. */
    void cancel(Run run) {
        waiting.remove(run.lease);
        take(run);
        run.lease.runs.remove(run);
    }

    /**
     * Whether a run that is planned or under way can be suspended by that time.
     *
     * @param since from when on it must have run long enough to make it worth the while
     * @param now   before which nothing can be done any more
     */
    boolean canSuspendBy(Lease lease, long time, long since, long now) {
        var run = lease.runAt(time);
        if (run == null || time <= run.start || time > run.end || time - Math.max(run.start, since) < threshold(lease, false)) {
            return false;
        }
        return images.suspendingBy(lease, run.hostOf, time).getFirst().start() >= Math.max(run.start, now);
    }

    /** Has a run that is planned or under way suspended by that time. @return for how long it is being suspended */
    long preempt(Run run, long time) {
        run.after.forEach(table::remove);
        table.remove(run);
        suspendBy(run, time);
        table.add(run);
        run.after.forEach(table::add);
        return run.finalEnd() - run.end;
    }

    /** How many of a lease's nodes could run at that time for its whole duration, when not all can. */
    int fewer(Lease lease, long start) {
        int some = 0;
        int tooMany = lease.size();
        while (tooMany - some > 1) {
            int half = (some + tooMany) / 2;
            if (fits(lease, start, half)) {
                some = half;
            } else {
                tooMany = half;
            }
        }
        return some;
    }

    private boolean fits(Lease lease, long start, int nodes) {
        var wish = LeaseRequest.bestEffort(lease.id(), lease.request().arrival(), lease.request().duration(), lease.request().nodes().subList(0, nodes));
        return exact(new Lease(wish, settings, memory), start, Mapper.Victims.NONE).isPresent();
    }
}
