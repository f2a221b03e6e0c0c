package org.reservoir.veem;

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
 */
public record Task(Job job, Optional<VeeAction> action, VeeState before, Optional<VeeSpec> spec, Optional<Parts> parts, List<HostId> failed, boolean backward) {
    public Task {
        failed = List.copyOf(failed);
    }

    public static Task of(Job job, VeeAction action, VeeState before) {
        return new Task(job, Optional.of(action), before, Optional.empty(), Optional.empty(), List.of(), false);
    }

    /** A job that nobody asked for but the VEEM. */
    public static Task own(Job job, VeeState before) {
        return new Task(job, Optional.empty(), before, Optional.empty(), Optional.empty(), List.of(), false);
    }

    public Task changing(Parts after) {
        return new Task(job, action, before, spec, Optional.of(after), failed, backward);
    }

    public Task changing(VeeSpec after) {
        return new Task(job, action, before, Optional.of(after), parts, failed, backward);
    }

    public Task failedOn(List<HostId> hosts) {
        return new Task(job, action, before, spec, parts, hosts, backward);
    }

    public Task undoing() {
        return new Task(job, action, before, spec, parts, failed, true);
    }

    /** How it is told to people: {@code attach-disk}, {@code undo-attach-disk}. */
    public String words() {
        return backward ? "undo-" + job.words() : job.words();
    }
}
