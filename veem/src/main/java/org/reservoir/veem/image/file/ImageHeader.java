package org.reservoir.veem.image.file;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;

/**
 * What an image says of itself, read by ourselves before any other program opens the file: its format, and whether it would make a
 * reader open other files or believe in tables that are not there. Whatever of that is found, the image is refused.
 *
 * <p>Sources: QEMU's docs/interop/qcow2.txt; VMware Virtual Disk Format 5.0; Microsoft's VHD 1.0 and [MS-VHDX]; VirtualBox' VDICore.h.
 *
 * @param format      {@code qcow2 raw vmdk vdi vpc vhdx}
 * @param virtualSize what a guest would see
 * @param plain       whether it is a qcow2 that can be used as it is: no snapshots or other things that a disk of ours does not have
 */
public record ImageHeader(String format, DataSize virtualSize, boolean plain) {
    /** Formats and packings that begin so and are not taken. */
    private static final Map<String, String> NOT_TAKEN = Map.of("QED\0", "QED", "LUKS\u00ba\u00be", "LUKS (encrypted)", "COWD", "VMware's COWD", "WithoutFreeSpace", "Parallels",
            "WithouFreSpacExt", "Parallels", "Bochs Virtual HD Image", "Bochs");
    private static final Map<String, String> PACKED = Map.of("\u001f\u008b", "gzip", "\u00fd7zXZ\0", "xz", "BZh", "bzip2", "PK\u0003\u0004", "zip", "\u0028\u00b5\u002f\u00fd", "zstd",
            "7z\u00bc\u00af\u0027\u001c", "7z");

    /** @throws Refused {@code IMAGE_HOSTILE} when it points outside itself, {@code IMAGE_BAD} when it is cut off, damaged or of a sort that is not taken */
    public static ImageHeader read(Path path) throws IOException {
        try (var file = ImageBytes.open(path)) {
            return known(file).orElseGet(() -> new ImageHeader("raw", new DataSize(file.length()), false));
        }
    }

    private static Optional<ImageHeader> known(ImageBytes file) throws IOException {
        if (file.has(0, "QFI\u00fb")) {
            return Optional.of(Qcow2Header.read(file));
        }
        if (file.has(0, "KDMV") || file.has(0, "# Disk DescriptorFile")) {
            return Optional.of(VmdkHeader.read(file));
        }
        if (file.has(0, "vhdxfile")) {
            return Optional.of(VhdxHeader.read(file));
        }
        if (file.length() >= 68 && file.at(64, 4, ByteOrder.LITTLE_ENDIAN, "signature").getInt() == VdiHeader.SIGNATURE) {
            return Optional.of(VdiHeader.read(file));
        }
        for (var other : NOT_TAKEN.entrySet()) {
            if (file.has(0, other.getKey())) {
                throw ImageBytes.bad("It is of the format %s, which is not taken.".formatted(other.getValue()), "Convert it to qcow2 or raw.");
            }
        }
        return VhdHeader.read(file);
    }

    /** @throws Refused {@code IMAGE_BAD} when a file that is to be a disk is an archive, which nobody could boot */
    public static void requireUnpacked(Path path) throws IOException {
        try (var file = ImageBytes.open(path)) {
            for (var packing : PACKED.entrySet()) {
                if (file.has(0, packing.getKey())) {
                    throw ImageBytes.bad("It is packed with %s.".formatted(packing.getValue()), "Unpack it first.");
                }
            }
            if (file.has(257, "ustar")) {
                throw ImageBytes.bad("It is a tar archive (an OVA is one too).", "Unpack it, and import the disks in it.");
            }
        }
    }

    /** @throws Refused {@code IMAGE_FORMAT_MISMATCH} when it is not what its importer, or its use, says it is */
    public ImageHeader require(String wanted) {
        if (!format.equals(wanted)) {
            throw Refused.invalid("IMAGE_FORMAT_MISMATCH", "It is said to be %s, but is %s.".formatted(wanted, format),
                    "Give the right format, or none; a file that is two things at once is not taken.");
        }
        return this;
    }
}
