package org.reservoir.veem;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

import org.reservoir.interfaces.vhi.ByteSource;
import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Migration;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.interfaces.vhi.Progress;
import org.reservoir.interfaces.vhi.SnapshotWork;
import org.reservoir.interfaces.vhi.VeeHost;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.kernel.HostId;

/**
 * Does the jobs: says to a host, step by step, what a VEE needs. It decides nothing — where the VEE goes and what becomes of it
 * was written down before — and every step may be given again, so after a crash the whole job is simply done again.
 */
final class Workshop {
    private final Function<HostId, VeeHost> hosts;
    private final ImageShelf images;
    private final Wiring wiring;
    private final Function<VeeRecord, Guest> guests;
    private final Deadlines deadlines;
    private final LeavingDisks leaving;

    /** How long each sort of step may take at a host. */
    record Deadlines(Duration step, Duration transfer, Duration shutdown) {
        static final Deadlines USUAL = new Deadlines(Duration.ofMinutes(2), Duration.ofHours(2), Duration.ofSeconds(90));
    }

    /** @param guests says what a host must run for a VEE */
    Workshop(Function<HostId, VeeHost> hosts, ImageShelf images, Wiring wiring, Function<VeeRecord, Guest> guests, Deadlines deadlines) {
        this.hosts = hosts;
        this.images = images;
        this.wiring = wiring;
        this.guests = guests;
        this.deadlines = deadlines;
        this.leaving = new LeavingDisks(images, deadlines);
    }

    /** Does the job that the VEE's task names. @throws HostFailure when a host did not do its part */
    Outcome.Done perform(VeeRecord vee) {
        var task = vee.task().orElseThrow(() -> new IllegalStateException("%s in state %s has no task".formatted(vee.id(), vee.state())));
        try {
            return perform(vee, task);
        } catch (IOException | UncheckedIOException failure) {
            throw new HostFailure(HostFailure.Kind.NO_ROOM, "the site's image store: " + failure.getMessage(), failure);
        }
    }

    private Outcome.Done perform(VeeRecord vee, Task task) throws IOException {
        if (task.job() == Job.TERMINATE) {
            return terminate(vee, task);
        }
        var host = hosts.apply(place(vee));
        var order = order(vee, deadlines.step());
        var guest = guests.apply(task.parts().map(vee::with).orElse(vee).with(task.spec().orElse(vee.spec())));
        switch (task.job()) {
            case DEPLOY -> {
                return deploy(vee, host, guest);
            }
            case UNDEPLOY -> {
                return undeploy(vee, task, host, guest);
            }
            case MIGRATE -> migrate(vee, task, host, guest);
            case PAUSE -> host.pause(order);
            case UNPAUSE -> host.unpause(order);
            case SAVE -> host.save(order(vee, deadlines.transfer()));
            case RESTORE -> {
                wiring.plug(host, place(vee), guest);
                host.restore(order(vee, deadlines.transfer()), guest);
            }
            case BOOT -> {
                wiring.plug(host, place(vee), guest);
                host.start(order, guest);
            }
            case SHUT_DOWN -> host.shutdown(order(vee, deadlines.shutdown()), hard(task));
            case REBOOT -> host.reboot(order(vee, deadlines.shutdown()), hard(task));
            default -> change(vee, task, host, guest);
        }
        return Outcome.Done.PLAIN;
    }

    /** Removes what a VEE may have left on a host where it no longer belongs. */
    void erase(HostId host, Order order) {
        hosts.apply(host).erase(order);
    }

    Order order(VeeRecord vee, Duration patience) {
        return new Order(vee.id(), vee.generation(), patience);
    }

    private static HostId place(VeeRecord vee) {
        return vee.host().orElseThrow(() -> new IllegalStateException("%s in state %s has no host".formatted(vee.id(), vee.state())));
    }

    // ---- coming and going

    private Outcome.Done deploy(VeeRecord vee, VeeHost host, Guest guest) throws IOException {
        wiring.plug(host, place(vee), guest);
        bringImages(place(vee), host, guest);
        host.prepare(order(vee, deadlines.step()), guest);
        for (var disk : vee.parts().disks()) {
            if (disk.kept()) {
                host.importDisk(order(vee, deadlines.transfer()), guest, disk.number(), file(images.kept(vee.id(), disk.number())), Progress.UNHEARD);
            }
        }
        host.start(order(vee, deadlines.step()), guest);
        return new Outcome.Done(Optional.of(kept(vee.parts(), false)));
    }

    private void bringImages(HostId where, VeeHost host, Guest guest) throws IOException {
        for (var image : Guests.images(guest)) {
            images.cached(where, image);
            host.ensureImage(image, images.open(image), Progress.UNHEARD);
        }
    }

    /** Begun again after its last step, it finds the guest gone and all that was to be kept in its place. */
    private Outcome.Done undeploy(VeeRecord vee, Task task, VeeHost host, Guest guest) throws IOException {
        var own = vee.parts().disks().stream().filter(Parts.DiskPart::hasOwnContent).toList();
        try {
            leaving.still(vee, host, hard(task));
        } catch (HostFailure failure) {
            if (failure.kind() != HostFailure.Kind.NO_SUCH_GUEST || own.stream().anyMatch(disk -> !leaving.hasLeft(vee, disk))) {
                throw failure;
            }
            return new Outcome.Done(Optional.of(leaving.parts(vee)));
        }
        for (var disk : own) {
            leaving.leave(vee, host, guest, disk);
        }
        host.erase(order(vee, deadlines.step()));
        return new Outcome.Done(Optional.of(leaving.parts(vee)));
    }

    private static Parts kept(Parts parts, boolean now) {
        return parts.withDisks(parts.disks().stream().map(disk -> disk.kept(now && disk.hasOwnContent())).toList());
    }

    /** What was written to persistent disks is brought back to their images before anything is erased. */
    private Outcome.Done terminate(VeeRecord vee, Task task) throws IOException {
        var persistent = vee.parts().disks().stream().filter(disk -> disk.persistent() && disk.hasOwnContent()).toList();
        if (!persistent.isEmpty()) {
            for (var where : vee.hosts()) {
                leaving.writeBack(vee, hosts.apply(where), guests.apply(vee), persistent, hard(task));
            }
        }
        for (var where : vee.hosts()) {
            erase(where, order(vee, deadlines.step()));
        }
        return Outcome.Done.PLAIN;
    }

    private void migrate(VeeRecord vee, Task task, VeeHost host, Guest guest) throws IOException {
        var to = vee.destination().orElseThrow(() -> new IllegalStateException("%s migrates to nowhere".formatted(vee.id())));
        var destination = hosts.apply(to);
        if (!host.canMigrateTo(destination)) {
            throw new HostFailure(HostFailure.Kind.UNSUPPORTED, "a VEE cannot move from %s to %s: they are of different kinds".formatted(place(vee), to));
        }
        wiring.plug(destination, to, guest);
        bringImages(to, destination, guest);
        var live = task.action().map(action -> action instanceof VeeAction.Migrate(_, var wanted) && wanted).orElse(true);
        host.migrate(order(vee, deadlines.transfer()), guest, destination, live ? Migration.LIVE : Migration.COLD, Progress.UNHEARD);
    }

    // ---- changing what stays where it is

    private void change(VeeRecord vee, Task task, VeeHost host, Guest guest) throws IOException {
        var order = order(vee, deadlines.step());
        switch (task.action().orElseThrow(() -> new IllegalStateException("%s: nobody asked for %s".formatted(vee.id(), task.job())))) {
            case VeeAction.Resize _ -> host.resize(order, guest);
            case VeeAction.AttachDisk _ -> {
                bringImages(place(vee), host, guest);
                host.attachDisk(order, guest, added(guest.disks().stream().map(org.reservoir.interfaces.vhi.Disk::number).toList(),
                        vee.parts().disks().stream().map(Parts.DiskPart::number).toList()));
            }
            case VeeAction.DetachDisk(var disk) -> {
                leaving.beforeDetaching(vee, host, guests.apply(vee), disk);
                host.detachDisk(order, guests.apply(vee), disk);
            }
            case VeeAction.ResizeDisk(var disk, _) -> host.resizeDisk(order, guest, disk);
            case VeeAction.SaveDisk(var disk, var name) -> {
                leaving.copyOut(vee, host, guest, disk);
                images.adopt(vee.id(), disk, name);
            }
            case VeeAction.AttachNic _ -> {
                wiring.plug(host, place(vee), guest);
                host.attachNic(order, guest, added(guest.nics().stream().map(org.reservoir.interfaces.vhi.Nic::number).toList(),
                        vee.parts().nics().stream().map(NicPart::number).toList()));
            }
            case VeeAction.DetachNic(var nic) -> host.detachNic(order, guests.apply(vee), nic);
            case VeeAction.Filter(var nic, _, _) -> {
                wiring.plug(host, place(vee), guest);
                host.attachNic(order, guest, nic);
            }
            case VeeAction.TakeSnapshot(var name, var disk) -> host.snapshot(order(vee, deadlines.transfer()), guest, new SnapshotWork(SnapshotWork.Verb.TAKE, name, disk));
            case VeeAction.RevertSnapshot(var name) -> host.snapshot(order(vee, deadlines.transfer()), guest, new SnapshotWork(SnapshotWork.Verb.REVERT, name, disk(vee, name)));
            case VeeAction.DeleteSnapshot(var name) -> host.snapshot(order(vee, deadlines.transfer()), guest, new SnapshotWork(SnapshotWork.Verb.DELETE, name, disk(vee, name)));
            default -> throw new IllegalStateException("%s: %s is no change of a VEE in its place".formatted(vee.id(), task.action()));
        }
    }

    private static OptionalInt disk(VeeRecord vee, String snapshot) {
        return vee.parts().snapshots().stream().filter(taken -> taken.name().equals(snapshot) && taken.disk() >= 0).mapToInt(taken -> taken.disk()).findFirst();
    }

    /** The number that is in the parts after the job but not before. */
    private static int added(List<Integer> after, List<Integer> before) {
        return after.stream().filter(number -> !before.contains(number)).findFirst()
                .orElseThrow(() -> new IllegalStateException("nothing is added: %s before, %s after".formatted(before, after)));
    }

    private static boolean hard(Task task) {
        return task.action().map(action -> switch (action) {
            case VeeAction.PowerOff(var hard) -> hard;
            case VeeAction.Reboot(var hard) -> hard;
            case VeeAction.Undeploy(var hard) -> hard;
            case VeeAction.Terminate(var hard) -> hard;
            default -> false;
        }).orElse(false);
    }

    private static ByteSource file(Path path) {
        return new ByteSource() {
            @Override
            public long length() {
                return path.toFile().length();
            }

            @Override
            public InputStream openAt(long offset) throws IOException {
                var bytes = new FileInputStream(path.toFile());
                bytes.skipNBytes(offset);
                return bytes;
            }
        };
    }
}
