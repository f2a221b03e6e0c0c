package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;

/** What a {@link Spool} must know when the rows that said it are gone: who it is, what is settled, and how much it has of each origin. Not for several threads. */
final class SpoolMarks {
    private final Path directory;
    private final long id;
    private final Map<Long, Long> marks = new HashMap<>();
    private long settled;

    /** Takes up what is written in a directory. */
    SpoolMarks(Path directory) throws IOException {
        this.directory = directory;
        this.id = identity();
        var path = directory.resolve("marks");
        if (Files.exists(path)) {
            for (var line : Files.readAllLines(path)) {
                var words = line.split(" ");
                if (words[0].equals("settled")) {
                    settled = Long.parseLong(words[1]);
                } else {
                    marks.put(Long.parseUnsignedLong(words[0], 16), Long.parseLong(words[1]));
                }
            }
        }
    }

    long id() {
        return id;
    }

    long settled() {
        return settled;
    }

    void settle(long number) {
        settled = Math.max(settled, number);
    }

    long of(long origin) {
        return marks.getOrDefault(origin, 0L);
    }

    void raise(long origin, long number) {
        marks.merge(origin, number, Math::max);
    }

    /** Only what stands on the disk for sure may be written so. */
    void write() throws IOException {
        var text = new StringBuilder("settled ").append(settled).append('\n');
        marks.forEach((origin, number) -> text.append(Long.toHexString(origin)).append(' ').append(number).append('\n'));
        var fresh = directory.resolve("marks.new");
        try (var file = FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) { // a disk that is nearly full takes a part, and says so at the next one
                file.write(bytes);
            }
            file.force(true);
        }
        Files.move(fresh, directory.resolve("marks"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private long identity() throws IOException {
        var path = directory.resolve("id");
        if (Files.exists(path)) {
            return Long.parseUnsignedLong(Files.readString(path).strip(), 16);
        }
        long fresh = new SecureRandom().nextLong();
        var before = directory.resolve("id.new");
        Files.writeString(before, Long.toHexString(fresh));
        Files.move(before, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return fresh;
    }
}
