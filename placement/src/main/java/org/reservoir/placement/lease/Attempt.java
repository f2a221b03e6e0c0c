package org.reservoir.placement.lease;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A change of plans that may be given up: the table and the leases concerned are then as they were. Attempts may be nested. */
final class Attempt {
    private record SavedRun(Run run, long start, long end, long doneAt, List<Run.Step> before, List<Run.Step> after) {
        static SavedRun of(Run run) {
            return new SavedRun(run, run.start, run.end, run.doneAt, List.copyOf(run.before), List.copyOf(run.after));
        }

        void restore() {
            run.start = start;
            run.end = end;
            run.doneAt = doneAt;
            run.before = new ArrayList<>(before);
            run.after = new ArrayList<>(after);
        }
    }

    private record SavedLease(Lease lease, LeaseState state, List<SavedRun> runs) {
        static SavedLease of(Lease lease) {
            return new SavedLease(lease, lease.state(), lease.runs.stream().map(SavedRun::of).toList());
        }

        void restore() {
            lease.reset(state);
            lease.runs = new ArrayList<>(runs.stream().map(SavedRun::run).toList());
            runs.forEach(SavedRun::restore);
        }
    }

    private final SlotTable table;
    private final List<SavedLease> leases;

    private Attempt(SlotTable table, List<SavedLease> leases) {
        this.table = table;
        this.leases = leases;
    }

    /** @param leases whose plans may be changed */
    static Attempt begin(SlotTable table, Collection<Lease> leases) {
        var attempt = new Attempt(table, leases.stream().map(SavedLease::of).toList());
        table.mark();
        return attempt;
    }

    void keep() {
        table.keep();
    }

    void giveUp() {
        table.rollBack();
        leases.forEach(SavedLease::restore);
    }
}
