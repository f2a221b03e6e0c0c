package org.reservoir.placement;

/** One thing a plan asks for. Ids are of VEEs and hosts. */
public sealed interface Move {
    long vee();

    /** A VEE gets its first place. */
    record Start(long vee, long to) implements Move {}

    /** Live: the source holds the VEE's resources until the end, the destination from the beginning. */
    record Migrate(long vee, long from, long to) implements Move {}

    /** Saved to disk, so that its place becomes free; a {@link Resume} follows in the same plan. */
    record Suspend(long vee, long from) implements Move {}

    record Resume(long vee, long to) implements Move {}

    record Stop(long vee, long from) implements Move {}
}
