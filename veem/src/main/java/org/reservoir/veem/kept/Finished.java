package org.reservoir.veem.kept;

import org.reservoir.store.Claim;

/** A job that ended: a VEE's with its outcome, or a chore that is done or has to be tried again. */
public sealed interface Finished {
    public Claim claim();

    public record OfVee(Claim claim, VeeRecord vee, Outcome outcome) implements Finished {}

    public record Nothing(Claim claim) implements Finished {}

    public record Later(Claim claim, String why) implements Finished {}
}
