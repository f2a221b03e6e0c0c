package org.reservoir.placement.lease;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** A lease while it is being planned and run. Mutable; package-private to the last: the outside sees {@link LeaseView} and {@link LeaseRecord}. */
final class Lease implements LeaseView {
    private static final int NOWHERE = -1;

    private final LeaseRequest request;
    private final LeaseSettings settings;
    private final int memory;
    private final long suspendSeconds;
    private final long resumeSeconds;
    /** Nodes from the largest to the smallest: the order in which they are put on hosts. */
    final int[] bySize;
    private final int[] allNodes;
    /** All nodes ask for the same. */
    final boolean alike;
    private LeaseState state = LeaseState.NEW;
    /** Seconds run in runs that are over. */
    long accumulated;
    List<Run> runs = new ArrayList<>();
    /** Where the image of each node lies; {@link #NOWHERE} while it has none. */
    final int[] imageAt;
    long firstStart = Reservation.NEVER;
    long end = Reservation.NEVER;
    double price;
    String reason = "";

    Lease(LeaseRequest request, LeaseSettings settings, int memory) {
        this.request = request;
        this.settings = settings;
        this.memory = memory;
        int n = request.nodes().size();
        long suspend = 0;
        long resume = 0;
        for (var node : request.nodes()) {
            suspend += settings.suspendSeconds(node.amount(memory)) + settings.enactmentOverhead();
            resume += settings.resumeSeconds(node.amount(memory)) + settings.enactmentOverhead();
        }
        suspendSeconds = settings.suspendTime().orElse(suspend);
        resumeSeconds = settings.resumeTime().orElse(resume);
        allNodes = IntStream.range(0, n).toArray();
        alike = request.nodes().stream().allMatch(request.nodes().getFirst()::equals);
        bySize = alike ? allNodes : sorted(request.nodes());
        imageAt = new int[n];
        Arrays.fill(imageAt, NOWHERE);
    }

    private static int[] sorted(List<Quantity> nodes) {
        var largest = new long[nodes.getFirst().singles()];
        nodes.forEach(node -> node.raise(largest));
        return IntStream.range(0, nodes.size()).boxed().sorted(Comparator.comparingDouble((Integer n) -> -nodes.get(n).share(largest))).mapToInt(Integer::intValue).toArray();
    }

    @Override
    public LeaseRequest request() {
        return request;
    }

    @Override
    public LeaseState state() {
        return state;
    }

    @Override
    public long suspendSeconds() {
        return suspendSeconds;
    }

    @Override
    public long resumeSeconds() {
        return resumeSeconds;
    }

    /** A lease like this one of its first so many nodes. */
    Lease first(int nodes) {
        return new Lease(LeaseRequest.bestEffort(id(), request.arrival(), request.duration(), request.nodes().subList(0, nodes)), settings, memory);
    }

    int size() {
        return allNodes.length;
    }

    int[] allNodes() {
        return allNodes;
    }

    Quantity node(int n) {
        return request.nodes().get(n);
    }

    void become(LeaseState next) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException("Lease %d cannot go from %s to %s".formatted(id(), state, next));
        }
        state = next;
    }

    /** Takes a state back, with the table of slots, when a plan is given up; also how a lease is restored. */
    void reset(LeaseState to) {
        state = to;
    }

    boolean is(LeaseState... states) {
        return Arrays.asList(states).contains(state);
    }

    boolean hasRuns() {
        return !runs.isEmpty();
    }

    Run lastRun() {
        return runs.getLast();
    }

    /** When it was last saved; only of a lease that is suspended. */
    long suspendedAt() {
        return runs.stream().filter(run -> run.phase == Reservation.Phase.DONE).reduce((_, later) -> later).orElseThrow().finalEnd();
    }

    boolean lastSuspends() {
        return hasRuns() && lastRun().suspends();
    }

    /** The run whose time from resuming to suspending or shutting down holds that moment; null if none does. */
    Run runAt(long time) {
        return runs.stream().filter(run -> time >= run.firstStart() && time < run.finalEnd()).findFirst().orElse(null);
    }

    List<Run> runsAfter(long time) {
        return runs.stream().filter(run -> run.firstStart() > time).toList();
    }

    void append(Run run) {
        runs.add(run);
        foresee();
    }

    /** Works out in which run the work will be done of itself. */
    void foresee() {
        if (request.ends().isEmpty()) {
            return;
        }
        long left = request.ends().getAsLong();
        for (var run : runs) {
            long takes = run.end - run.start;
            if (left <= takes) {
                run.doneAt = run.start + left;
                return;
            }
            run.doneAt = Reservation.NEVER;
            left -= takes;
        }
    }

    long remaining() {
        return request.duration() - accumulated;
    }

    @Override
    public long remainingAt(long time) {
        long run = 0;
        for (var each : runs) {
            if (time < each.start) {
                break;
            }
            run += Math.min(time, each.end) - each.start;
            if (time < each.end) {
                break;
            }
        }
        return request.duration() - run;
    }

    /** Forgets all that was run: its VEEs or their images are gone. */
    void beginAnew() {
        accumulated = 0;
        runs = new ArrayList<>();
        Arrays.fill(imageAt, NOWHERE);
    }

    void imageGone(int node) {
        imageAt[node] = NOWHERE;
    }

    boolean hasImageOn(int host) {
        return Arrays.stream(imageAt).anyMatch(at -> at == host);
    }

    @Override
    public String toString() {
        return "lease %d (%s, %s)".formatted(id(), kind(), state);
    }
}
