package org.reservoir.veem.kept;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import org.reservoir.interfaces.vhi.Disk;
import org.reservoir.interfaces.vhi.ImageFile;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.ImageId;

import com.fasterxml.jackson.annotation.JsonIgnore;

/** What a VEE is made of beyond its spec: the things that were chosen, leased or made for it. */
public record Parts(List<DiskPart> disks, List<NicPart> nics, List<Vee.SnapshotStatus> snapshots) {
    public static final Parts NONE = new Parts(List.of(), List.of(), List.of());

    public Parts {
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
        snapshots = List.copyOf(snapshots);
    }

    /** @param kept whether its content lies in the site's store, the VEE being undeployed */
    public record DiskPart(int number, Optional<ImageId> image, Optional<ImageFile> file, DataSize size, Disk.Bus bus, boolean readOnly,
                           Optional<Disk.IoLimits> limits, boolean persistent, boolean kept) {

        public DiskPart kept(boolean now) {
            return new DiskPart(number, image, file, size, bus, readOnly, limits, persistent, now);
        }

        public DiskPart grown(DataSize to) {
            return new DiskPart(number, image, file, to, bus, readOnly, limits, persistent, kept);
        }

        /** The same disk, made anew from another content of its image. */
        public DiskPart beginningFrom(ImageFile other) {
            var larger = other.virtualSize().compareTo(size) > 0 ? other.virtualSize() : size;
            return new DiskPart(number, image, Optional.of(other), larger, bus, readOnly, limits, persistent, false);
        }

        /** Whether the guest may have written to it, so that it must be kept when the VEE leaves its host. */
        @JsonIgnore
        public boolean hasOwnContent() {
            return !readOnly && bus != Disk.Bus.CDROM;
        }
    }

    public Parts withDisks(List<DiskPart> others) {
        return new Parts(others, nics, snapshots);
    }

    public Parts withNics(List<NicPart> others) {
        return new Parts(disks, others, snapshots);
    }

    /** The name of a snapshot because of which the VEE cannot leave its host. */
    public Optional<String> heldBy() {
        return snapshots.stream().map(Vee.SnapshotStatus::name).findFirst();
    }

    public Parts withSnapshots(List<Vee.SnapshotStatus> others) {
        return new Parts(disks, nics, others);
    }

    /** The number for a disk to add: the smallest that is free. */
    public int freeDisk() {
        return IntStream.range(0, disks.size() + 1).filter(n -> disks.stream().noneMatch(disk -> disk.number() == n)).findFirst().orElseThrow();
    }

    public int freeNic() {
        return IntStream.range(0, nics.size() + 1).filter(n -> nics.stream().noneMatch(nic -> nic.number() == n)).findFirst().orElseThrow();
    }

    /** Bytes of all its disks. */
    public DataSize diskSize() {
        return disks.stream().map(DiskPart::size).reduce(DataSize.ZERO, DataSize::plus);
    }
}
