package org.reservoir.veem.work;

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
import org.reservoir.veem.image.ImageShelf;
import org.reservoir.veem.kept.Parts;
import org.reservoir.veem.kept.VeeRecord;

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
        var order = order(vee, deadlines.guest());
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
     * Writes back the persistent disks of a VEE that ends. Of a guest that is not there — it was erased after it had given them, or never was,
     * or somebody removed it — those disks are saved that are still there; not of one that was on its way, whose disks may have come by halves.
     * What a host will not give is given up only when the end is to be a hard one.
     */
    void writeBack(VeeRecord vee, VeeHost host, Guest guest, boolean hard) throws IOException {
        var disks = vee.parts().disks().stream().filter(disk -> disk.persistent() && disk.hasOwnContent() && !hasLeft(vee, disk)).toList();
        if (disks.isEmpty()) {
            return;
        }
        var there = standsStill(vee, host, hard);
        for (var disk : disks) {
            if (there || vee.destination().isEmpty()) {
                writeBack(vee, host, guest, disk, there && !hard);
            } else {
                giveUp(vee, disk);
            }
        }
    }

    /** @return false when there is no guest that could */
    private boolean standsStill(VeeRecord vee, VeeHost host, boolean hard) {
        try {
            still(vee, host, hard);
            return true;
        } catch (HostFailure failure) {
            if (failure.kind() != HostFailure.Kind.NO_SUCH_GUEST) {
                throw failure;
            }
            return false;
        }
    }

    private void writeBack(VeeRecord vee, VeeHost host, Guest guest, Parts.DiskPart disk, boolean insist) throws IOException {
        try {
            leave(vee, host, guest, disk);
        } catch (HostFailure failure) {
            if (failure.kind().passing() || !hasLeft(vee, disk) && insist) {
                throw failure;
            }
            giveUp(vee, disk);
        }
    }

    /** What the VEE is made of once its persistent disks have been written back and the rest of it is made anew. */
    Parts anew(VeeRecord vee) {
        return vee.parts().withDisks(vee.parts().disks().stream().map(disk -> disk.persistent() ? disk.beginningFrom(images.file(disk.image().orElseThrow())) : disk).toList());
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
