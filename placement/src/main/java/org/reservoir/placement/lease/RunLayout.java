package org.reservoir.placement.lease;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.reservoir.placement.lease.LeaseSettings.Migration;

/** Lays out a run: what comes before it (moving and resuming images), how long it runs, and what comes after it (suspending or shutting down). Touches no table. */
final class RunLayout {
    private final LeaseSettings settings;
    private final ImageWork images;

    RunLayout(LeaseSettings settings, int memory) {
        this.settings = settings;
        this.images = new ImageWork(settings, memory);
    }

    long shutdownSeconds(Lease lease) {
        return settings.shutdownTime() + settings.enactmentOverhead() * lease.size();
    }

    /** A run to the end, shutdown included. */
    Run full(Lease lease, long start, long end, int[] hostOf) {
        var run = run(lease, start, end, hostOf);
        shutDownAtEnd(run);
        return run;
    }

    /** A run of that duration or, if its hosts are wanted earlier, one that is suspended by then. */
    Run laid(Lease lease, long start, Mapper.Mapping mapping, long duration, boolean resuming) {
        long shutdown = shutdownSeconds(lease);
        var run = run(lease, start, mapping.until(), resuming ? homeward(lease, mapping.hostOf()) : mapping.hostOf());
        if (resuming) {
            resumeFrom(run, start);
        }
        if (run.end - run.start - shutdown < duration) {
            suspendBy(run, mapping.until());
        } else {
            run.end = Math.min(run.end, run.start + duration + shutdown);
            shutDownAtEnd(run);
        }
        return run;
    }

    /** Whether resuming and suspending leave any time to run, of so many seconds in all. */
    boolean leavesTime(Lease lease, int[] hostOf, boolean resuming, long seconds) {
        var hosts = resuming ? homeward(lease, hostOf) : hostOf;
        long resumed = resuming ? images.resumingFrom(lease, hosts, 0).getLast().end() : 0;
        return resumed - images.suspendingBy(lease, hosts, 0).getFirst().start() < seconds;
    }

    /** When suspending must begin to be over by that time. */
    long suspensionStart(Run run, long time) {
        return images.suspendingBy(run.lease, run.hostOf, time).getFirst().start();
    }

    /** Where each node's image is, or will be once the last run is suspended. */
    static int[] imagesOf(Lease lease) {
        return Arrays.stream(lease.allNodes()).map(node -> lease.imageAt[node] >= 0 ? lease.imageAt[node] : lease.lastRun().hostOf[node]).toArray();
    }

    static int[] imageHosts(Lease lease) {
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
        var rest = places.entrySet().stream().flatMap(entry -> Collections.nCopies(entry.getValue(), entry.getKey()).stream()).iterator();
        return Arrays.stream(result).map(host -> host >= 0 ? host : rest.next()).toArray();
    }

    static Run run(Lease lease, long start, long end, int[] hostOf) {
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

    static Run.Step step(SlotKind kind, Run run, long start, long end, int[] nodes) {
        var parts = parts(run.lease, nodes, run.hostOf);
        return new Run.Step(kind, run, start, end, parts.hosts, parts.amounts, nodes, new int[0]);
    }

    /** Images on their way take nothing of a host but are known to be there. */
    static Run.Step move(Run run, long start, long end, int[] nodes, int[] from) {
        var hosts = IntStream.concat(Arrays.stream(from), Arrays.stream(nodes).map(node -> run.hostOf[node])).distinct().toArray();
        var nothing = IntStream.range(0, hosts.length).mapToObj(_ -> run.lease.node(0).none()).toArray(Quantity[]::new);
        return new Run.Step(SlotKind.MOVE, run, start, end, hosts, nothing, nodes, from);
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

    /** Has a run suspended by that time. */
    void suspendBy(Run run, long time) {
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
            steps.add(move(run, at, at + move.seconds(), nodes, Arrays.stream(nodes).map(node -> from[node]).toArray()));
            at += move.seconds();
        }
        if (!steps.isEmpty() && at > run.firstStart()) {
            return false;
        }
        run.before.addAll(0, steps);
        return true;
    }

    /** How long it takes at most to bring a lease's images elsewhere. */
    long moveEstimate(Lease lease) {
        return images.moveEstimate(lease, imagesOf(lease));
    }
}
