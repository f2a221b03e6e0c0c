package org.reservoir.veem.image.file;

import static org.reservoir.veem.image.file.ImageBytes.bad;
import static org.reservoir.veem.image.file.ImageBytes.hostile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import org.reservoir.kernel.DataSize;

/** The header of a qcow2 image (QEMU's docs/interop/qcow2.txt), with everything it leads to that a reader would follow at once. */
final class Qcow2Header {
    private static final String FLATTEN = "Flatten it: qemu-img convert -O qcow2 IN OUT";
    private static final long DIRTY = 1;
    private static final long CORRUPT = 1 << 1;
    private static final long EXTERNAL_DATA = 1 << 2;
    private static final long EXTENDED_L2 = 1 << 4;
    private static final long KNOWN_FEATURES = 0x1f;
    private static final int BACKING_FORMAT = 0xe2792aca;
    private static final int DATA_FILE = 0x44415441;
    private static final int ENCRYPTION = 0x0537be77;
    private static final int BITMAPS = 0x23852875;
    /** Bounds that QEMU itself sets (block/qcow2.h). */
    private static final long MOST_L1 = 32 << 20;
    private static final long MOST_REFCOUNT_TABLE = 8 << 20;
    private static final int MOST_SNAPSHOTS = 65536;
    private static final int SNAPSHOT_LENGTH = 40;
    private static final long OFFSET = 0x00fffffffffffe00L;

    private final ImageBytes file;
    private final ByteBuffer header;
    private final int version;
    private final long features;
    private boolean plain = true;

    private Qcow2Header(ImageBytes file) throws IOException {
        this.file = file;
        this.version = file.at(4, 4, ByteOrder.BIG_ENDIAN, "header").getInt();
        if (version != 2 && version != 3) {
            throw bad("It is a qcow2 image of version %d.".formatted(version), "Versions 2 and 3 are taken.");
        }
        this.header = file.at(0, version == 2 ? 72 : 104, ByteOrder.BIG_ENDIAN, "header");
        this.features = version == 2 ? 0 : header.getLong(72);
    }

    static ImageHeader read(ImageBytes file) throws IOException {
        return new Qcow2Header(file).read();
    }

    private ImageHeader read() throws IOException {
        requireAlone();
        requireUnderstood();
        requireSoundNumbers();
        extensions();
        tables();
        return new ImageHeader("qcow2", new DataSize(size()), plain && snapshots() == 0);
    }

    private long size() {
        return header.getLong(24);
    }

    private int clusterBits() {
        return header.getInt(20);
    }

    private int snapshots() {
        return header.getInt(60);
    }

    private int headerLength() {
        return version == 2 ? 72 : header.getInt(100);
    }

    private void requireAlone() {
        if (header.getLong(8) != 0 || header.getInt(16) != 0) {
            throw hostile("It is a qcow2 image with a backing file.", FLATTEN);
        }
        if ((features & EXTERNAL_DATA) != 0) {
            throw hostile("It is a qcow2 image whose data lie in another file.", FLATTEN);
        }
        if (header.getInt(32) != 0) {
            throw bad("It is encrypted.", "Decrypt it first.");
        }
    }

    private void requireUnderstood() throws IOException {
        if ((features & ~KNOWN_FEATURES) != 0) {
            throw bad("It is a qcow2 image with features that are not known here (0x%x).".formatted(features & ~KNOWN_FEATURES), FLATTEN);
        }
        if ((features & (DIRTY | CORRUPT)) != 0) {
            throw bad("It is a qcow2 image that was not closed properly.", "Repair it: qemu-img check -r all FILE");
        }
        if (headerLength() > 104 && file.at(104, 1, ByteOrder.BIG_ENDIAN, "header").get() > 1) {
            throw bad("It is a qcow2 image compressed in a way that is not known here.", FLATTEN);
        }
    }

    private void requireSoundNumbers() {
        if (clusterBits() < 9 || clusterBits() > 21) {
            throw bad("It is a qcow2 image with clusters of 2^%d bytes.".formatted(clusterBits()), "");
        }
        if (version == 3 && (header.getInt(96) < 0 || header.getInt(96) > 6)) {
            throw bad("It is a qcow2 image with reference counts of 2^%d bits.".formatted(header.getInt(96)), "");
        }
        if (headerLength() < header.limit() || headerLength() % 8 != 0 || headerLength() > 1 << clusterBits()) {
            throw bad("It is a qcow2 image with a header of %d bytes.".formatted(headerLength()), "");
        }
        if (size() < 0) {
            throw hostile("Its virtual size is beyond all measure.", "");
        }
    }

    /** Names of other files hide in extensions too. The list ends where it says, or with the first cluster. */
    private void extensions() throws IOException {
        long end = Math.min(1L << clusterBits(), file.length());
        for (long at = headerLength(); at + 8 <= end; ) {
            var head = file.at(at, 8, ByteOrder.BIG_ENDIAN, "header extensions");
            int type = head.getInt();
            long length = Integer.toUnsignedLong(head.getInt());
            if (type == 0) {
                return;
            }
            if (length > end - at - 8) {
                throw bad("It is a qcow2 image with a header extension of %d bytes.".formatted(length), "Transfer it again.");
            }
            extension(type);
            at += 8 + (length + 7) / 8 * 8;
        }
    }

    private void extension(int type) {
        switch (type) {
            case BACKING_FORMAT -> throw hostile("It is a qcow2 image that speaks of a backing file.", FLATTEN);
            case DATA_FILE -> throw hostile("It is a qcow2 image that names another file for its data.", FLATTEN);
            case ENCRYPTION -> throw bad("It is encrypted.", "Decrypt it first.");
            case BITMAPS -> plain = false;
            default -> { } // names of features, and extensions that a reader must pass over
        }
    }

    private void tables() throws IOException {
        long l1 = Integer.toUnsignedLong(header.getInt(36)) * 8;
        long needed = l1Needed() * 8;
        if (l1 > MOST_L1 || l1 < needed) {
            throw hostile("Its first table has %d bytes, for a disk that needs %d.".formatted(l1, needed), "");
        }
        table(header.getLong(40), l1, "first table");
        entries(header.getLong(40), (int) l1);
        long refcounts = Integer.toUnsignedLong(header.getInt(56)) << clusterBits();
        if (refcounts == 0 || refcounts > MOST_REFCOUNT_TABLE) {
            throw hostile("Its table of reference counts has %d bytes.".formatted(refcounts), "");
        }
        table(header.getLong(48), refcounts, "table of reference counts");
        if (snapshots() != 0) {
            requireSnapshots();
        }
    }

    /** One entry of the first table covers a whole second table's clusters. */
    private long l1Needed() {
        int l2Bits = clusterBits() - ((features & EXTENDED_L2) != 0 ? 4 : 3);
        long covered = 1L << clusterBits() + l2Bits;
        return size() / covered + (size() % covered == 0 ? 0 : 1);
    }

    private void table(long offset, long bytes, String what) {
        if (bytes > 0 && (offset <= 0 || offset % (1 << clusterBits()) != 0)) {
            throw hostile("Its %s lies at %d, where none can be.".formatted(what, offset), "");
        }
        file.requireInside(offset, bytes, what);
    }

    private void entries(long offset, int bytes) throws IOException {
        var table = file.at(offset, bytes, ByteOrder.BIG_ENDIAN, "first table");
        while (table.hasRemaining()) {
            long second = table.getLong() & OFFSET;
            if (second != 0) {
                table(second, 1L << clusterBits(), "second tables");
            }
        }
    }

    private void requireSnapshots() {
        if (snapshots() < 0 || snapshots() > MOST_SNAPSHOTS) {
            throw hostile("It has %d snapshots.".formatted(Integer.toUnsignedLong(snapshots())), FLATTEN);
        }
        table(header.getLong(64), (long) snapshots() * SNAPSHOT_LENGTH, "table of snapshots");
    }
}
