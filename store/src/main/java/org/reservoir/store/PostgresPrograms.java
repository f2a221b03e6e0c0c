package org.reservoir.store;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.reservoir.kernel.Refused;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's {@code initdb} and {@code postgres}: those of the machine when new enough, else the ones that come with
 * Reservoir, unpacked once into a cache.
 *
 * @param bin     where the two programs are
 * @param version their major version
 */
record PostgresPrograms(Path bin, int version) {
    private static final int OLDEST = 14;
    private static final String ARCHIVE = "postgres-linux-x86_64.txz";

    static PostgresPrograms find(DatabaseSettings.Managed settings, ServiceUser user) {
        var bin = settings.programs().or(PostgresPrograms::ofTheMachine).orElseGet(() -> unpacked(settings.cache(), user));
        return new PostgresPrograms(bin, versionOf(bin));
    }

    static Optional<Path> ofTheMachine() {
        var versions = Path.of("/usr/lib/postgresql");
        if (!Files.isDirectory(versions)) {
            return Optional.empty();
        }
        try (var found = Files.list(versions)) {
            return found.filter(version -> version.getFileName().toString().matches("\\d{1,3}"))
                    .filter(version -> number(version) >= OLDEST)
                    .filter(version -> Files.isExecutable(version.resolve("bin/postgres")) && Files.isExecutable(version.resolve("bin/initdb")))
                    .max(Comparator.comparingInt(PostgresPrograms::number))
                    .map(version -> version.resolve("bin"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Read from the templates beside the programs, which is far quicker than asking a program. */
    private static int versionOf(Path bin) {
        for (var share : List.of(bin.resolve("../share"), bin.resolve("../share/postgresql"), Path.of("/usr/share/postgresql", bin.getParent().getFileName().toString()))) {
            var catalog = share.resolve("postgres.bki");
            if (Files.isReadable(catalog)) {
                try (var lines = Files.lines(catalog)) {
                    return Integer.parseInt(lines.findFirst().orElse("").replaceAll("^# PostgreSQL (\\d+).*", "$1"));
                } catch (IOException | NumberFormatException e) {
                    throw new IllegalStateException("cannot read PostgreSQL's version from " + catalog, e);
                }
            }
        }
        throw Refused.invalid("POSTGRESQL_INCOMPLETE", "%s is not a PostgreSQL installation: postgres.bki is missing".formatted(bin), "name the directory that holds initdb and postgres");
    }

    private static int number(Path version) {
        return Integer.parseInt(version.getFileName().toString());
    }

    /** Unpacks beside and renames, so that two sites starting at once, or a crash, never leave half a PostgreSQL in place. */
    static Path unpacked(Path cache, ServiceUser user) {
        var home = cache.resolve("postgresql-" + bundledVersion());
        var bin = home.resolve("bin");
        if (Files.isExecutable(bin.resolve("postgres"))) {
            return bin;
        }
        try (var archive = openArchive()) {
            Files.createDirectories(cache);
            var beside = Files.createTempDirectory(cache, "unpacking-");
            Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString("rwxr-xr-x"));
            unpack(archive, beside);
            try {
                Files.move(beside, home, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileAlreadyExistsException | DirectoryNotEmptyException somebodyWasFaster) {
                Trees.delete(beside);
            }
            return bin;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack PostgreSQL into " + cache, e);
        } finally {
            user.mustReach(cache);
        }
    }

    private static InputStream openArchive() {
        var archive = PostgresPrograms.class.getClassLoader().getResourceAsStream(ARCHIVE);
        if (archive == null) {
            throw Refused.unavailable("POSTGRESQL_MISSING", "this machine has no PostgreSQL %d or newer, and none comes with Reservoir for it".formatted(OLDEST),
                    "apt install postgresql, or name an external database");
        }
        return archive;
    }

    /** The archive's size names the cache: another bundled PostgreSQL is another directory. */
    private static String bundledVersion() {
        try (var archive = openArchive()) {
            var start = archive.readNBytes(1 << 16);
            return Integer.toHexString(java.util.Arrays.hashCode(start));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void unpack(InputStream archive, Path into) throws IOException {
        try (var tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive)))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                place(tar, entry, into);
            }
        }
    }

    private static void place(TarArchiveInputStream tar, TarArchiveEntry entry, Path into) throws IOException {
        var target = into.resolve(entry.getName()).normalize();
        if (!target.startsWith(into)) {
            throw new IOException("entry outside of the archive: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, target);
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString((entry.getMode() & 0100) != 0 ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }
}
