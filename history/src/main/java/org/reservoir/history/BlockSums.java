package org.reservoir.history;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A CRC-32C of each block of a segment, for TsFile has none: a bit that is turned over in a page would be read as another number. They are a small file
 * beside the segment, whose own checksum stands in the table of contents, which has one too.
 */
final class BlockSums {
    /** Bytes of a file that are read and checked together; its last block may be shorter. */
    static final int BLOCK = 4 << 10;

    private final int[] sums;

    private BlockSums(int[] sums) {
        this.sums = sums;
    }

    /** Where those of a segment lie. */
    static Path beside(Path segment) {
        var name = segment.getFileName().toString();
        return segment.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ".sums");
    }

    static int of(byte[] bytes, int from, int length) {
        var checksum = new CRC32C();
        checksum.update(bytes, from, length);
        return (int) checksum.getValue();
    }

    /** Safe when it returns. @return the checksum of them all */
    static int write(Path file, int[] sums, int count) throws IOException {
        var bytes = ByteBuffer.allocate(count * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(sums, 0, count);
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        return of(bytes.array(), 0, bytes.limit());
    }

    /** The checksum of them all, of those that lie beside a segment; empty when none do. */
    static Optional<Integer> checksum(Path segment) throws IOException {
        var file = beside(segment);
        return Files.exists(file) ? Optional.of(of(Files.readAllBytes(file))) : Optional.empty();
    }

    private static int of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /** @param checksum of them all, by the table of contents @throws DamagedSegment when they are others */
    static BlockSums read(Path segment, int checksum) throws IOException {
        var file = beside(segment);
        var bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        if (of(bytes) != checksum) {
            throw new DamagedSegment(segment, "its checksums are others than those that were written");
        }
        var sums = new int[bytes.length / Integer.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(sums);
        return new BlockSums(sums);
    }

    /** @throws DamagedSegment when these are not the bytes that were written there */
    void check(Path segment, long block, byte[] bytes, int from, int length) throws DamagedSegment {
        if (block >= sums.length || of(bytes, from, length) != sums[(int) block]) {
            throw new DamagedSegment(segment, "the bytes from %d on are others than those that were written".formatted(block * BLOCK));
        }
    }

    /** Sums the blocks of what is written. Not for several threads. */
    static final class Summing {
        private final CRC32C checksum = new CRC32C();
        private int[] sums = new int[16];
        private int count;
        private int filled;

        void add(byte[] bytes, int from, int length) {
            for (int at = from, left = length; left > 0;) {
                int some = Math.min(left, BLOCK - filled);
                checksum.update(bytes, at, some);
                filled += some;
                at += some;
                left -= some;
                if (filled == BLOCK) {
                    end();
                }
            }
        }

        private void end() {
            if (count == sums.length) {
                sums = Arrays.copyOf(sums, 2 * count);
            }
            sums[count++] = (int) checksum.getValue();
            checksum.reset();
            filled = 0;
        }

        /** Writes them all beside the segment; safe when it returns. @return the checksum of them all */
        int write(Path segment) throws IOException {
            if (filled > 0) {
                end();
            }
            return BlockSums.write(beside(segment), sums, count);
        }
    }
}
