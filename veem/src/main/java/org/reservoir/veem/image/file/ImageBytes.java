package org.reservoir.veem.image.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

import org.reservoir.kernel.Refused;

/** A file that is read where its own header says, by us and nobody else: a place that is not in the file is damage of the file. */
final class ImageBytes implements AutoCloseable {
    private final FileChannel file;
    private final long length;

    private ImageBytes(FileChannel file) throws IOException {
        this.file = file;
        this.length = file.size();
    }

    static ImageBytes open(Path path) throws IOException {
        return new ImageBytes(FileChannel.open(path, StandardOpenOption.READ));
    }

    long length() {
        return length;
    }

    /** @param what is read there, for the refusal. @throws Refused {@code IMAGE_BAD} when the file ends before it does */
    ByteBuffer at(long offset, int bytes, ByteOrder order, String what) throws IOException {
        requireInside(offset, bytes, what);
        var buffer = ByteBuffer.allocate(bytes).order(order);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, offset + buffer.position()) < 0) {
                throw cutOff(what);
            }
        }
        return buffer.flip();
    }

    void requireInside(long offset, long bytes, String what) {
        if (offset < 0 || bytes < 0 || offset > length || bytes > length - offset) {
            throw cutOff(what);
        }
    }

    boolean has(long offset, String magic) throws IOException {
        var wanted = magic.getBytes(StandardCharsets.ISO_8859_1);
        return offset >= 0 && offset + wanted.length <= length && Arrays.equals(at(offset, wanted.length, ByteOrder.BIG_ENDIAN, "magic").array(), wanted);
    }

    private static Refused cutOff(String what) {
        return bad("It ends before its %s: it was cut off, or its header lies.".formatted(what), "Transfer it again.");
    }

    /** It would make whoever opens it read other files, or use up what the site has. */
    static Refused hostile(String message, String advice) {
        return Refused.invalid("IMAGE_HOSTILE", message, advice);
    }

    /** It is damaged, or of a sort that is not taken. */
    static Refused bad(String message, String advice) {
        return Refused.invalid("IMAGE_BAD", message, advice);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
