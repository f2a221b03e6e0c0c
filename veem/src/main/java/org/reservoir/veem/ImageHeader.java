package org.reservoir.veem;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;

/**
 * What the first bytes of an image say, read by ourselves before any other program opens the file: its format, and whether it
 * would make a reader open other files. Pure.
 *
 * <p>Sources: QEMU's docs/interop/qcow2.txt; VMware Virtual Disk Format 5.0; Microsoft's VHD 1.0 and [MS-VHDX]; VirtualBox'
 * VDICore.h; ECMA-119 (ISO 9660).
 *
 * @param virtualSize what a guest would see, where the header says it
 */
record ImageHeader(String format, Optional<DataSize> virtualSize) {
    /** How many bytes of the file's start {@link #read} wants: an ISO 9660 volume descriptor ends there. */
    static final int LENGTH = 34816;

    private static final int QCOW2_EXTERNAL_DATA = 1 << 2;
    private static final int QCOW2_CRYPT = 32;

    /**
     * @param start the first bytes of the file, at most {@link #LENGTH}
     * @throws Refused {@code IMAGE_HOSTILE} when it points outside itself, {@code IMAGE_BAD} when it is cut off or of a sort that cannot be used
     */
    static ImageHeader read(byte[] start) {
        var bytes = ByteBuffer.wrap(start);
        if (start.length >= 4 && bytes.getInt(0) == 0x514649fb) {
            return qcow2(bytes);
        }
        if (begins(start, "KDMV")) {
            return new ImageHeader("vmdk", Optional.empty());
        }
        if (begins(start, "# Disk DescriptorFile")) {
            throw new Refused(Refused.Kind.INVALID, "IMAGE_HOSTILE", "It is a VMDK descriptor, which names other files.", "Give a monolithic (sparse or stream-optimized) VMDK.");
        }
        if (begins(start, "conectix")) {
            return new ImageHeader("vpc", Optional.empty());
        }
        if (begins(start, "vhdxfile")) {
            return new ImageHeader("vhdx", Optional.empty());
        }
        if (start.length >= 68 && bytes.getInt(64) == 0x7f10dabe) {
            return new ImageHeader("vdi", Optional.empty());
        }
        if (begins(start, "QED\0") || begins(start, "LUKS\u00ba\u00be")) {
            throw bad("It is of a format that is not taken.", "Convert it to qcow2 or raw.");
        }
        return new ImageHeader("raw", Optional.empty());
    }

    private static boolean begins(byte[] start, String magic) {
        var bytes = magic.getBytes(StandardCharsets.ISO_8859_1);
        return start.length >= bytes.length && java.util.Arrays.equals(start, 0, bytes.length, bytes, 0, bytes.length);
    }

    private static ImageHeader qcow2(ByteBuffer header) {
        if (header.limit() < 104) {
            throw bad("It is a qcow2 image that ends within its header.", "Transfer it again.");
        }
        int version = header.getInt(4);
        if (version != 2 && version != 3) {
            throw bad("It is a qcow2 image of version %d.".formatted(version), "Versions 2 and 3 are taken.");
        }
        if (header.getLong(8) != 0) {
            throw hostile("It is a qcow2 image with a backing file.", "Flatten it: qemu-img convert -O qcow2 IN OUT");
        }
        if (version == 3 && (header.getLong(72) & QCOW2_EXTERNAL_DATA) != 0) {
            throw hostile("It is a qcow2 image whose data lie in another file.", "Bring the data in: qemu-img convert -O qcow2 IN OUT");
        }
        if (header.getInt(QCOW2_CRYPT) != 0) {
            throw bad("It is encrypted.", "Decrypt it first.");
        }
        var size = header.getLong(24);
        if (size < 0) {
            throw hostile("Its virtual size is beyond all measure.", "");
        }
        return new ImageHeader("qcow2", Optional.of(new DataSize(size)));
    }

    private static Refused hostile(String message, String advice) {
        return Refused.invalid("IMAGE_HOSTILE", message, advice);
    }

    private static Refused bad(String message, String advice) {
        return Refused.invalid("IMAGE_BAD", message, advice);
    }
}
