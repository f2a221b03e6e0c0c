package org.reservoir.placement.lease;

import java.util.ArrayList;
import java.util.List;

/** One stretch of time for which all nodes of a lease run, with what comes before it (moving, resuming) and after it (suspending or shutting down). */
final class Run extends Reservation {
    /** Where each node runs: an index of hosts. */
    final int[] hostOf;
    List<Step> before = new ArrayList<>();
    List<Step> after = new ArrayList<>();
    /** When the work will be done of itself, in simulations. */
    long doneAt = NEVER;

    /** Something done before or after a run. @see Run#before */
    static final class Step extends Reservation {
        final Run run;
        /** For {@link SlotKind#MOVE}: where the image of each of {@link #nodes} comes from. */
        final int[] from;

        Step(SlotKind kind, Run run, long start, long end, int[] hosts, Quantity[] amounts, int[] nodes, int[] from) {
            super(kind, run.lease, start, end, hosts, amounts, nodes);
            this.run = run;
            this.from = from;
        }
    }

    Run(Lease lease, long start, long end, int[] hosts, Quantity[] amounts, int[] hostOf) {
        super(SlotKind.RUN, lease, start, end, hosts, amounts, lease.allNodes());
        this.hostOf = hostOf;
    }

    /** When its first host is busy with it, moves of images left aside. */
    long firstStart() {
        return before.stream().filter(step -> step.kind == SlotKind.RESUME).mapToLong(step -> step.start).findFirst().orElse(start);
    }

    long finalEnd() {
        return after.isEmpty() ? end : after.getLast().end;
    }

    boolean suspends() {
        return !after.isEmpty() && after.getFirst().kind == SlotKind.SUSPEND;
    }

    boolean resumes() {
        return before.stream().anyMatch(step -> step.kind == SlotKind.RESUME);
    }

    /** Neither begun nor being resumed: it can be planned anew. A move of images under way may be broken off, for the image it copies stays until it is done. */
    boolean notBegun() {
        return phase == Phase.SCHEDULED && before.stream().allMatch(step -> step.phase == Phase.SCHEDULED || step.kind == SlotKind.MOVE);
    }

    /** Whether this is the first of its kind on its side of the run; {@link #isLast} the last. */
    static boolean isFirst(Step step) {
        return siblings(step).getFirst() == step;
    }

    static boolean isLast(Step step) {
        return siblings(step).getLast() == step;
    }

    private static List<Step> siblings(Step step) {
        var side = step.run.before.contains(step) ? step.run.before : step.run.after;
        return side.stream().filter(other -> other.kind == step.kind).toList();
    }
}
