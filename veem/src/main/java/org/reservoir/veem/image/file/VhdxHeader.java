package org.reservoir.veem.image.file;

import static org.reservoir.veem.image.file.ImageBytes.bad;
import static org.reservoir.veem.image.file.ImageBytes.hostile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

import org.reservoir.kernel.DataSize;

/** A VHDX ([MS-VHDX]): its metadata say how large the disk is and whether it has a parent. */
final class VhdxHeader {
    private static final long[] REGION_TABLES = {192 << 10, 256 << 10};
    private static final int TABLE = 64 << 10;
    private static final int MOST_ENTRIES = 2047;
    private static final UUID METADATA = UUID.fromString("8b7ca206-4790-4b9a-b8fe-575f050f886e");
    private static final UUID FILE_PARAMETERS = UUID.fromString("caa16737-fa36-4d43-b3b6-33f0aa44e76b");
    private static final UUID VIRTUAL_SIZE = UUID.fromString("2fa54224-cd1b-4876-b211-5dbed83bf4b8");
    private static final UUID PARENT_LOCATOR = UUID.fromString("a8d35f2d-b30b-454d-abf7-d3d84834ab0c");
    private static final int HAS_PARENT = 2;

    private VhdxHeader() {}

    /** Every copy of the region table is followed, whichever of them a reader would believe. */
    static ImageHeader read(ImageBytes file) throws IOException {
        long size = -1;
        for (long table : REGION_TABLES) {
            if (file.has(table, "regi")) {
                size = Math.max(size, sizeIn(file, file.at(table, TABLE, ByteOrder.LITTLE_ENDIAN, "table of regions")));
            }
        }
        if (size < 0) {
            throw bad("It is a VHDX that does not say how large it is.", "Transfer it again.");
        }
        return new ImageHeader("vhdx", new DataSize(size), false);
    }

    private static long sizeIn(ImageBytes file, ByteBuffer regions) throws IOException {
        long size = -1;
        int count = requireFew(Integer.toUnsignedLong(regions.getInt(8)));
        for (int i = 0; i < count; i++) {
            int entry = 16 + 32 * i;
            long at = regions.getLong(entry + 16);
            file.requireInside(at, Integer.toUnsignedLong(regions.getInt(entry + 24)), "regions");
            if (uuid(regions, entry).equals(METADATA)) {
                size = Math.max(size, metadata(file, at));
            }
        }
        return size;
    }

    private static long metadata(ImageBytes file, long region) throws IOException {
        if (!file.has(region, "metadata")) {
            throw bad("It is a VHDX without its metadata.", "Transfer it again.");
        }
        var table = file.at(region, TABLE, ByteOrder.LITTLE_ENDIAN, "metadata");
        long size = -1;
        int count = requireFew(Short.toUnsignedLong(table.getShort(10)));
        for (int i = 0; i < count; i++) {
            int entry = 32 + 32 * i;
            long at = region + Integer.toUnsignedLong(table.getInt(entry + 16));
            var item = uuid(table, entry);
            if (item.equals(PARENT_LOCATOR) || item.equals(FILE_PARAMETERS) && (file.at(at, 8, ByteOrder.LITTLE_ENDIAN, "parameters").getInt(4) & HAS_PARENT) != 0) {
                throw hostile("It is a VHDX that differs from a parent.", "Merge it into its parent first.");
            }
            if (item.equals(VIRTUAL_SIZE)) {
                size = file.at(at, 8, ByteOrder.LITTLE_ENDIAN, "size").getLong();
            }
        }
        return size;
    }

    private static int requireFew(long entries) {
        if (entries > MOST_ENTRIES) {
            throw bad("It is a VHDX with a table of %d entries.".formatted(entries), "");
        }
        return (int) entries;
    }

    /** GUIDs are written with their first three parts in little-endian. */
    private static UUID uuid(ByteBuffer from, int at) {
        long high = Integer.toUnsignedLong(from.getInt(at)) << 32 | Short.toUnsignedLong(from.getShort(at + 4)) << 16 | Short.toUnsignedLong(from.getShort(at + 6));
        return new UUID(high, Long.reverseBytes(from.getLong(at + 8)));
    }
}
