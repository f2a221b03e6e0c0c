package org.reservoir.veem;

import org.reservoir.store.Claim;

/** A job that ended: a VEE's with its outcome, or a chore that is done or has to be tried again. */
sealed interface Finished {
    Claim claim();

    record OfVee(Claim claim, VeeRecord vee, Outcome outcome) implements Finished {}

    record Nothing(Claim claim) implements Finished {}

    record Later(Claim claim, String why) implements Finished {}
}
