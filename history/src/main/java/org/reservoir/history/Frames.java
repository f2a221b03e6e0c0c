package org.reservoir.history;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * A file of frames, each with a mark, its length and a CRC-32C over its bytes. A frame that was torn by a crash or damaged later is left out and
 * counted; reading goes on at the next mark whose frame is whole.
 */
final class Frames {
    private static final int MARK = 0x5265_7376;
    private static final int HEADER = 12;
    private static final int LARGEST = 64 << 20;

    private Frames() {}

    /** @param whole frames read; @param damaged bytes that belong to none */
    record Read(int whole, long damaged) {}

    /** A buffer with room for a header before the bytes of a frame. */
    static Bytes frame() {
        return new Bytes(HEADER);
    }

    /** Closes a frame begun with {@link #frame()} by its header. */
    static ByteBuffer closed(Bytes frame) {
        var buffer = frame.buffer();
        int length = buffer.limit() - HEADER;
        var checksum = new CRC32C();
        checksum.update(buffer.slice(HEADER, length));
        buffer.putInt(0, MARK).putInt(4, length).putInt(8, (int) checksum.getValue());
        return buffer;
    }

    static Read read(Path file, Consumer<ByteBuffer> frames) throws IOException {
        int whole = 0;
        long damaged = 0;
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            for (long at = 0; at < size;) {
                var content = at + HEADER <= size ? content(channel, at, size) : null;
                if (content == null) {
                    long next = nextMark(channel, at + 1, size);
                    damaged += next - at;
                    at = next;
                } else {
                    at += HEADER + content.limit();
                    frames.accept(content);
                    whole++;
                }
            }
        }
        return new Read(whole, damaged);
    }

    /** Null when no whole frame begins there; kept within this class. */
    private static ByteBuffer content(FileChannel channel, long at, long size) throws IOException {
        var header = bytes(channel, at, HEADER);
        int length = header.getInt(4);
        if (header.getInt(0) != MARK || length < 0 || length > LARGEST || at + HEADER + length > size) {
            return null;
        }
        var content = bytes(channel, at + HEADER, length);
        var checksum = new CRC32C();
        checksum.update(content.duplicate());
        return (int) checksum.getValue() == header.getInt(8) ? content : null;
    }

    private static long nextMark(FileChannel channel, long from, long size) throws IOException {
        for (long at = from; at + 4 <= size; at += (64 << 10) - 3) {
            var some = bytes(channel, at, (int) Math.min(64 << 10, size - at));
            for (int i = 0; i + 4 <= some.limit(); i++) {
                if (some.getInt(i) == MARK) {
                    return at + i;
                }
            }
        }
        return size;
    }

    private static ByteBuffer bytes(FileChannel channel, long at, int length) throws IOException {
        var buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw new IOException("the file ends at %d before it should".formatted(at + buffer.position()));
            }
        }
        return buffer.flip();
    }
}
