package org.reservoir.veem.image.file;

import static org.reservoir.veem.image.file.ImageBytes.bad;
import static org.reservoir.veem.image.file.ImageBytes.hostile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

import org.reservoir.kernel.DataSize;

/** A VHD (Microsoft's Virtual Hard Disk Image Format Specification 1.0); QEMU calls it {@code vpc}. A fixed one has only a footer. */
final class VhdHeader {
    private static final String MAGIC = "conectix";
    private static final int FOOTER = 512;
    private static final int FIXED = 2;
    private static final int DYNAMIC = 3;
    private static final int DIFFERENCING = 4;

    private VhdHeader() {}

    /** Empty when it is no VHD. */
    static Optional<ImageHeader> read(ImageBytes file) throws IOException {
        if (file.has(0, MAGIC)) {
            return Optional.of(read(file, file.at(0, FOOTER, ByteOrder.BIG_ENDIAN, "header")));
        }
        return file.has(file.length() - FOOTER, MAGIC) ? Optional.of(read(file, file.at(file.length() - FOOTER, FOOTER, ByteOrder.BIG_ENDIAN, "footer"))) : Optional.empty();
    }

    private static ImageHeader read(ImageBytes file, ByteBuffer footer) throws IOException {
        long size = footer.getLong(48);
        if (size < 0) {
            throw hostile("Its virtual size is beyond all measure.", "");
        }
        switch (footer.getInt(60)) {
            case FIXED -> file.requireInside(0, size, "end");
            case DYNAMIC -> requireTable(file, footer.getLong(16), size);
            case DIFFERENCING -> throw hostile("It is a VHD that differs from a parent.", "Merge it into its parent first.");
            default -> throw bad("It is a VHD of type %d.".formatted(footer.getInt(60)), "Fixed and dynamic ones are taken.");
        }
        return new ImageHeader("vpc", new DataSize(size), false);
    }

    private static void requireTable(ImageBytes file, long at, long size) throws IOException {
        if (!file.has(at, "cxsparse")) {
            throw bad("It is a dynamic VHD without its header.", "Transfer it again.");
        }
        if (!file.has(file.length() - FOOTER, MAGIC)) {
            throw bad("It is a VHD without its footer: it was cut off.", "Transfer it again.");
        }
        var header = file.at(at, 1024, ByteOrder.BIG_ENDIAN, "dynamic header");
        long entries = Integer.toUnsignedLong(header.getInt(28));
        long block = Integer.toUnsignedLong(header.getInt(32));
        if (Long.bitCount(block) != 1 || block < 512 || (size + block - 1) / block > entries) {
            throw hostile("Its table has %d entries of %d bytes, for a disk of %d.".formatted(entries, block, size), "");
        }
        file.requireInside(header.getLong(16), entries * 4, "table");
    }
}
