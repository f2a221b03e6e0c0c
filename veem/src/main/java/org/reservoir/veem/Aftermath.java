package org.reservoir.veem;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.HostId;

/**
 * Decides what becomes of a VEE when a job at its host is done or has failed. Pure.
 *
 * <p>A failure that may pass is tried again, later each time, up to {@link Patience#attempts()}. Then: a deployment goes to
 * another host; whatever left the guest as it was (a snapshot, a resize, a migration) returns the VEE to the state before,
 * with the problem told; only a VEE of which nobody can say what it is becomes FAILED — or UNKNOWN, when its host is silent.
 */
public final class Aftermath {
    private Aftermath() {}

    /** @param attempts how often a job is tried; @param hosts on how many hosts a deployment is tried; @param pause before the second try, doubled each time */
    public record Patience(int attempts, int hosts, Duration pause, Duration longestPause) {
        public static final Patience USUAL = new Patience(6, 3, Duration.ofSeconds(1), Duration.ofSeconds(30));
    }

    /** What is to be written down and done next. */
    public sealed interface Next {
        /** The VEE goes on as {@code vee}; hosts in {@code erase} may hold remains of it, to be erased; what happened is told in {@code why}. */
        record Settled(VeeRecord vee, List<HostId> erase, String why) implements Next {}

        /** The job is tried again. */
        record Again(Instant at) implements Next {}
    }

    public static Next of(VeeRecord vee, Outcome outcome, Patience patience, Instant now) {
        var task = vee.task().orElseThrow(() -> new IllegalStateException("%s in state %s has no task".formatted(vee.id(), vee.state())));
        return switch (outcome) {
            case Outcome.Done done -> new Next.Settled(done(vee, task, done, now), List.of(), task.job().words() + " done");
            case Outcome.Failed failed when failed.kind().passing() && failed.attempt() < patience.attempts() -> again(failed, patience, now);
            case Outcome.Failed failed when failed.kind().passing() && task.job() == Job.TERMINATE -> new Next.Again(now.plus(patience.longestPause()));
            case Outcome.Failed failed -> failed(vee, task, failed, patience, now);
        };
    }

    private static VeeRecord done(VeeRecord vee, Task task, Outcome.Done done, Instant now) {
        var state = task.job().after(task.before());
        var after = vee.step(state, Optional.empty(), now);
        after = task.spec().map(after::with).orElse(after);
        after = done.parts().or(task::parts).map(after::with).orElse(after);
        after = switch (task.job()) {
            case MIGRATE -> after.on(vee.destination()).toward(Optional.empty()).rescheduled(false);
            case UNDEPLOY, TERMINATE -> after.on(Optional.empty()).toward(Optional.empty());
            default -> after;
        };
        return after.ready(state == VeeState.RUNNING && (vee.ready() || !after.spec().readyGate()));
    }

    private static Next again(Outcome.Failed failed, Patience patience, Instant now) {
        var pause = patience.pause().multipliedBy(1L << Math.min(failed.attempt() - 1, 16));
        return new Next.Again(now.plus(pause.compareTo(patience.longestPause()) < 0 ? pause : patience.longestPause()));
    }

    private static Next failed(VeeRecord vee, Task task, Outcome.Failed failed, Patience patience, Instant now) {
        var problem = Optional.of("%s failed: %s".formatted(task.job().words(), failed.why()));
        return switch (task.job()) {
            case DEPLOY -> redeploy(vee, task, patience, problem, now);
            case UNDEPLOY, TERMINATE -> new Next.Settled(vee.step(VeeState.FAILED, vee.task(), now).saying(problem), List.of(), problem.get());
            case MIGRATE -> new Next.Settled(back(vee, task, failed, now).toward(Optional.empty()).rescheduled(false).saying(problem),
                    vee.destination().stream().toList(), problem.get());
            default -> new Next.Settled(back(vee, task, failed, now).saying(problem), List.of(), problem.get());
        };
    }

    /** A host that is silent leaves open what happened there; one that answered left the guest as it was. */
    private static VeeRecord back(VeeRecord vee, Task task, Outcome.Failed failed, Instant now) {
        var silent = failed.kind() == HostFailure.Kind.UNREACHABLE || failed.kind() == HostFailure.Kind.NO_SUCH_GUEST;
        var after = vee.step(silent ? VeeState.UNKNOWN : task.before(), Optional.empty(), now);
        return after.ready(after.state() == VeeState.RUNNING && vee.ready());
    }

    private static Next redeploy(VeeRecord vee, Task task, Patience patience, Optional<String> problem, Instant now) {
        var tried = new ArrayList<>(task.failed());
        vee.host().ifPresent(tried::add);
        var byHand = task.action().isPresent();
        if (byHand || tried.size() >= patience.hosts()) {
            var memory = new Task(task.job(), task.action(), task.before(), task.spec(), task.parts(), tried);
            return new Next.Settled(vee.step(VeeState.FAILED, Optional.of(memory), now).saying(problem), List.of(), problem.get());
        }
        var memory = new Task(Job.DEPLOY, Optional.empty(), VeeState.PENDING, Optional.empty(), Optional.empty(), tried);
        var pending = vee.step(VeeState.PENDING, Optional.of(memory), now).on(Optional.empty()).saying(problem);
        return new Next.Settled(pending, vee.hosts(), problem.get() + "; it is tried on another host");
    }
}
