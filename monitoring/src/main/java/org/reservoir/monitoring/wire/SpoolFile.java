package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * One file of a {@link Spool}: records, each with its length, a checksum over what follows, where it came from and under which
 * number there, and the record itself ({@link KeptRecords}). What was torn off at the end by a crash is cut away when it is
 * opened. Uses no interruptible channel: a probe's thread that is interrupted must not close it for all.
 */
final class SpoolFile implements AutoCloseable {
    static final int HEAD = 24;
    private static final String SUFFIX = ".spool";

    final Path path;
    /** The number of its first row. */
    final long first;
    private final RandomAccessFile file;
    private volatile long length;
    private long rows;
    private final Map<Long, Long> marks = new HashMap<>();

    private SpoolFile(Path path, long first) throws IOException {
        this.path = path;
        this.first = first;
        this.file = new RandomAccessFile(path.toFile(), "rw");
    }

    static SpoolFile create(Path directory, long first) throws IOException {
        return new SpoolFile(directory.resolve("%016x%s".formatted(first, SUFFIX)), first);
    }

    static boolean isOne(Path path) {
        return path.getFileName().toString().matches("[0-9a-f]{16}\\" + SUFFIX);
    }

    /** Opens what a process before us left behind. */
    static SpoolFile open(Path path) throws IOException {
        var opened = new SpoolFile(path, Long.parseUnsignedLong(path.getFileName().toString().substring(0, 16), 16));
        opened.scan();
        return opened;
    }

    long length() {
        return length;
    }

    long rows() {
        return rows;
    }

    /** Highest number of each origin among its rows. */
    Map<Long, Long> marks() {
        return marks;
    }

    /** Adds a record that begins {@link #HEAD} bytes into {@code bytes} and ends at {@code end}; the head is written here. */
    void add(byte[] bytes, int end, boolean row, long origin, long number) throws IOException {
        var head = new Cursor().over(bytes, 0, HEAD);
        head.at = 8;
        head.putLong(origin);
        head.putLong(number);
        head.at = 0;
        head.putInt(end - 8);
        head.putInt(checksum(bytes, 8, end));
        synchronized (file) {
            file.seek(length);
            file.write(bytes, 0, end);
        }
        length += end;
        if (row) {
            rows++;
            marks.merge(origin, number, Math::max);
        }
    }

    /** Reads what stands at a place into {@code bytes} from {@code to} on, as much as is there and fits. */
    int read(long at, byte[] bytes, int to, int most) throws IOException {
        int there = (int) Math.min(most, length - at);
        if (there <= 0) {
            return 0;
        }
        synchronized (file) {
            file.seek(at);
            file.readFully(bytes, to, there);
        }
        return there;
    }

    void force() throws IOException {
        file.getFD().sync();
    }

    void delete() throws IOException {
        close();
        Files.deleteIfExists(path);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private static int checksum(byte[] bytes, int from, int to) {
        var crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }

    private void scan() throws IOException {
        var bytes = new byte[Frame.LARGEST + HEAD + Cursor.SLACK];
        long size = file.length();
        length = size;
        long at = 0;
        while (at < size) {
            int there = read(at, bytes, 0, Frame.LARGEST + HEAD);
            int whole = wholeRecord(bytes, 0, there);
            if (whole < 0 || checksum(bytes, 8, whole) != new Cursor().over(bytes, 4, whole).takeInt()) {
                break;
            }
            if (bytes[HEAD] == KeptRecords.ROW) {
                var head = new Cursor().over(bytes, 8, HEAD);
                rows++;
                marks.merge(head.takeLong(), head.takeLong(), Math::max);
            }
            at += whole;
        }
        length = at;
        if (at < size) {
            file.setLength(at);
        }
    }

    /** Bytes of the record that begins at {@code from}, head included; -1 when it is not whole. */
    static int wholeRecord(byte[] bytes, int from, int to) {
        if (to - from < HEAD) {
            return -1;
        }
        int length = new Cursor().over(bytes, from, to).takeInt() + 8;
        return length < HEAD + 13 || length > to - from || length > Frame.LARGEST + HEAD ? -1 : length;
    }
}
