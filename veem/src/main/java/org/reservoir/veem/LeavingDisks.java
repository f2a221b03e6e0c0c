package org.reservoir.veem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

import org.reservoir.interfaces.vhi.Guest;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.Order;
import org.reservoir.interfaces.vhi.Progress;
import org.reservoir.interfaces.vhi.VeeHost;

/**
 * Brings disks out of hosts into the site's store: kept for a VEE that is undeployed, copied as a new image, or written back to the persistent
 * image they began from. A persistent disk is always written back as a whole, so whoever uses its image next — this VEE or another —
 * finds what was written last.
 */
final class LeavingDisks {
    private final ImageShelf images;
    private final Workshop.Deadlines deadlines;

    LeavingDisks(ImageShelf images, Workshop.Deadlines deadlines) {
        this.images = images;
        this.deadlines = deadlines;
    }

    /** Notes, before a guest can write to them, which disks will be ahead of the persistent images they begin from. */
    void begin(VeeRecord vee, List<Parts.DiskPart> disks) {
        disks.stream().filter(disk -> disk.persistent() && disk.hasOwnContent()).forEach(disk -> images.ahead(disk.image().orElseThrow(), vee.id()));
    }

    /** Shuts the guest down, at once when it must be or does not listen: a disk must stand still while it leaves. */
    void still(VeeRecord vee, VeeHost host, boolean hard) {
        var order = order(vee, deadlines.shutdown());
        try {
            host.shutdown(order, hard);
        } catch (HostFailure failure) {
            if (hard || failure.kind() != HostFailure.Kind.TIMED_OUT) {
                throw failure;
            }
            host.shutdown(order, true);
        }
    }

    /** Keeps the disk for the VEE, or writes it back; one that has left already, before the host began to erase it, is not missed. */
    void leave(VeeRecord vee, VeeHost host, Guest guest, Parts.DiskPart disk) throws IOException {
        try {
            if (disk.persistent()) {
                writeBack(vee, host, guest, disk);
            } else {
                keep(vee, host, guest, disk);
            }
        } catch (HostFailure failure) {
            if (failure.kind() != HostFailure.Kind.REFUSED || !hasLeft(vee, disk)) {
                throw failure;
            }
        }
    }

    private void keep(VeeRecord vee, VeeHost host, Guest guest, Parts.DiskPart disk) throws IOException {
        var kept = images.kept(vee.id(), disk.number());
        var part = kept.resolveSibling(kept.getFileName() + ".part");
        export(vee, host, guest, disk.number(), false, part);
        Files.move(part, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Whether all that its guest may have written lies in the store. */
    boolean haveLeft(VeeRecord vee) {
        return vee.parts().disks().stream().filter(Parts.DiskPart::hasOwnContent).allMatch(disk -> hasLeft(vee, disk));
    }

    private boolean hasLeft(VeeRecord vee, Parts.DiskPart disk) {
        return disk.persistent() ? !images.isAhead(disk.image().orElseThrow(), vee.id()) : Files.exists(images.kept(vee.id(), disk.number()));
    }

    /** What the VEE is made of once its disks have left its host. */
    Parts parts(VeeRecord vee) {
        return vee.parts().withSnapshots(List.of()).withDisks(vee.parts().disks().stream().map(disk ->
                disk.persistent() ? disk.beginningFrom(images.file(disk.image().orElseThrow())) : disk.kept(disk.hasOwnContent())).toList());
    }

    /** A whole copy of the disk, to become an image. */
    void copyOut(VeeRecord vee, VeeHost host, Guest guest, int disk) {
        export(vee, host, guest, disk, true, images.leaving(vee.id(), disk));
    }

    void beforeDetaching(VeeRecord vee, VeeHost host, Guest guest, int number) throws IOException {
        for (var disk : vee.parts().disks()) {
            if (disk.number() == number && disk.persistent() && disk.hasOwnContent()) {
                leave(vee, host, guest, disk);
            }
        }
    }

    /**
     * Writes back the persistent disks of a VEE that ends. A guest that is not there has nothing to give back: it was erased after it had, or
     * never was, or was lost. What a host will not give is given up only when the end is to be a hard one.
     */
    void writeBack(VeeRecord vee, VeeHost host, Guest guest, List<Parts.DiskPart> disks, boolean hard) throws IOException {
        try {
            still(vee, host, hard);
        } catch (HostFailure failure) {
            if (failure.kind() != HostFailure.Kind.NO_SUCH_GUEST) {
                throw failure;
            }
            disks.forEach(disk -> giveUp(vee, disk));
            return;
        }
        for (var disk : disks) {
            try {
                leave(vee, host, guest, disk);
            } catch (HostFailure failure) {
                if (failure.kind().passing() || !hasLeft(vee, disk) && !hard) {
                    throw failure;
                }
                giveUp(vee, disk);
            }
        }
    }

    private void giveUp(VeeRecord vee, Parts.DiskPart disk) {
        if (!hasLeft(vee, disk)) {
            images.lost(disk.image().orElseThrow(), vee.id());
        }
    }

    private void writeBack(VeeRecord vee, VeeHost host, Guest guest, Parts.DiskPart disk) throws IOException {
        copyOut(vee, host, guest, disk.number());
        images.replace(disk.image().orElseThrow(), vee.id(), disk.number());
    }

    private void export(VeeRecord vee, VeeHost host, Guest guest, int disk, boolean flat, Path to) {
        host.exportDisk(order(vee, deadlines.transfer()), guest, disk, flat, () -> Files.newOutputStream(to), Progress.UNHEARD);
    }

    private static Order order(VeeRecord vee, Duration patience) {
        return new Order(vee.id(), vee.generation(), patience);
    }
}
