package org.reservoir.veem.work;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.HostId;
import org.reservoir.veem.kept.Job;
import org.reservoir.veem.kept.Outcome;
import org.reservoir.veem.kept.Task;
import org.reservoir.veem.kept.VeeRecord;

/**
 * Decides what becomes of a VEE when a job at its host is done or has failed. Pure.
 *
 * <p>A failure that may pass is tried again, later each time, up to {@link Patience#attempts()}. Then: a job that certainly left
 * the guest as it was returns the VEE to the state before, with the problem told. A job of which nobody knows how far it came —
 * no answer, or a crash before it — and which could leave something behind (a second guest, a disk, an address in use) is undone
 * at the host first, however long that takes; what cannot be undone is tried until the host answers. A deployment then goes to
 * another host. A disk or NIC that a running guest does not let go of stays its own. What leaves nothing behind makes the VEE UNKNOWN when its host is silent. Only a VEE of which nobody can say what
 * it is becomes FAILED.
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
            case Outcome.Done done when task.backward() -> undone(vee, task, done, now);
            case Outcome.Done done -> new Next.Settled(done(vee, task, done, now), List.of(), task.words() + " done");
            case Outcome.Failed failed when failed.kind().passing() && triesAgain(vee, task, failed, patience) -> again(failed, patience, now);
            case Outcome.Failed failed when task.backward() -> notUndone(vee, task, failed, now);
            case Outcome.Failed failed -> failed(vee, task, failed, patience, now);
        };
    }

    private static boolean triesAgain(VeeRecord vee, Task task, Outcome.Failed failed, Patience patience) {
        if (task.backward() || task.job().oneWay()) {
            return true;
        }
        var betterElsewhere = task.job() == Job.DEPLOY && task.action().isEmpty() && failed.kind().silent() && clean(vee, task, failed);
        return failed.attempt() < patience.attempts() && !betterElsewhere;
    }

    private static Next again(Outcome.Failed failed, Patience patience, Instant now) {
        var pause = patience.pause().multipliedBy(1L << Math.min(failed.attempt() - 1, 16));
        return new Next.Again(now.plus(pause.compareTo(patience.longestPause()) < 0 ? pause : patience.longestPause()));
    }

    /** Whether the host certainly holds nothing of the job: a task that is begun anew lists its host among the failed. */
    private static boolean clean(VeeRecord vee, Task task, Outcome.Failed failed) {
        return failed.clean() && vee.host().filter(task.failed()::contains).isEmpty();
    }

    // ---- done

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

    // ---- failed

    private static Next failed(VeeRecord vee, Task task, Outcome.Failed failed, Patience patience, Instant now) {
        var problem = "%s failed: %s".formatted(task.words(), failed.told());
        return switch (task.job()) {
            case DEPLOY -> redeploy(vee, task, failed, patience, problem, now);
            case UNDEPLOY, TERMINATE -> new Next.Settled(vee.step(VeeState.FAILED, vee.task(), now).saying(Optional.of(problem)), List.of(), problem);
            default -> task.job().leavesTraces() && !clean(vee, task, failed) ? backward(vee, task, problem, now) : back(vee, task, failed, problem, now);
        };
    }

    /** Where it was. A host that is silent leaves open what the guest is, unless nothing could have begun it; one that answered left it as it was. */
    private static Next back(VeeRecord vee, Task task, Outcome.Failed failed, String problem, Instant now) {
        var rests = task.before() == VeeState.POWERED_OFF && !task.job().mayBegin();
        var silent = failed.kind().silent() && !rests || failed.kind() == HostFailure.Kind.NO_SUCH_GUEST;
        var after = vee.step(silent ? VeeState.UNKNOWN : task.before(), Optional.empty(), now).toward(Optional.empty()).saying(Optional.of(problem));
        after = task.job() == Job.MIGRATE ? after.rescheduled(false) : after;
        return new Next.Settled(after.ready(after.state() == VeeState.RUNNING && vee.ready()), vee.destination().stream().toList(), problem);
    }

    private static Next backward(VeeRecord vee, Task task, String problem, Instant now) {
        return new Next.Settled(vee.step(task.job().during(), Optional.of(task.undoing()), now).saying(Optional.of(problem)), List.of(), problem + "; it is undone");
    }

    private static Next redeploy(VeeRecord vee, Task task, Outcome.Failed failed, Patience patience, String problem, Instant now) {
        var tried = Stream.concat(task.failed().stream(), vee.host().stream()).distinct().toList();
        var memory = task.failedOn(tried);
        var byHand = task.action().isPresent();
        if (byHand || tried.size() >= patience.hosts()) {
            return new Next.Settled(vee.step(VeeState.FAILED, Optional.of(memory), now).saying(Optional.of(problem)), List.of(), problem);
        }
        if (!clean(vee, task, failed)) {
            return backward(vee, memory, problem, now);
        }
        var pending = vee.step(VeeState.PENDING, Optional.of(memory), now).on(Optional.empty()).saying(Optional.of(problem));
        return new Next.Settled(pending, vee.hosts(), problem + "; it is tried on another host");
    }

    // ---- undone

    private static Next undone(VeeRecord vee, Task task, Outcome.Done done, Instant now) {
        var why = task.words() + " done";
        var state = done.state().orElse(task.before());
        var after = vee.step(state, Optional.empty(), now).toward(Optional.empty()).saying(vee.problem()).ready(state == VeeState.RUNNING && vee.ready());
        after = done.parts().map(after::with).orElse(after);
        return switch (task.job()) {
            case DEPLOY -> new Next.Settled(after.on(Optional.empty()).withTask(remembered(task)), List.of(), why);
            case UNDEPLOY -> new Next.Settled(state == VeeState.UNDEPLOYED ? after.on(Optional.empty()) : after, List.of(), why);
            case MIGRATE -> new Next.Settled(after.on(done.at()).rescheduled(false), vee.hosts().stream().filter(host -> !done.at().equals(Optional.of(host))).toList(), why);
            case ATTACH_DISK, ATTACH_NIC -> done.parts().isPresent() ? kept(after, task) : new Next.Settled(after, List.of(), why);
            default -> new Next.Settled(after, List.of(), why);
        };
    }

    private static Next kept(VeeRecord vee, Task task) {
        var problem = "%s failed: %sits guest does not let go of it again, so it stays attached.".formatted(task.words(), Outcome.KEPT);
        return new Next.Settled(vee.saying(Optional.of(problem)), List.of(), problem);
    }

    /** A VEE that goes on waiting for a place remembers where it failed. */
    private static Optional<Task> remembered(Task task) {
        return task.before() == VeeState.PENDING ? Optional.of(task.waiting()) : Optional.empty();
    }

    private static Next notUndone(VeeRecord vee, Task task, Outcome.Failed failed, Instant now) {
        var problem = "%s failed: %s".formatted(task.words(), failed.told());
        var gone = failed.kind() == HostFailure.Kind.NO_SUCH_GUEST;
        var after = gone ? vee.step(VeeState.UNKNOWN, Optional.empty(), now).toward(Optional.empty()) : vee.step(VeeState.FAILED, Optional.of(task), now);
        return new Next.Settled(after.saying(Optional.of(problem)), List.of(), problem);
    }
}
