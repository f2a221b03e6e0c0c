package org.reservoir.veem.kept;

import java.util.List;
import java.util.Optional;

import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.HostId;

/**
 * What is under way with a VEE, or was when it failed.
 *
 * @param job      what is done at the host
 * @param action   who asked for it, with its parameters; empty when the VEEM itself did
 * @param before   the state to go back to
 * @param spec     what the spec becomes when the job is done, if it changes
 * @param parts    what the parts become when the job is done, if they change
 * @param failed   hosts on which a deployment failed already
 * @param backward whether the job, of which nobody knows how far it came, is being undone
 * @param forgiven how often the hosts on which a deployment had failed were tried again
 */
public record Task(Job job, Optional<VeeAction> action, VeeState before, Optional<VeeSpec> spec, Optional<Parts> parts, List<HostId> failed, boolean backward,
        int forgiven) {
    public Task {
        failed = List.copyOf(failed);
    }

    public static Task of(Job job, VeeAction action, VeeState before) {
        return new Task(job, Optional.of(action), before, Optional.empty(), Optional.empty(), List.of(), false, 0);
    }

    /** A job that nobody asked for but the VEEM. */
    public static Task own(Job job, VeeState before) {
        return new Task(job, Optional.empty(), before, Optional.empty(), Optional.empty(), List.of(), false, 0);
    }

    public Task changing(Parts after) {
        return new Task(job, action, before, spec, Optional.of(after), failed, backward, forgiven);
    }

    public Task changing(VeeSpec after) {
        return new Task(job, action, before, Optional.of(after), parts, failed, backward, forgiven);
    }

    public Task failedOn(List<HostId> hosts) {
        return new Task(job, action, before, spec, parts, hosts, backward, forgiven);
    }

    /** A deployment that waits for a place, of its own accord, and remembers where it failed. */
    public Task waiting() {
        return new Task(Job.DEPLOY, Optional.empty(), VeeState.PENDING, Optional.empty(), Optional.empty(), failed, false, forgiven);
    }

    /** The hosts on which it failed are tried again. */
    public Task forgiving() {
        return new Task(job, action, before, spec, parts, List.of(), backward, forgiven + 1);
    }

    public Task undoing() {
        return new Task(job, action, before, spec, parts, failed, true, forgiven);
    }

    /** How it is told to people: {@code attach-disk}, {@code undo-attach-disk}. */
    public String words() {
        return backward ? "undo-" + job.words() : job.words();
    }
}
