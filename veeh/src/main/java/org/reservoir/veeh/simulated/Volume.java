package org.reservoir.veeh.simulated;

import org.reservoir.interfaces.vhi.Disk;
import org.reservoir.kernel.DataSize;

/**
 * A disk's bytes, as a fingerprint: enough to tell whether they survived a move, an export or a snapshot.
 *
 * @param disk    number of the disk
 * @param backing digest of the cached image that it needs; empty for none
 * @param content fingerprint of what a guest reads
 */
record Volume(int disk, String backing, DataSize size, long content) {

    static Volume fresh(Disk disk) {
        var backing = disk.image().map(image -> image.digest()).orElse("");
        return new Volume(disk.number(), backing, disk.size(), backing.hashCode());
    }

    Volume holding(long other) {
        return new Volume(disk, backing, size, other);
    }

    Volume sized(DataSize other) {
        return new Volume(disk, backing, other, content);
    }
}
