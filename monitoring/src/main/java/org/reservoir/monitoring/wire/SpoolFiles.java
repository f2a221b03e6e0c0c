package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The files of a {@link Spool}, by the number of the first row of each; what is whole and needed no more is dropped. Guarded by its spool's lock. */
final class SpoolFiles implements AutoCloseable {
    private final Path directory;
    private final TreeMap<Long, SpoolFile> files = new TreeMap<>();

    SpoolFiles(Path directory) {
        this.directory = directory;
    }

    /** Takes up those that a process before us left behind. @return the number of the last row, {@code settled} when there is none */
    long remember(SpoolMarks marks) throws IOException {
        long last = marks.settled();
        try (var paths = Files.list(directory)) {
            for (var each : paths.filter(SpoolFile::isOne).sorted().toList()) {
                var file = SpoolFile.open(each);
                files.put(file.first, file);
                last = Math.max(last, file.first - 1 + file.rows());
                file.marks().forEach(marks::raise);
            }
        }
        return last;
    }

    /** All files but the last are of much the same length: no need to ask each. */
    long stored() {
        return files.isEmpty() ? 0 : (files.size() - 1L) * Spool.SEGMENT + files.lastEntry().getValue().length();
    }

    Optional<SpoolFile> newest() {
        return Optional.ofNullable(files.lastEntry()).map(Map.Entry::getValue);
    }

    boolean isFull() {
        return newest().filter(file -> file.length() >= Spool.SEGMENT).isPresent();
    }

    SpoolFile begin(long first) throws IOException {
        var file = SpoolFile.create(directory, first);
        files.put(first, file);
        return file;
    }

    /** The file in which a row stands or will stand; the oldest when it is gone already. */
    Optional<SpoolFile> of(long number) {
        var entry = files.floorEntry(number);
        return Optional.ofNullable(entry == null ? files.firstEntry() : entry).map(Map.Entry::getValue);
    }

    Optional<SpoolFile> after(SpoolFile file) {
        return Optional.ofNullable(files.higherEntry(file.first)).map(Map.Entry::getValue);
    }

    /** Whether the oldest file holds no row after {@code settled}. */
    boolean hasWhole(long settled) {
        return files.size() > 1 && files.higherKey(files.firstKey()) <= settled + 1;
    }

    void dropWhole(long settled) throws IOException {
        while (hasWhole(settled)) {
            files.pollFirstEntry().getValue().delete();
        }
    }

    @Override
    public void close() throws IOException {
        for (var file : files.values()) {
            file.close();
        }
    }
}
