package org.reservoir.history;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a folder holds: a small text file that is replaced as a whole, so that a change of several files happens at once or not at all. Files
 * that it does not name do not count.
 *
 * @param firstLog logs before this number are in segments
 * @param next     the number of the next file
 * @param rawFrom  samples before this time (epoch milliseconds) are no longer kept one by one
 * @param minutesFrom the same of minutes
 * @param names    bytes of the catalog's log that are safe: when it is shorter, it lost its end
 */
record Contents(long firstLog, long next, long rawFrom, long minutesFrom, long names, List<SegmentInfo> segments) {
    static final Contents EMPTY = new Contents(0, 1, Long.MIN_VALUE, Long.MIN_VALUE, 0, List.of());
    private static final String TITLE = "reservoir-history 1";
    private static final String FILE = "contents";

    Contents {
        segments = List.copyOf(segments);
    }

    List<SegmentInfo> of(Tier tier) {
        return segments.stream().filter(segment -> segment.tier() == tier).toList();
    }

    long bytes() {
        return segments.stream().mapToLong(SegmentInfo::bytes).sum();
    }

    /** The time before which nothing is kept in {@code tier}. */
    long from(Tier tier) {
        return switch (tier) {
            case RAW -> rawFrom;
            case MINUTE -> minutesFrom;
            case HOUR -> Long.MIN_VALUE;
        };
    }

    Contents numberedFrom(long number) {
        return new Contents(firstLog, number, rawFrom, minutesFrom, names, segments);
    }

    Contents logsFrom(long log) {
        return new Contents(log, next, rawFrom, minutesFrom, names, segments);
    }

    Contents named(long bytes) {
        return new Contents(firstLog, next, rawFrom, minutesFrom, bytes, segments);
    }

    /** Segments of these numbers go, others come. */
    Contents changed(Collection<SegmentInfo> gone, Collection<SegmentInfo> come) {
        var numbers = gone.stream().map(SegmentInfo::number).toList();
        var all = new ArrayList<>(segments.stream().filter(segment -> !numbers.contains(segment.number())).toList());
        all.addAll(come);
        return new Contents(firstLog, next, rawFrom, minutesFrom, names, all);
    }

    /** Lets a segment go for ever. */
    Contents without(SegmentInfo segment) {
        var after = segment.span().to() + 1;
        return new Contents(firstLog, next, segment.tier() == Tier.RAW ? Math.max(rawFrom, after) : rawFrom,
                segment.tier() == Tier.MINUTE ? Math.max(minutesFrom, after) : minutesFrom, names, segments).changed(List.of(segment), List.of());
    }

    /** Replaces what is written in {@code folder}; safe when it returns. */
    void write(Path folder) throws IOException {
        var text = new StringBuilder(TITLE).append('\n').append("numbers %d %d\nfrom %d %d\nnames %d\n".formatted(firstLog, next, rawFrom, minutesFrom, names));
        segments.forEach(segment -> text.append(segment.line()).append('\n'));
        var checksum = checksum(text.toString());
        text.append("checksum ").append(checksum).append('\n');
        var fresh = folder.resolve(FILE + ".new");
        try (var channel = FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            for (var bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)); bytes.hasRemaining();) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        force(folder);
    }

    /** Keeps one that cannot be believed for those who want to look at it. */
    static void setAside(Path folder) throws IOException {
        if (Files.exists(folder.resolve(FILE))) {
            Files.move(folder.resolve(FILE), folder.resolve(FILE + ".damaged"), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Makes the names of a folder's files safe. */
    static void force(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Empty when it is not there, or cannot be believed. */
    static Optional<Contents> read(Path folder) throws IOException {
        var file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        var text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        int end = text.lastIndexOf("checksum ");
        if (end < 0 || !text.substring(end).strip().equals("checksum " + checksum(text.substring(0, end))) || !text.startsWith(TITLE)) {
            return Optional.empty();
        }
        return Optional.of(parse(text.substring(0, end)));
    }

    private static Contents parse(String text) {
        var read = EMPTY;
        var segments = new ArrayList<SegmentInfo>();
        for (var line : text.split("\n")) {
            var words = line.split(" ");
            switch (words[0]) {
                case "numbers" -> read = new Contents(Long.parseLong(words[1]), Long.parseLong(words[2]), read.rawFrom, read.minutesFrom, read.names, List.of());
                case "from" -> read = new Contents(read.firstLog, read.next, Long.parseLong(words[1]), Long.parseLong(words[2]), read.names, List.of());
                case "names" -> read = read.named(Long.parseLong(words[1]));
                case "segment" -> segments.add(SegmentInfo.read(words));
                default -> { } // the title
            }
        }
        return read.changed(List.of(), segments);
    }

    private static String checksum(String text) {
        var checksum = new CRC32C();
        checksum.update(text.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(checksum.getValue());
    }
}
