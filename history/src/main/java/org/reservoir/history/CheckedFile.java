package org.reservoir.history;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

import org.apache.tsfile.read.reader.TsFileInput;

/**
 * A segment's bytes for TsFile's reader, each block of them checked before anything of it is handed on. The blocks that were read last are kept: who goes
 * through a file from begin to end reads each once. Not for several threads.
 */
final class CheckedFile implements TsFileInput {
    private final Path file;
    private final Optional<BlockSums> sums;
    private final FileChannel channel;
    private final long size;
    private long position;
    private byte[] kept = new byte[BlockSums.BLOCK];
    private long keptFrom;
    private int keptSize;

    /** @param sums empty for a segment from before there were any: its bytes are believed */
    CheckedFile(Path file, Optional<BlockSums> sums) throws IOException {
        this.file = file;
        this.sums = sums;
        channel = FileChannel.open(file, StandardOpenOption.READ);
        size = channel.size();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public TsFileInput position(long newPosition) {
        position = newPosition;
        return this;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int count = read(into, position);
        position += Math.max(0, count);
        return count;
    }

    /** As much as there is room for, unless the file ends; -1 behind its end. */
    @Override
    public int read(ByteBuffer into, long at) throws IOException {
        int wanted = (int) Math.min(into.remaining(), size - at);
        if (at < 0 || wanted <= 0) {
            return into.hasRemaining() ? -1 : 0;
        }
        if (at < keptFrom || at + wanted > keptFrom + keptSize) {
            keep(at, wanted);
        }
        into.put(kept, (int) (at - keptFrom), wanted);
        return wanted;
    }

    private void keep(long at, int wanted) throws IOException {
        long from = at - at % BlockSums.BLOCK;
        int length = (int) (Math.min(size, (at + wanted + BlockSums.BLOCK - 1) / BlockSums.BLOCK * BlockSums.BLOCK) - from);
        keptSize = 0;
        if (kept.length < length || kept.length > 16 * BlockSums.BLOCK && kept.length > 2 * length) {
            kept = new byte[length];
        }
        var bytes = ByteBuffer.wrap(kept, 0, length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw new DamagedSegment(file, "it ends at %d and not at %d".formatted(from + bytes.position(), size));
            }
        }
        check(from, length);
        keptFrom = from;
        keptSize = length;
    }

    private void check(long from, int length) throws DamagedSegment {
        if (sums.isPresent()) {
            for (int i = 0; i < length; i += BlockSums.BLOCK) {
                sums.get().check(file, (from + i) / BlockSums.BLOCK, kept, i, Math.min(BlockSums.BLOCK, length - i));
            }
        }
    }

    /** From the present position on; both move together, as TsFile's own does it. */
    @Override
    public InputStream wrapAsInputStream() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                var one = ByteBuffer.allocate(1);
                return CheckedFile.this.read(one) < 0 ? -1 : one.get(0) & 0xff;
            }

            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                return CheckedFile.this.read(ByteBuffer.wrap(bytes, from, length));
            }
        };
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public String getFilePath() {
        return file.toString();
    }
}
