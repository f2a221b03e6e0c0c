package org.reservoir.veeh.simulated;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

import org.reservoir.interfaces.vhi.ByteSource;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostFailure.Kind;
import org.reservoir.kernel.DataSize;

/**
 * A simulated disk's fingerprint as bytes that leave the machine: bare for a disk that comes back, in a sound qcow2 (QEMU's
 * docs/interop/qcow2.txt) for one that becomes an image, which an image store looks at closely.
 */
final class ExportedDisk {
    private static final long MAGIC = 0x5265736572766f69L;
    private static final int BARE = 4096;
    private static final int CLUSTER_BITS = 16;
    private static final int CLUSTER = 1 << CLUSTER_BITS;
    private static final long COPIED = 1L << 63;
    private static final long COVERED = 512L << 20;
    private static final int CLUSTERS = 6;
    private static final int REFCOUNT_TABLE = 1;
    private static final int REFCOUNTS = 2;
    private static final int FIRST_TABLE = 3;
    private static final int SECOND_TABLE = 4;
    private static final int DATA = 5;

    private ExportedDisk() {}

    static byte[] bare(long content) {
        return ByteBuffer.allocate(BARE).putLong(MAGIC).putLong(content).array();
    }

    static byte[] qcow2(long content, DataSize size) {
        int entries = (int) ((size.bytes() + COVERED - 1) / COVERED);
        var file = ByteBuffer.allocate(CLUSTERS * CLUSTER);
        file.putInt(0x514649fb).putInt(3).putLong(0).putInt(0).putInt(CLUSTER_BITS).putLong(size.bytes()).putInt(0).putInt(entries)
                .putLong(at(FIRST_TABLE)).putLong(at(REFCOUNT_TABLE)).putInt(1).putInt(0).putLong(0).putLong(0).putLong(0).putLong(0).putInt(4).putInt(104);
        file.putLong(at(REFCOUNT_TABLE), at(REFCOUNTS));
        for (int cluster = 0; cluster < CLUSTERS; cluster++) {
            file.putShort(at(REFCOUNTS) + 2 * cluster, (short) 1);
        }
        file.putLong(at(FIRST_TABLE), COPIED | at(SECOND_TABLE)).putLong(at(SECOND_TABLE), COPIED | at(DATA));
        file.putLong(at(DATA), MAGIC).putLong(at(DATA) + Long.BYTES, content);
        return file.array();
    }

    private static int at(int cluster) {
        return cluster * CLUSTER;
    }

    /** The fingerprint in bytes that left a simulated machine; empty for others. */
    static Optional<Long> contentIn(ByteSource source) {
        return contentAt(source, 0).or(() -> source.length() == CLUSTERS * CLUSTER ? contentAt(source, at(DATA)) : Optional.empty());
    }

    private static Optional<Long> contentAt(ByteSource source, long offset) {
        try (var in = source.openAt(offset)) {
            var head = ByteBuffer.wrap(in.readNBytes(2 * Long.BYTES));
            return head.remaining() == 2 * Long.BYTES && head.getLong() == MAGIC ? Optional.of(head.getLong()) : Optional.empty();
        } catch (IOException broken) {
            throw new HostFailure(Kind.CORRUPT, "The bytes of a disk could not be read: " + broken.getMessage(), broken);
        }
    }
}
