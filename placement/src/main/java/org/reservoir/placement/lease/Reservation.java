package org.reservoir.placement.lease;

/** A part of some hosts that is kept for one lease from {@link #start} to before {@link #end}, for one purpose. Mutable; lives in a {@link SlotTable}. */
abstract sealed class Reservation permits Run, Run.Step {
    /** For ever; also "does not happen". */
    static final long NEVER = Long.MAX_VALUE;

    enum Phase { SCHEDULED, ACTIVE, DONE }

    final SlotKind kind;
    final Lease lease;
    /** Indices of hosts, each once; {@link #amounts} on each. */
    final int[] hosts;
    final Quantity[] amounts;
    /** Which of the lease's nodes it is about. */
    final int[] nodes;
    long start;
    long end;
    Phase phase = Phase.SCHEDULED;

    /** Under what the slot table has it; null while it is in none. */
    SlotTable.Key startKey;
    SlotTable.Key endKey;

    Reservation(SlotKind kind, Lease lease, long start, long end, int[] hosts, Quantity[] amounts, int[] nodes) {
        this.kind = kind;
        this.lease = lease;
        this.start = start;
        this.end = end;
        this.hosts = hosts;
        this.amounts = amounts;
        this.nodes = nodes;
    }

    boolean takesTime() {
        return start < end;
    }

    boolean listed() {
        return startKey != null;
    }

    @Override
    public String toString() {
        return "%s of lease %d, %d to %d, %s".formatted(kind, lease.id(), start, end, phase);
    }
}
