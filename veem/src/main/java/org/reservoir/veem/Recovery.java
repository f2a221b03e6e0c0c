package org.reservoir.veem;

import java.time.Instant;
import java.util.Optional;

import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Refused;

/** Decides how a failed or stuck VEE goes on when an administrator says so. Pure. */
final class Recovery {
    private Recovery() {}

    static VeeRecord of(VeeRecord vee, VeeAction.Way way, Instant now) {
        var task = vee.task().filter(_ -> vee.state() == VeeState.FAILED || VeeDesk.busy(vee))
                .orElseThrow(() -> Refused.conflict("WRONG_STATE", "%s is %s; there is nothing to recover from.".formatted(vee.id(), vee.state()),
                        "Only a VEE that has failed, or is on its way to another state, can be recovered."));
        return switch (way) {
            case RETRY -> retried(vee, task, now);
            case UNDO -> undone(vee, task, now);
            case FORCE -> forced(vee, now);
        };
    }

    /** A deployment is retried on any host; everything else where it was. */
    private static VeeRecord retried(VeeRecord vee, Task task, Instant now) {
        if (task.job() == Job.DEPLOY && vee.state() == VeeState.FAILED) {
            return vee.host().isEmpty() || task.action().isEmpty() ? vee.step(VeeState.PENDING, Optional.empty(), now).on(Optional.empty())
                    : vee.step(VeeState.DEPLOYING, Optional.of(task), now);
        }
        return vee.step(task.job().during(), Optional.of(task), now);
    }

    private static VeeRecord undone(VeeRecord vee, Task task, Instant now) {
        if (task.job() == Job.TERMINATE || task.job() == Job.UNDEPLOY) {
            throw Refused.conflict("CANNOT_UNDO", "%s of %s cannot be undone.".formatted(task.job().words(), vee.id()), "Use retry, or force.");
        }
        var back = vee.step(task.before(), Optional.empty(), now).toward(Optional.empty());
        return Lifecycle.unplaced(task.before()) ? back.on(Optional.empty()) : back;
    }

    /** Nobody knows what it is: the next census of its host will say. */
    private static VeeRecord forced(VeeRecord vee, Instant now) {
        return vee.host().isPresent() ? vee.step(VeeState.UNKNOWN, Optional.empty(), now).toward(Optional.empty())
                : vee.step(VeeState.PENDING, Optional.empty(), now).toward(Optional.empty());
    }
}
