package org.reservoir.veem.work;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

import org.reservoir.interfaces.vhi.Disk;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Nic;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.interfaces.vhi.SnapshotWork;
import org.reservoir.interfaces.vhi.VeeHost;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.HostId;
import org.reservoir.veem.kept.Change;
import org.reservoir.veem.kept.Job;
import org.reservoir.veem.kept.Outcome;
import org.reservoir.veem.kept.Task;
import org.reservoir.veem.kept.VeeRecord;

/**
 * Does jobs backward: sees to it that a host holds nothing of a job of which nobody knows how far it came, whether it was done,
 * half done or never begun. As everything at a host it may be done again after a crash.
 */
record Undoing(Workshop workshop, LeavingDisks leaving, Function<HostId, VeeHost> hosts, Function<VeeRecord, Guest> guests) {

    Outcome.Done undo(VeeRecord vee, Task task) throws IOException {
        return switch (task.job()) {
            case DEPLOY -> {
                leaving.writeBack(vee, hosts.apply(Workshop.place(vee)), guests.apply(vee), true);
                workshop.erase(Workshop.place(vee), workshop.order(vee));
                yield Outcome.Done.with(leaving.anew(vee));
            }
            case MIGRATE -> Outcome.Done.at(whereabouts(vee, task));
            case UNDEPLOY -> stillThere(vee);
            case ATTACH_DISK, ATTACH_NIC -> takeOut(vee, task, hosts.apply(Workshop.place(vee)));
            case DETACH_NIC, RESIZE, FILTER_NIC, TAKE_SNAPSHOT -> {
                takeBack(vee, task, hosts.apply(Workshop.place(vee)));
                yield Outcome.Done.PLAIN;
            }
            default -> Outcome.Done.PLAIN;
        };
    }

    /**
     * Where a VEE is that was to move. A guest that shows the life it had before the move is still at its old host — it has life in
     * one place only; else the new host must be asked. The old host is asked first, so that an order still waiting there is over.
     */
    private HostId whereabouts(VeeRecord vee, Task task) {
        var from = Workshop.place(vee);
        var to = vee.destination().orElseThrow(() -> new IllegalStateException("%s moved to nowhere".formatted(vee.id())));
        var here = Workshop.sighting(hosts.apply(from), vee);
        var hadLife = task.before() == VeeState.RUNNING || task.before() == VeeState.SUSPENDED;
        if (here.filter(state -> !hadLife || Workshop.runs(state)).isPresent()) {
            return from;
        }
        if (Workshop.sighting(hosts.apply(to), vee).isPresent()) {
            return to;
        }
        if (here.isEmpty()) {
            throw new HostFailure(HostFailure.Kind.NO_SUCH_GUEST, "%s is neither on %s nor on %s".formatted(vee.id(), from, to));
        }
        return from;
    }

    /** An undeployment ends at the latest when the guest is gone from its host. */
    private Outcome.Done stillThere(VeeRecord vee) {
        var seen = Workshop.sighting(hosts.apply(Workshop.place(vee)), vee);
        if (seen.isPresent()) {
            return new Outcome.Done(Optional.empty(), Optional.empty(), Optional.of(as(seen.get())), Optional.empty());
        }
        if (!leaving.haveLeft(vee)) {
            throw new HostFailure(HostFailure.Kind.NO_SUCH_GUEST, "%s is neither on its host nor in the store".formatted(vee.id()));
        }
        return new Outcome.Done(Optional.of(leaving.parts(vee)), Optional.empty(), Optional.of(VeeState.UNDEPLOYED), Optional.empty());
    }

    private static VeeState as(GuestState seen) {
        return switch (seen) {
            case RUNNING, SHUTTING_DOWN -> VeeState.RUNNING;
            case PAUSED -> VeeState.SUSPENDED;
            case SAVED -> VeeState.STOPPED;
            case SHUT_OFF, CRASHED -> VeeState.POWERED_OFF;
        };
    }

    /** What a guest has got and will not give back it keeps, and its VEE with it: attached in the end. */
    private Outcome.Done takeOut(VeeRecord vee, Task task, VeeHost host) {
        try {
            attached(vee, task, host::detachDisk, host::detachNic);
            return Outcome.Done.PLAIN;
        } catch (HostFailure failure) {
            if (failure.kind() != HostFailure.Kind.KEPT_BY_GUEST) {
                throw failure;
            }
            attached(vee, task, host::attachDisk, host::attachNic);
            return Outcome.Done.with(task.parts().orElseThrow());
        }
    }

    @FunctionalInterface
    private interface Change {
        void make(Order order, Guest guest, int number);
    }

    /** Does something with the one disk or NIC that the job attached, or was to. */
    private void attached(VeeRecord vee, Task task, Change disk, Change nic) {
        var order = workshop.asking(vee);
        var before = guests.apply(vee);
        var wanted = guests.apply(vee.with(task.parts().orElseThrow()));
        if (task.job() == Job.ATTACH_DISK) {
            disk.make(order, wanted, Alteration.added(wanted.disks().stream().map(Disk::number).toList(), before.disks().stream().map(Disk::number).toList()));
        } else {
            nic.make(order, wanted, Alteration.added(wanted.nics().stream().map(Nic::number).toList(), before.nics().stream().map(Nic::number).toList()));
        }
    }

    private void takeBack(VeeRecord vee, Task task, VeeHost host) {
        var order = workshop.order(vee);
        var before = guests.apply(vee);
        switch (task.job()) {
            case DETACH_NIC -> task.action().map(VeeAction.DetachNic.class::cast).ifPresent(detached -> host.attachNic(order, before, detached.nic()));
            case RESIZE -> host.resize(order, before);
            case FILTER_NIC -> task.action().map(VeeAction.Filter.class::cast).ifPresent(filter -> host.attachNic(order, before, filter.nic()));
            case TAKE_SNAPSHOT -> task.action().map(VeeAction.TakeSnapshot.class::cast).ifPresent(taken -> host.snapshot(order, before, new SnapshotWork(SnapshotWork.Verb.DELETE, taken.name(), taken.disk())));
            default -> throw new IllegalStateException("%s: %s leaves nothing at a host".formatted(vee.id(), task.job()));
        }
    }
}
