package org.reservoir.veem.host;

import java.time.Instant;
import java.util.Optional;

import org.reservoir.interfaces.vhi.Census;
import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.veem.kept.Job;
import org.reservoir.veem.kept.Lifecycle;
import org.reservoir.veem.kept.Task;
import org.reservoir.veem.kept.VeeRecord;

/**
 * Decides what follows when a host shows something else than the site database says: a guest that ended, was paused, started
 * or removed behind our back. Pure. While a job is under way nothing follows: its outcome will tell.
 */
public final class Drift {
    private Drift() {}

    /** What to do about guests that crashed, or ended with their host. */
    public enum OnEnd {
        /** Boot it again. */ RESTART,
        /** Leave it shut off, and say so. */ LEAVE
    }

    /** @param boot whether the VEE, now powered off, is to be booted again */
    public record Repair(VeeRecord vee, boolean boot, String why) {}

    /** Whether the host shows something else than the state says, so that {@link #repair} has something to do. */
    static boolean differs(VeeState state, Optional<GuestState> seen) {
        return Lifecycle.placed(state) && seen.filter(it -> agree(state, it)).isEmpty();
    }

    /** @param seen what the host shows; empty when the guest is not there */
    public static Optional<Repair> repair(VeeRecord vee, Optional<Census.Sighting> seen, OnEnd policy, Instant now) {
        if (!differs(vee.state(), seen.map(Census.Sighting::state))) {
            return Optional.empty();
        }
        return Optional.of(seen.map(sighting -> found(vee, sighting, policy, now)).orElseGet(() -> missing(vee, now)));
    }

    private static boolean agree(VeeState state, GuestState seen) {
        return switch (seen) {
            case RUNNING -> state == VeeState.RUNNING;
            case SHUTTING_DOWN -> true;
            case PAUSED -> state == VeeState.SUSPENDED;
            case SHUT_OFF, CRASHED -> state == VeeState.POWERED_OFF;
            case SAVED -> state == VeeState.STOPPED;
        };
    }

    private static Repair found(VeeRecord vee, Census.Sighting seen, OnEnd policy, Instant now) {
        return switch (seen.state()) {
            case RUNNING, SHUTTING_DOWN -> settled(vee, VeeState.RUNNING, "its host shows it running", now);
            case PAUSED -> settled(vee, VeeState.SUSPENDED, "its host shows it paused", now);
            case SAVED -> settled(vee, VeeState.STOPPED, "its host shows it saved to disk", now);
            case SHUT_OFF -> seen.unexplained() ? ended(vee, "its guest ended with its host", policy == OnEnd.RESTART, now) : ended(vee, "its guest shut down", false, now);
            case CRASHED -> ended(vee, "its guest crashed", policy == OnEnd.RESTART, now);
        };
    }

    private static Repair settled(VeeRecord vee, VeeState state, String why, Instant now) {
        var after = vee.step(state, Optional.empty(), now);
        return new Repair(after.ready(state == VeeState.RUNNING && (vee.ready() || !vee.spec().readyGate())), false, why);
    }

    private static Repair ended(VeeRecord vee, String why, boolean boot, Instant now) {
        return new Repair(vee.step(VeeState.POWERED_OFF, Optional.empty(), now).saying(boot ? Optional.empty() : Optional.of(why)), boot, why);
    }

    private static Repair missing(VeeRecord vee, Instant now) {
        var why = "its guest is gone from its host, removed by somebody else";
        var task = Task.own(Job.DEPLOY, VeeState.PENDING);
        return new Repair(vee.step(VeeState.FAILED, Optional.of(task), now).saying(Optional.of(why)), false, why);
    }
}
