package org.reservoir.veem.work;

import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;

import org.reservoir.interfaces.vhi.Disk;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.Nic;
import org.reservoir.interfaces.vhi.SnapshotWork;
import org.reservoir.interfaces.vhi.VeeHost;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.veem.image.ImageShelf;
import org.reservoir.veem.kept.NicPart;
import org.reservoir.veem.kept.Parts;
import org.reservoir.veem.kept.Task;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.network.Wiring;

/** Does the jobs that change what a VEE is made of while it stays where it is. */
record Alteration(Workshop workshop, Wiring wiring, LeavingDisks leaving, ImageShelf images, Function<VeeRecord, Guest> guests) {

    void change(VeeRecord vee, Task task, VeeHost host, Guest guest) throws IOException {
        var order = workshop.order(vee);
        switch (task.action().orElseThrow(() -> new IllegalStateException("%s: nobody asked for %s".formatted(vee.id(), task.job())))) {
            case VeeAction.Resize _ -> host.resize(workshop.asking(vee), guest);
            case VeeAction.AttachDisk _ -> {
                workshop.bringImages(Workshop.place(vee), host, guest);
                leaving.begin(vee, task.parts().orElseThrow().disks());
                host.attachDisk(order, guest, added(guest.disks().stream().map(Disk::number).toList(),
                        vee.parts().disks().stream().map(Parts.DiskPart::number).toList()));
            }
            case VeeAction.DetachDisk(var disk) -> {
                leaving.beforeDetaching(vee, host, guests.apply(vee), disk);
                host.detachDisk(workshop.asking(vee), guests.apply(vee), disk);
            }
            case VeeAction.ResizeDisk(var disk, _) -> host.resizeDisk(order, guest, disk);
            case VeeAction.SaveDisk(var disk, var name) -> {
                leaving.copyOut(vee, host, guest, disk);
                images.adopt(vee.id(), disk, name);
            }
            case VeeAction.AttachNic _ -> {
                wiring.plug(host, Workshop.place(vee), guest);
                host.attachNic(order, guest, added(guest.nics().stream().map(Nic::number).toList(),
                        vee.parts().nics().stream().map(NicPart::number).toList()));
            }
            case VeeAction.DetachNic(var nic) -> host.detachNic(workshop.asking(vee), guests.apply(vee), nic);
            case VeeAction.Filter(var nic, _, _) -> {
                wiring.plug(host, Workshop.place(vee), guest);
                host.attachNic(order, guest, nic);
            }
            case VeeAction.TakeSnapshot(var name, var disk) -> host.snapshot(workshop.transfer(vee), guest, new SnapshotWork(SnapshotWork.Verb.TAKE, name, disk));
            case VeeAction.RevertSnapshot(var name) -> host.snapshot(workshop.transfer(vee), guest, new SnapshotWork(SnapshotWork.Verb.REVERT, name, disk(vee, name)));
            case VeeAction.DeleteSnapshot(var name) -> host.snapshot(workshop.transfer(vee), guest, new SnapshotWork(SnapshotWork.Verb.DELETE, name, disk(vee, name)));
            default -> throw new IllegalStateException("%s: %s is no change of a VEE in its place".formatted(vee.id(), task.action()));
        }
    }

    private static OptionalInt disk(VeeRecord vee, String snapshot) {
        return vee.parts().snapshots().stream().filter(taken -> taken.name().equals(snapshot) && taken.disk() >= 0).mapToInt(taken -> taken.disk()).findFirst();
    }

    /** The number that is in the parts after the job but not before. */
    static int added(List<Integer> after, List<Integer> before) {
        return after.stream().filter(number -> !before.contains(number)).findFirst()
                .orElseThrow(() -> new IllegalStateException("nothing is added: %s before, %s after".formatted(before, after)));
    }
}
