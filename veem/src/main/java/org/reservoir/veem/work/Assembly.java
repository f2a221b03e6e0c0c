package org.reservoir.veem.work;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

import org.reservoir.interfaces.vhi.Disk;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Image;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.ImageId;
import org.reservoir.kernel.Refused;
import org.reservoir.store.Transaction;
import org.reservoir.veem.image.ImageShelf;
import org.reservoir.veem.kept.AddressBook;
import org.reservoir.veem.kept.Job;
import org.reservoir.veem.kept.NicPart;
import org.reservoir.veem.kept.Parts;
import org.reservoir.veem.kept.QuotaDesk;
import org.reservoir.veem.kept.Task;
import org.reservoir.veem.kept.VeeRecord;

/** Finds what an action needs — images, addresses, room on a host — and says what the VEE is while the job is under way. */
record Assembly(Transaction transaction, Caller caller, ImageShelf images, AddressBook addresses, Room room, QuotaDesk quotas) {
    private static final int MOST_DISKS = 24;
    private static final int MOST_NICS = 16;

    /** The disks of a spec, with their images found. @throws Refused when one is missing, unfit or not ready */
    static List<Parts.DiskPart> resolve(Caller caller, VeeSpec spec, ImageShelf images) {
        requireAtMost("disks", spec.disks().size(), MOST_DISKS);
        requireAtMost("NICs", spec.nics().size(), MOST_NICS);
        Sense.require(spec);
        spec.boot().ifPresent(boot -> {
            images.require(caller, boot.kernel());
            boot.initrd().ifPresent(initrd -> images.require(caller, initrd));
        });
        var disks = new ArrayList<Parts.DiskPart>();
        for (var disk : spec.disks()) {
            disks.add(resolve(caller, disks.size(), disk, images));
        }
        requirePersistentOnce(disks);
        Sense.requireRoom(disks);
        return disks;
    }

    private static void requirePersistentOnce(List<Parts.DiskPart> disks) {
        var seen = new HashSet<ImageId>();
        disks.stream().filter(Parts.DiskPart::persistent).flatMap(disk -> disk.image().stream()).filter(image -> !seen.add(image)).findFirst().ifPresent(image -> {
            throw Refused.conflict("IMAGE_IN_USE", "%s is persistent: it can be one disk, not two.".formatted(image), "Copy it: reservoir image copy " + image);
        });
    }

    private static void requireAtMost(String what, int count, int most) {
        if (count > most) {
            throw Refused.invalid("BAD_VEE", "%d %s are too many.".formatted(count, what), "A VEE takes at most %d.".formatted(most));
        }
    }

    private static Parts.DiskPart resolve(Caller caller, int number, VeeSpec.DiskSpec wish, ImageShelf images) {
        Sense.requireBounds(number, wish);
        var limits = wish.iops() > 0 || wish.bytesPerSecond() > 0 ? Optional.of(new Disk.IoLimits(wish.iops(), wish.bytesPerSecond())) : Optional.<Disk.IoLimits>empty();
        if (wish.image().isEmpty()) {
            var size = wish.size().orElseThrow(() -> Refused.invalid("BAD_DISK", "Disk %d has neither image nor size.".formatted(number), "Give one of them."));
            Sense.requireBlank(number, size);
            return new Parts.DiskPart(number, Optional.empty(), Optional.empty(), size, bus(wish), wish.readOnly(), limits, false, false);
        }
        var shelved = images.require(caller, wish.image().get());
        var cd = shelved.kind() == Image.Kind.CD;
        var size = wish.size().orElse(shelved.file().virtualSize());
        if (size.compareTo(shelved.file().virtualSize()) < 0) {
            throw Refused.invalid("BAD_DISK", "Disk %d is to have %s, but its image %s has %s.".formatted(number, size, wish.image().get(), shelved.file().virtualSize()),
                    "Give at least the image's size, or none.");
        }
        return new Parts.DiskPart(number, wish.image(), Optional.of(shelved.file()), size, cd ? Disk.Bus.CDROM : bus(wish), cd || wish.readOnly(), limits,
                shelved.persistent(), false);
    }

    private static Disk.Bus bus(VeeSpec.DiskSpec wish) {
        var name = wish.bus().orElse("virtio");
        return Stream.of(Disk.Bus.values()).filter(bus -> bus.name().equals(name.toUpperCase(Locale.ROOT))).findFirst()
                .orElseThrow(() -> Refused.invalid("BAD_DISK", "'%s' is no disk bus.".formatted(name), "Choose virtio, scsi, sata or ide."));
    }

    /** Every image that a VEE of this spec needs. */
    static List<ImageId> images(VeeSpec spec) {
        var boot = spec.boot().stream().flatMap(kernel -> Stream.concat(Stream.of(kernel.kernel()), kernel.initrd().stream()));
        return Stream.concat(spec.disks().stream().flatMap(disk -> disk.image().stream()), boot).distinct().toList();
    }

    /** The VEE with the job under way. */
    VeeRecord begin(VeeRecord vee, Job job, VeeAction action, Instant now) {
        var task = Task.of(job, action, vee.state());
        return switch (action) {
            case VeeAction.Deploy(var host) -> {
                room.require(transaction.sql(), host, vee);
                yield vee.step(VeeState.DEPLOYING, Optional.of(task), now).on(Optional.of(host));
            }
            case VeeAction.Migrate(var wished, _) -> {
                requireNoSnapshot(vee);
                var to = wished.orElseGet(() -> room.elsewhere(vee));
                requireOther(vee, to);
                var host = room.require(transaction.sql(), to, vee);
                yield vee.step(VeeState.MIGRATING, Optional.of(wishing(task, vee, host)), now).toward(Optional.of(to));
            }
            case VeeAction.Resume _ when job == Job.RESTORE -> {
                room.require(transaction.sql(), vee.host().orElseThrow(), vee);
                yield vee.step(job.during(), Optional.of(task), now);
            }
            case VeeAction.Undeploy _ -> {
                requireNoSnapshot(vee);
                yield vee.step(job.during(), Optional.of(task), now);
            }
            case VeeAction.Terminate _, VeeAction.PowerOff _ when vee.task().isPresent() ->
                    vee.step(job.during(), Optional.of(Task.of(job, action, vee.task().get().before())), now);
            case VeeAction.Resize resize -> vee.step(job.during(), Optional.of(task.changing(resized(vee, resize))), now);
            case VeeAction.AttachDisk(var disk) -> vee.step(job.during(), Optional.of(task.changing(withDisk(vee, disk))), now);
            case VeeAction.DetachDisk(var disk) -> vee.step(job.during(), Optional.of(task.changing(withoutDisk(vee, disk))), now);
            case VeeAction.ResizeDisk(var disk, var size) -> vee.step(job.during(), Optional.of(task.changing(withGrown(vee, disk, size))), now);
            case VeeAction.SaveDisk(var disk, var name) -> {
                requireWritten(vee, disk(vee, disk));
                images.reserve(transaction, vee.ownership(), name, vee.id());
                yield vee.step(job.during(), Optional.of(task), now);
            }
            case VeeAction.AttachNic(var nic) -> vee.step(job.during(), Optional.of(task.changing(withNic(vee, nic))), now);
            case VeeAction.DetachNic(var nic) -> vee.step(job.during(), Optional.of(task.changing(withoutNic(vee, nic))), now);
            case VeeAction.Filter filter -> {
                addresses.requireGroup(transaction, caller, filter.group());
                yield vee.step(job.during(), Optional.of(task.changing(filtered(vee, filter))), now);
            }
            case VeeAction.TakeSnapshot take -> vee.step(job.during(), Optional.of(task.changing(withSnapshot(vee, take, now))), now);
            case VeeAction.RevertSnapshot(var name) -> {
                var taken = snapshot(vee, name);
                if (taken.disk() >= 0) {
                    requireOff(vee, disk(vee, taken.disk()));
                }
                yield vee.step(job.during(), Optional.of(task), now);
            }
            case VeeAction.DeleteSnapshot(var name) -> {
                var gone = snapshot(vee, name);
                var parts = vee.parts().withSnapshots(vee.parts().snapshots().stream().filter(other -> other != gone).toList());
                yield vee.step(job.during(), Optional.of(task.changing(parts)), now);
            }
            default -> vee.step(job.during(), Optional.of(task), now);
        };
    }

    /** Whoever moves a VEE by hand from the only host that it wished for says with it where it shall be from now on; otherwise it would be brought back. */
    private static Task wishing(Task task, VeeRecord vee, String host) {
        var wish = vee.spec().placement();
        return wish.host().filter(only -> !only.equals(host)).map(_ -> task.changing(vee.spec().wishing(wish.on(host)))).orElse(task);
    }

    private static void requireOther(VeeRecord vee, org.reservoir.kernel.HostId to) {
        if (vee.host().filter(to::equals).isPresent()) {
            throw Refused.conflict("ALREADY_THERE", "%s is on %s already.".formatted(vee.id(), to), "Name another host, or none for the policy to choose.");
        }
    }

    private VeeSpec resized(VeeRecord vee, VeeAction.Resize wish) {
        var after = vee.with(Sense.ofSizes(vee.spec().sized(wish.vcpus(), wish.cpu(), wish.memory())));
        quotas.requireGrowth(transaction.sql(), caller, vee, after);
        room.requireGrowth(transaction.sql(), vee, after);
        return after.spec();
    }

    private Parts withDisk(VeeRecord vee, VeeSpec.DiskSpec wish) {
        requireAtMost("disks", vee.parts().disks().size() + 1, MOST_DISKS);
        var disk = resolve(caller, vee.parts().freeDisk(), wish, images);
        wish.image().ifPresent(image -> images.use(transaction, image, vee.id()));
        var after = vee.parts().withDisks(Stream.concat(vee.parts().disks().stream(), Stream.of(disk)).toList());
        requirePersistentOnce(after.disks());
        Sense.requireRoom(after.disks());
        quotas.requireGrowth(transaction.sql(), caller, vee, vee.with(after));
        return after;
    }

    private static Parts.DiskPart disk(VeeRecord vee, int number) {
        return vee.parts().disks().stream().filter(disk -> disk.number() == number).findFirst()
                .orElseThrow(() -> Refused.notFound("DISK_NOT_FOUND", "%s has no disk %d.".formatted(vee.id(), number), "See: reservoir vee show " + vee.id()));
    }

    private static void requireWritten(VeeRecord vee, Parts.DiskPart disk) {
        if (!disk.hasOwnContent()) {
            throw Refused.invalid("BAD_DISK", "Disk %d of %s cannot be written, so there is nothing to save.".formatted(disk.number(), vee.id()), "Copy its image instead.");
        }
    }

    /** A snapshot holds the disks as they were: one that is no more, or of another size, could not be gone back to. */
    private static void requireInNoSnapshot(VeeRecord vee, int number) {
        vee.parts().snapshots().stream().filter(taken -> taken.disk() < 0 || taken.disk() == number).findFirst().ifPresent(taken -> {
            throw Refused.conflict("DISK_IN_SNAPSHOT", "Disk %d of %s is in its snapshot '%s'.".formatted(number, vee.id(), taken.name()), "Delete the snapshot first.");
        });
    }

    /** A host keeps snapshots where nothing that leaves it takes them along. */
    private static void requireNoSnapshot(VeeRecord vee) {
        vee.parts().heldBy().ifPresent(taken -> {
            throw Refused.conflict("VEE_HAS_SNAPSHOTS", "%s has the snapshot '%s', which it would lose with its host.".formatted(vee.id(), taken),
                    "Delete it first: reservoir vee delete-snapshot %s --name %s".formatted(vee.id(), taken));
        });
    }

    private static Parts withoutDisk(VeeRecord vee, int number) {
        var gone = disk(vee, number);
        requireInNoSnapshot(vee, number);
        if (gone.persistent() && vee.state() == VeeState.RUNNING) {
            throw Refused.conflict("DISK_PERSISTENT", "Disk %d of %s is persistent: its changes are written back when it is detached.".formatted(number, vee.id()),
                    "Power the VEE off first, so that nothing is written meanwhile.");
        }
        return vee.parts().withDisks(vee.parts().disks().stream().filter(disk -> disk != gone).toList());
    }

    private Parts withGrown(VeeRecord vee, int number, DataSize size) {
        var disk = disk(vee, number);
        requireInNoSnapshot(vee, number);
        if (size.compareTo(disk.size()) <= 0) {
            throw Refused.invalid("BAD_DISK", "Disk %d of %s has %s already.".formatted(number, vee.id(), disk.size()), "A disk can only grow.");
        }
        var after = vee.parts().withDisks(vee.parts().disks().stream().map(other -> other == disk ? disk.grown(size) : other).toList());
        Sense.requireRoom(after.disks());
        quotas.requireGrowth(transaction.sql(), caller, vee, vee.with(after));
        return after;
    }

    private Parts withNic(VeeRecord vee, VeeSpec.NicSpec wish) {
        requireAtMost("NICs", vee.parts().nics().size() + 1, MOST_NICS);
        Sense.requireBounds(vee.parts().freeNic(), wish);
        var nic = addresses.lease(transaction, caller, vee.id(), vee.name(), vee.parts().freeNic(), wish);
        quotas.requireLeased(transaction.sql(), caller, vee, nic.addresses().size());
        return vee.parts().withNics(Stream.concat(vee.parts().nics().stream(), Stream.of(nic)).toList());
    }

    private static NicPart nic(VeeRecord vee, int number) {
        return vee.parts().nics().stream().filter(nic -> nic.number() == number).findFirst()
                .orElseThrow(() -> Refused.notFound("NIC_NOT_FOUND", "%s has no NIC %d.".formatted(vee.id(), number), "See: reservoir vee show " + vee.id()));
    }

    private static Parts withoutNic(VeeRecord vee, int number) {
        var gone = nic(vee, number);
        return vee.parts().withNics(vee.parts().nics().stream().filter(nic -> nic != gone).toList());
    }

    private static Parts filtered(VeeRecord vee, VeeAction.Filter wish) {
        var nic = nic(vee, wish.nic());
        var without = nic.filters().stream().filter(group -> !group.equals(wish.group()));
        var filters = wish.add() ? Stream.concat(without, Stream.of(wish.group())).toList() : without.toList();
        return vee.parts().withNics(vee.parts().nics().stream().map(other -> other == nic ? nic.filtered(filters) : other).toList());
    }

    private static Parts withSnapshot(VeeRecord vee, VeeAction.TakeSnapshot wish, Instant now) {
        org.reservoir.kernel.Name.of("snapshot", wish.name());
        wish.disk().ifPresent(number -> requireOff(vee, disk(vee, number)));
        if (vee.parts().snapshots().stream().anyMatch(taken -> taken.name().equals(wish.name()))) {
            throw Refused.conflict("SNAPSHOT_NAME_TAKEN", "%s has a snapshot '%s' already.".formatted(vee.id(), wish.name()), "Choose another name.");
        }
        var taken = new Vee.SnapshotStatus(wish.name(), wish.disk().orElse(-1), now);
        return vee.parts().withSnapshots(Stream.concat(vee.parts().snapshots().stream(), Stream.of(taken)).toList());
    }

    /** Under a running guest one disk cannot be gone back by itself. */
    private static void requireOff(VeeRecord vee, Parts.DiskPart disk) {
        if (vee.state() != VeeState.POWERED_OFF) {
            throw Refused.conflict("WRONG_STATE", "%s is %s: a snapshot of disk %d alone is taken or gone back to when it is POWERED_OFF.".formatted(vee.id(), vee.state(), disk.number()),
                    "Shut it off first: reservoir vee power-off %s; or take a snapshot of the whole VEE.".formatted(vee.id()));
        }
    }

    private static Vee.SnapshotStatus snapshot(VeeRecord vee, String name) {
        return vee.parts().snapshots().stream().filter(taken -> taken.name().equals(name)).findFirst()
                .orElseThrow(() -> Refused.notFound("SNAPSHOT_NOT_FOUND", "%s has no snapshot '%s'.".formatted(vee.id(), name), "See: reservoir vee show " + vee.id()));
    }
}
