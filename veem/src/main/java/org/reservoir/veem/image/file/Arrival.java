package org.reservoir.veem.image.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;

import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;

/** The file into which an image's bytes come, however often their way is cut off. */
public record Arrival(Path file, DataSize largest) {
    private static final int TOLD_EVERY = 16 << 20;

    public long length() throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** Beside the bytes: what their server calls the version that they are of. */
    Path label() {
        return file.resolveSibling(file.getFileName() + ".from");
    }

    /** Where a form of it that can be used is written, when it cannot be used as it came. */
    Path converted() {
        return file.resolveSibling(file.getFileName() + ".qcow2");
    }

    public void forget() throws IOException {
        Files.deleteIfExists(label());
        Files.deleteIfExists(converted());
        Files.deleteIfExists(file);
    }

    /** What is done to the file while nobody can write it. */
    @FunctionalInterface
    public interface Work<T> {
        T with(Path file) throws IOException;
    }

    /** @throws Refused {@code TRANSFER_UNDER_WAY} while somebody writes */
    public <T> T alone(Work<T> work) throws IOException {
        try (var held = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE); var lock = held.tryLock()) {
            if (lock == null) {
                throw underWay();
            }
            return work.with(file);
        } catch (OverlappingFileLockException _) {
            throw underWay();
        }
    }

    /**
     * Writes bytes from {@code offset} on; what lay there from a transfer that broke off is written again.
     *
     * @param progress hears how much there is, now and then
     * @return how much there is
     * @throws Refused {@code WRONG_OFFSET} when there would be a gap, {@code TRANSFER_UNDER_WAY} while somebody else writes, {@code IMAGE_TOO_LARGE}
     * @throws IOException when the bytes break off; what has come stays
     */
    public DataSize append(long offset, InputStream bytes, LongConsumer progress) throws IOException {
        try (var out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE); var lock = out.tryLock()) {
            if (lock == null) {
                throw underWay();
            }
            if (offset < 0 || offset > out.size()) {
                throw Refused.conflict("WRONG_OFFSET", "%d bytes have come; %d cannot follow.".formatted(out.size(), offset), "Go on from offset %d.".formatted(out.size()));
            }
            return new DataSize(copy(bytes, out.truncate(offset).position(offset), progress));
        } catch (OverlappingFileLockException _) {
            throw underWay();
        }
    }

    private static Refused underWay() {
        return Refused.conflict("TRANSFER_UNDER_WAY", "Somebody is sending this image already.", "Wait until that has ended, then ask where it stands.");
    }

    private long copy(InputStream bytes, FileChannel out, LongConsumer progress) throws IOException {
        long told = out.position();
        var buffer = new byte[1 << 18];
        for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
            requireFits(out.position() + n);
            for (var chunk = ByteBuffer.wrap(buffer, 0, n); chunk.hasRemaining(); ) {
                out.write(chunk);
            }
            if (out.position() - told >= TOLD_EVERY) {
                told = out.position();
                progress.accept(told);
            }
        }
        return out.position();
    }

    void requireFits(long length) {
        if (length > largest.bytes()) {
            throw new Refused(Refused.Kind.TOO_LARGE, "IMAGE_TOO_LARGE", "The image is larger than %s.".formatted(largest), "Ask the administrator to allow more.");
        }
    }
}
