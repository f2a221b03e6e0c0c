package org.reservoir.veem.work;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.Refused;
import org.reservoir.veem.kept.Job;
import org.reservoir.veem.kept.Parts;
import org.reservoir.veem.kept.Task;
import org.reservoir.veem.kept.VeeRecord;

/**
 * Decides how a failed or stuck VEE goes on when an administrator says so. Pure.
 *
 * <p>RETRY begins the job anew. UNDO does it backward, so that nothing of it stays at the host. FORCE stops waiting for the
 * host: the VEE is UNKNOWN until the next census of its host tells what it is, and one that is being terminated is gone. What a
 * census does not show — disks, also kept ones on their way to the host, NICs, snapshots — cannot be forced: it is undone, or done to its end.
 */
final class Recovery {
    private Recovery() {}

    static VeeRecord of(VeeRecord vee, VeeAction.Way way, Instant now) {
        var task = vee.task().filter(_ -> vee.state() == VeeState.FAILED || VeeDesk.busy(vee))
                .orElseThrow(() -> Refused.conflict("WRONG_STATE", "%s is %s; there is nothing to recover from.".formatted(vee.id(), vee.state()),
                        "Only a VEE that has failed, or is on its way to another state, can be recovered."));
        return switch (way) {
            case RETRY -> retried(vee, task, now);
            case UNDO -> undone(vee, task, now);
            case FORCE -> forced(vee, task, now);
        };
    }

    /** A failed deployment for which nobody named a host is retried on any, once its old host is rid of it; everything else where it was. */
    private static VeeRecord retried(VeeRecord vee, Task task, Instant now) {
        if (task.job() == Job.DEPLOY && task.action().isEmpty() && vee.state() == VeeState.FAILED) {
            return again(vee, vee.host().isPresent() ? task.failedOn(List.of()).undoing() : task, now);
        }
        return again(vee, task.failedOn(Stream.concat(task.failed().stream(), vee.host().stream()).distinct().toList()), now);
    }

    private static VeeRecord undone(VeeRecord vee, Task task, Instant now) {
        if (task.job().oneWay()) {
            throw Refused.conflict("CANNOT_UNDO", "%s of %s cannot be undone.".formatted(task.words(), vee.id()), "Use retry, or force.");
        }
        return again(vee, task.undoing(), now);
    }

    private static VeeRecord again(VeeRecord vee, Task task, Instant now) {
        if (vee.host().isEmpty() && task.job() == Job.DEPLOY) {
            return vee.step(VeeState.PENDING, Optional.empty(), now);
        }
        return vee.step(task.job().during(), Optional.of(task), now);
    }

    private static VeeRecord forced(VeeRecord vee, Task task, Instant now) {
        if (task.job() == Job.TERMINATE) {
            return vee.step(VeeState.TERMINATED, Optional.empty(), now).on(Optional.empty()).toward(Optional.empty());
        }
        var census = task.job() == Job.DEPLOY ? vee.parts().disks().stream().noneMatch(Parts.DiskPart::kept) : !task.job().leavesTraces() && !task.job().oneWay();
        if (census) {
            return unknown(vee, now);
        }
        return again(vee, task.job().oneWay() ? task : task.undoing(), now);
    }

    private static VeeRecord unknown(VeeRecord vee, Instant now) {
        return vee.step(vee.host().isPresent() ? VeeState.UNKNOWN : VeeState.PENDING, Optional.empty(), now);
    }
}
