package org.reservoir.veem.image.file;

import static org.reservoir.veem.image.file.ImageBytes.bad;
import static org.reservoir.veem.image.file.ImageBytes.hostile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import org.reservoir.kernel.DataSize;

/** A VirtualBox disk image (VDICore.h). */
final class VdiHeader {
    static final int SIGNATURE = 0xbeda107f;
    private static final int LENGTH = 512;
    private static final int DYNAMIC = 1;
    private static final int STATIC = 2;
    private static final int LINK = 424;
    private static final int PARENT = 440;

    private VdiHeader() {}

    static ImageHeader read(ImageBytes file) throws IOException {
        var header = file.at(0, LENGTH, ByteOrder.LITTLE_ENDIAN, "header");
        int type = header.getInt(76);
        if (type != DYNAMIC && type != STATIC || !isNothing(header, LINK) || !isNothing(header, PARENT)) {
            throw hostile("It is a VDI that differs from a parent.", "Clone it first: VBoxManage clonemedium");
        }
        long size = header.getLong(368);
        long block = Integer.toUnsignedLong(header.getInt(376));
        long blocks = Integer.toUnsignedLong(header.getInt(384));
        if (size < 0 || block == 0 || blocks < size / block) {
            throw hostile("It is a VDI of %d bytes with %d blocks of %d bytes.".formatted(size, blocks, block), "");
        }
        file.requireInside(Integer.toUnsignedLong(header.getInt(340)), blocks * 4, "table of blocks");
        long data = Integer.toUnsignedLong(header.getInt(344));
        long allocated = Integer.toUnsignedLong(header.getInt(388));
        if (allocated > blocks) {
            throw bad("It is a VDI with %d of %d blocks in use.".formatted(allocated, blocks), "");
        }
        file.requireInside(data, Math.multiplyExact(allocated, block), "blocks");
        return new ImageHeader("vdi", new DataSize(size), false);
    }

    private static boolean isNothing(ByteBuffer header, int uuid) {
        return header.getLong(uuid) == 0 && header.getLong(uuid + 8) == 0;
    }
}
