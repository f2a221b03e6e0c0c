package org.reservoir.veem.kept;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.VeeId;

/** A VEE as the site database holds it. A state of passing with a task has exactly one work item. */
public record VeeRecord(VeeId id, Ownership ownership, VeeState state, long generation, Optional<HostId> host, Optional<HostId> destination,
                        boolean ready, boolean reschedule, VeeSpec spec, Parts parts, Optional<Task> task, Optional<String> problem,
                        Instant created, Instant changed) {

    public String name() {
        return spec.name();
    }

    /** The next life-cycle step: another state, a new generation, no problem. */
    public VeeRecord step(VeeState to, Optional<Task> newTask, Instant now) {
        return new VeeRecord(id, ownership, to, generation + 1, host, destination, ready && to == VeeState.RUNNING || ready && to == VeeState.CHANGING
                || ready && to == VeeState.MIGRATING, reschedule, spec, parts, newTask, Optional.empty(), created, now);
    }

    public VeeRecord on(Optional<HostId> newHost) {
        return new VeeRecord(id, ownership, state, generation, newHost, destination, ready, reschedule, spec, parts, task, problem, created, changed);
    }

    public VeeRecord toward(Optional<HostId> newDestination) {
        return new VeeRecord(id, ownership, state, generation, host, newDestination, ready, reschedule, spec, parts, task, problem, created, changed);
    }

    public VeeRecord saying(Optional<String> newProblem) {
        return new VeeRecord(id, ownership, state, generation, host, destination, ready, reschedule, spec, parts, task, newProblem, created, changed);
    }

    public VeeRecord ready(boolean now) {
        return new VeeRecord(id, ownership, state, generation, host, destination, now, reschedule, spec, parts, task, problem, created, changed);
    }

    public VeeRecord rescheduled(boolean wanted) {
        return new VeeRecord(id, ownership, state, generation, host, destination, ready, wanted, spec, parts, task, problem, created, changed);
    }

    public VeeRecord with(VeeSpec newSpec) {
        return new VeeRecord(id, ownership, state, generation, host, destination, ready, reschedule, newSpec, parts, task, problem, created, changed);
    }

    public VeeRecord with(Parts newParts) {
        return new VeeRecord(id, ownership, state, generation, host, destination, ready, reschedule, spec, newParts, task, problem, created, changed);
    }

    public VeeRecord with(Ownership newOwnership) {
        return new VeeRecord(id, newOwnership, state, generation, host, destination, ready, reschedule, spec, parts, task, problem, created, changed);
    }

    public VeeRecord withTask(Optional<Task> newTask) {
        return new VeeRecord(id, ownership, state, generation, host, destination, ready, reschedule, spec, parts, newTask, problem, created,
                changed);
    }

    /** As its users see it. */
    public Vee view() {
        var disks = parts.disks().stream().map(disk -> new Vee.DiskStatus(disk.number(), disk.image(), disk.size(), disk.bus().name().toLowerCase(java.util.Locale.ROOT), disk.readOnly())).toList();
        var nics = parts.nics().stream().map(nic -> new Vee.NicStatus(nic.number(), nic.network(), nic.mac(), nic.bareAddresses(), nic.filters())).toList();
        return new Vee(id, name(), ownership, state, task.map(Task::words), spec, host, destination, generation, ready, disks, nics,
                parts.snapshots(), problem, reschedule, created, changed);
    }

    /** What listeners are told about the step from {@code before} to this. */
    public VeeChanged changedFrom(Optional<VeeState> before, String why) {
        return new VeeChanged(id, name(), before, state, host, ready, ownership.user(), ownership.group(), spec.tags(), spec.vcpus(), spec.cpu().milli(),
                spec.memory().bytes(), parts.diskSize().bytes(), generation, changed, why);
    }

    /** The images that it needs, so that they must stay. */
    public List<ImageId> images() {
        var boot = spec.boot().stream().flatMap(kernel -> Stream.concat(Stream.of(kernel.kernel()), kernel.initrd().stream()));
        return Stream.concat(parts.disks().stream().flatMap(disk -> disk.image().stream()), boot).distinct().toList();
    }

    /** The hosts on which it may have left something. */
    public List<HostId> hosts() {
        return Stream.of(host, destination).flatMap(Optional::stream).distinct().toList();
    }
}
