package org.reservoir.interfaces.vhi;

import java.util.Optional;

import org.reservoir.kernel.DataSize;

/**
 * A disk of a guest.
 *
 * @param number   stable over the VEE's life, from 0; disk 0 is the first on its bus
 * @param content  what it holds when it is made
 * @param size     its virtual size
 * @param bus      how the guest sees it
 * @param readOnly whether the guest may not write it
 * @param limits   how much it may do
 */
public record Disk(int number, Content content, DataSize size, Bus bus, boolean readOnly, Optional<IoLimits> limits) {

    public enum Bus { VIRTIO, SCSI, SATA, IDE, CDROM }

    /** What a disk holds when it is made. */
    public sealed interface Content {
        /** A copy-on-write clone over the cached image. */
        record CloneOf(ImageFile image) implements Content {}

        /** Nothing yet. */
        record Blank() implements Content {}

        /** The image itself, read only, as a CD. */
        record Cd(ImageFile image) implements Content {}
    }

    /** The image that must be in the host's cache before this disk can be made. */
    public Optional<ImageFile> image() {
        return switch (content) {
            case Content.CloneOf(var image) -> Optional.of(image);
            case Content.Cd(var image) -> Optional.of(image);
            case Content.Blank() -> Optional.empty();
        };
    }

    /** Upper bounds, in operations and bytes per second; 0 is no bound. */
    public record IoLimits(long iops, long bytesPerSecond) {}
}
