package org.reservoir.veeh.libvirt;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes a small CD image: ISO 9660 (ECMA-119) with one flat directory, and the same files under their true names by Joliet, which is
 * what Linux, Windows and cloud-init read. The same files always give the same bytes. No directories, no dates, no boot records.
 */
final class SeedIso {
    private static final int SECTOR = 2048;
    private static final int PRIMARY = 16;
    private static final int TABLES = 19;
    private static final int ROOTS = 23;
    private static final int LONGEST = 64;
    private static final Charset JOLIET = StandardCharsets.UTF_16BE;

    private record File(byte[] bytes, byte[] plain, byte[] joliet, int sector) {
        File at(int newSector) {
            return new File(bytes, plain, joliet, newSector);
        }
    }

    private final String label;
    private final List<File> files = new ArrayList<>();
    private final int rootSectors;
    private final int sectors;

    private SeedIso(String label, Map<String, byte[]> contents) {
        this.label = label;
        var taken = new HashSet<String>();
        new TreeMap<>(contents).forEach((name, bytes) -> files.add(named(name, bytes, taken)));
        rootSectors = sectorsOf(SECTOR + files.stream().mapToInt(file -> 36 + Math.max(file.plain.length, file.joliet.length)).sum());
        int next = ROOTS + 2 * rootSectors;
        for (int i = 0; i < files.size(); i++) {
            files.set(i, files.get(i).at(next));
            next += sectorsOf(files.get(i).bytes.length);
        }
        sectors = next;
    }

    /** @param files by name: no slash, at most 64 characters */
    static byte[] of(String label, Map<String, byte[]> files) {
        return new SeedIso(label, files).write();
    }

    private static File named(String name, byte[] bytes, Set<String> taken) {
        if (name.isEmpty() || name.length() > LONGEST || name.chars().anyMatch(c -> c < ' ' || "*/:;?\\".indexOf(c) >= 0)) {
            throw new IllegalStateException("'%s' cannot be a file of a seed".formatted(name));
        }
        var stem = name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9_]", "_");
        var plain = stem.length() > 8 ? stem.substring(0, 8) : stem;
        for (int n = 1; !taken.add(plain); n++) {
            plain = "%s%03d".formatted(stem.substring(0, Math.min(5, stem.length())), n);
        }
        return new File(bytes, (plain + ".;1").getBytes(StandardCharsets.US_ASCII), name.getBytes(JOLIET), 0);
    }

    private byte[] write() {
        var image = ByteBuffer.allocate(sectors * SECTOR);
        image.position(PRIMARY * SECTOR).put(descriptor(1, TABLES, ROOTS, StandardCharsets.US_ASCII));
        image.position((PRIMARY + 1) * SECTOR).put(descriptor(2, TABLES + 2, ROOTS + rootSectors, JOLIET));
        image.position((PRIMARY + 2) * SECTOR).put(new byte[] {(byte) 255, 'C', 'D', '0', '0', '1', 1});
        for (int table = 0; table < 4; table++) {
            var order = table % 2 == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
            image.position((TABLES + table) * SECTOR).put(pathTable(ROOTS + table / 2 * rootSectors, order));
        }
        image.position(ROOTS * SECTOR).put(directory(ROOTS, false));
        image.position((ROOTS + rootSectors) * SECTOR).put(directory(ROOTS + rootSectors, true));
        for (var file : files) {
            image.position(file.sector * SECTOR).put(file.bytes);
        }
        return image.array();
    }

    /** A volume descriptor, ECMA-119 §8.4 (primary) and §8.5 (supplementary, here Joliet level 3). */
    private byte[] descriptor(int type, int table, int root, Charset charset) {
        var d = ByteBuffer.allocate(SECTOR).put((byte) type).put("CD001".getBytes(StandardCharsets.US_ASCII)).put((byte) 1);
        d.put(8, padded("", 32, charset)).put(40, padded(label, 32, charset));
        d.put(80, both(sectors));
        if (type == 2) {
            d.put(88, new byte[] {'%', '/', 'E'});
        }
        d.put(120, bothShort(1)).put(124, bothShort(1)).put(128, bothShort(SECTOR)).put(132, both(10));
        d.order(ByteOrder.LITTLE_ENDIAN).putInt(140, table).order(ByteOrder.BIG_ENDIAN).putInt(148, table + 1);
        d.put(156, entry(new byte[1], root, rootSectors * SECTOR, true));
        d.put(190, padded("", 623, charset));
        for (int date = 0; date < 4; date++) {
            d.put(813 + date * 17, "0000000000000000".getBytes(StandardCharsets.US_ASCII));
        }
        return d.put(881, (byte) 1).array();
    }

    private static byte[] pathTable(int root, ByteOrder order) {
        return ByteBuffer.allocate(10).order(order).put((byte) 1).put((byte) 0).putInt(root).putShort((short) 1).array();
    }

    private byte[] directory(int self, boolean joliet) {
        var d = ByteBuffer.allocate(rootSectors * SECTOR);
        d.put(entry(new byte[] {0}, self, rootSectors * SECTOR, true)).put(entry(new byte[] {1}, self, rootSectors * SECTOR, true));
        var sorted = new ArrayList<>(files);
        sorted.sort((a, b) -> joliet ? Arrays.compareUnsigned(a.joliet, b.joliet) : Arrays.compareUnsigned(a.plain, b.plain));
        for (var file : sorted) {
            var entry = entry(joliet ? file.joliet : file.plain, file.sector, file.bytes.length, false);
            if (d.position() % SECTOR + entry.length > SECTOR) {
                d.position((d.position() / SECTOR + 1) * SECTOR);
            }
            d.put(entry);
        }
        return d.array();
    }

    /** A directory record, ECMA-119 §9.1. */
    private static byte[] entry(byte[] name, int sector, int length, boolean directory) {
        int size = 33 + name.length + (name.length + 1) % 2;
        var e = ByteBuffer.allocate(size).put((byte) size).put((byte) 0).put(both(sector)).put(both(length));
        e.put(18, new byte[] {70, 1, 1});
        return e.put(25, (byte) (directory ? 2 : 0)).put(28, bothShort(1)).put(32, (byte) name.length).put(33, name).array();
    }

    private static byte[] both(int value) {
        return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(value).order(ByteOrder.BIG_ENDIAN).putInt(value).array();
    }

    private static byte[] bothShort(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putShort((short) value).order(ByteOrder.BIG_ENDIAN).putShort((short) value).array();
    }

    private static byte[] padded(String text, int length, Charset charset) {
        var padded = ByteBuffer.allocate(length);
        var bytes = (text + " ".repeat(length)).getBytes(charset);
        return padded.put(bytes, 0, length).array();
    }

    private static int sectorsOf(int bytes) {
        return Math.max(1, (bytes + SECTOR - 1) / SECTOR);
    }
}
