package org.reservoir.interfaces.vmi;

import java.time.Instant;
import java.util.Optional;

import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.ImageId;

/**
 * An image as its users see it.
 *
 * @param digest      SHA-256 of what is stored, once it is known
 * @param format      as stored: {@code qcow2} or {@code raw}
 * @param length      bytes stored
 * @param virtualSize what a guest sees
 * @param done        bytes brought in so far, of {@code length}, while it is being imported; bytes copied so far while it is being resized
 * @param problem     why the import failed
 * @param wantedSize  what a guest is to see, while it is being resized
 */
public record Image(ImageId id, String name, Ownership ownership, Kind kind, State state, boolean persistent, Optional<String> digest,
                    String format, DataSize length, DataSize virtualSize, DataSize done, int users, Optional<String> problem, Instant created,
                    Optional<DataSize> wantedSize) {

    public enum Kind { DISK, CD, KERNEL, RAMDISK }

    public enum State { IMPORTING, READY, FAILED, DELETING }
}
