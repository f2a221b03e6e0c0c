package org.reservoir.veem.image.file;

import static org.reservoir.veem.image.file.ImageBytes.bad;
import static org.reservoir.veem.image.file.ImageBytes.hostile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import org.reservoir.kernel.DataSize;

/**
 * A VMDK (VMware Virtual Disk Format 5.0). Only those that are one file are taken: a descriptor on its own, several extents, flat extents,
 * a parent and QEMU's habit of taking a capacity of 0 for "look at the descriptor" all lead to other files.
 */
final class VmdkHeader {
    private static final int SECTOR = 512;
    private static final int MOST_DESCRIPTOR = 1 << 20;
    private static final long AT_END = -1;
    private static final String ADVICE = "Give a monolithic (monolithicSparse or streamOptimized) VMDK.";
    private static final Set<String> TYPES = Set.of("monolithicsparse", "streamoptimized");
    private static final Pattern EXTENT = Pattern.compile("(?im)^\\s*(?:rw|rdonly|noaccess)\\s+\\d+\\s+(\\w+)");
    private static final Pattern TYPE = Pattern.compile("(?im)^\\s*createType\\s*=\\s*\"?([^\"\\r\\n]*)");
    private static final Pattern PARENT = Pattern.compile("(?im)^\\s*parentCID\\s*=\\s*\"?([0-9a-f]+)");

    private VmdkHeader() {}

    static ImageHeader read(ImageBytes file) throws IOException {
        if (file.has(0, "#")) {
            throw hostile("It is a VMDK descriptor, which names other files.", ADVICE);
        }
        var header = file.at(0, SECTOR, ByteOrder.LITTLE_ENDIAN, "header");
        requireSound(file, header);
        if (header.getLong(56) == AT_END) {
            requireSound(file, footer(file));
        }
        long sectors = header.getLong(12);
        if (sectors > Long.MAX_VALUE / SECTOR) {
            throw hostile("Its virtual size is beyond all measure.", "");
        }
        return new ImageHeader("vmdk", new DataSize(sectors * SECTOR), false);
    }

    /** A stream-optimized one has its true header at its end: three sectors, the middle one as at the start. */
    private static ByteBuffer footer(ImageBytes file) throws IOException {
        if (!file.has(file.length() - 2 * SECTOR, "KDMV")) {
            throw bad("It is a VMDK without its end.", "Transfer it again.");
        }
        return file.at(file.length() - 2 * SECTOR, SECTOR, ByteOrder.LITTLE_ENDIAN, "footer");
    }

    private static void requireSound(ImageBytes file, ByteBuffer header) throws IOException {
        if (header.getLong(12) <= 0) {
            throw hostile("It is a VMDK without a size, which makes readers look into other files.", ADVICE);
        }
        long at = header.getLong(28);
        long sectors = header.getLong(36);
        if (at != 0 && (at < 0 || at > file.length() / SECTOR || sectors < 0 || sectors > MOST_DESCRIPTOR / SECTOR)) {
            throw hostile("It is a VMDK whose descriptor is not where it says.", ADVICE);
        }
        if (at != 0) {
            int length = (int) Math.min(Math.max(sectors, 20) * SECTOR, file.length() - at * SECTOR);
            descriptor(StandardCharsets.ISO_8859_1.decode(file.at(at * SECTOR, length, ByteOrder.LITTLE_ENDIAN, "descriptor")).toString());
        }
    }

    private static void descriptor(String text) {
        var type = TYPE.matcher(text);
        while (type.find()) {
            if (!TYPES.contains(type.group(1).strip().toLowerCase(Locale.ROOT))) {
                throw hostile("It is a VMDK of type %s, whose data lie in other files.".formatted(type.group(1)), ADVICE);
            }
        }
        var parent = PARENT.matcher(text);
        while (parent.find()) {
            if (!parent.group(1).equalsIgnoreCase("ffffffff")) {
                throw hostile("It is a VMDK with a parent.", "Consolidate its snapshots first.");
            }
        }
        if (text.toLowerCase(Locale.ROOT).contains("parentfilenamehint")) {
            throw hostile("It is a VMDK that names a parent file.", "Consolidate its snapshots first.");
        }
        extents(text);
    }

    private static void extents(String text) {
        var extent = EXTENT.matcher(text);
        int found = 0;
        while (extent.find()) {
            if (++found > 1 || !extent.group(1).equalsIgnoreCase("SPARSE")) {
                throw hostile("It is a VMDK whose data lie in other files (%s).".formatted(extent.group().strip()), ADVICE);
            }
        }
    }
}
