package org.reservoir.veem.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.stream.Collectors;

import org.reservoir.interfaces.vhi.ByteSource;
import org.reservoir.interfaces.vhi.ImageFile;
import org.reservoir.store.Transaction;
import org.reservoir.veem.image.file.Inspection;
import org.reservoir.veem.kept.ImageTable;

/**
 * The files of images, each named by the SHA-256 of what it holds: two images with the same content are one file. A file is put here, and
 * taken away, in a transaction that holds the lock of its digest, so nobody can take away what somebody else is about to need.
 */
public final class StoredImages {
    private final Path folder;

    public StoredImages(Path folder) {
        this.folder = folder;
    }

    /** Makes the sound file one of these; it also stays where it was until its import is done for good. */
    void put(Transaction transaction, Inspection.Sound sound) {
        lock(transaction, sound.file().digest());
        try {
            var stored = path(sound.file().digest());
            if (!Files.exists(stored) || Files.size(stored) != sound.file().length()) {
                Files.deleteIfExists(stored);
                Files.createLink(stored, sound.path());
                try (var directory = FileChannel.open(folder, StandardOpenOption.READ)) {
                    directory.force(true);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes the file unless the site database knows somebody who needs it. */
    void removeUnneeded(Transaction transaction, String digest) {
        lock(transaction, digest);
        if (ImageTable.unneeded(transaction.sql(), Set.of(digest)).isEmpty()) {
            return;
        }
        try {
            Files.deleteIfExists(path(digest));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void lock(Transaction transaction, String digest) {
        transaction.sql().execute("select pg_advisory_xact_lock(hashtextextended(?, 42))", digest);
    }

    Set<String> digests() {
        try (var stored = Files.list(folder)) {
            return stored.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ByteSource open(ImageFile file) {
        return new StoredFile(path(file.digest()));
    }

    /** Where it lies. */
    Path path(String digest) {
        return folder.resolve(digest);
    }

    @Override
    public String toString() {
        return folder.toString();
    }

    /** A file of the store, read from any place. */
    record StoredFile(Path path) implements ByteSource {
        @Override
        public long length() {
            return path.toFile().length();
        }

        @Override
        public InputStream openAt(long offset) throws IOException {
            var bytes = Files.newInputStream(path);
            bytes.skipNBytes(offset);
            return bytes;
        }
    }
}
