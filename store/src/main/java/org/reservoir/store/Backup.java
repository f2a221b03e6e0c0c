package org.reservoir.store;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.reservoir.kernel.Refused;

/**
 * Writes the whole site database into one file while the site works on. All tables are read in one snapshot, so the
 * file holds one moment. It is a zip: the migrations that make the tables, one PostgreSQL COPY text per table, the counters, and last
 * a manifest with the digest of each. It needs no program of PostgreSQL, and does not depend on its version.
 */
final class Backup {
    static final int FORMAT = 1;

    private final Map<String, String> scripts;
    private final Connection connection;
    private final ZipOutputStream zip;
    private final BackupManifest.Draft manifest = new BackupManifest.Draft();

    private Backup(Map<String, String> scripts, Connection connection, ZipOutputStream zip) {
        this.scripts = scripts;
        this.connection = connection;
        this.zip = zip;
    }

    /** Writes beside the target, syncs, and renames: a file of that name is always whole. */
    static void write(DataSource database, Map<String, String> scripts, Path target) {
        var beside = target.resolveSibling(target.getFileName() + ".part");
        try {
            Files.deleteIfExists(beside);
            Files.createFile(beside, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (var connection = database.getConnection(); var zip = new ZipOutputStream(Files.newOutputStream(beside))) {
                zip.setLevel(Deflater.BEST_SPEED);
                connection.setAutoCommit(false);
                connection.setReadOnly(true);
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                new Backup(scripts, connection, zip).writeAll();
                connection.rollback();
            }
            try (var file = FileChannel.open(beside, StandardOpenOption.WRITE)) {
                file.force(true);
            }
            Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the backup " + target, e);
        } catch (SQLException e) {
            throw (Refused) Refused.unavailable("BACKUP_FAILED", "the database broke off the backup: " + e.getMessage(), "try again").initCause(e);
        } finally {
            discard(beside);
        }
    }

    private static void discard(Path beside) {
        try {
            Files.deleteIfExists(beside);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void writeAll() throws IOException, SQLException {
        for (var script : Schema.appliedScripts(connection)) {
            var text = scripts.get(script);
            if (text == null) {
                throw new IllegalStateException("the database was migrated by %s, which this program does not have".formatted(script));
            }
            manifest.script(script, entry("schema/" + script, out -> out.write(text.getBytes(StandardCharsets.UTF_8))));
        }
        for (var table : Schema.tables(connection)) {
            var rows = new long[1];
            var digest = entry("data/" + table.name(), out -> rows[0] = copyOut(table, out));
            manifest.table(table.name(), table.columnList(), rows[0], digest);
        }
        for (var counter : Schema.counters(connection).entrySet()) {
            manifest.counter(counter.getKey(), counter.getValue());
        }
        entry(BackupManifest.NAME, out -> out.write(manifest.text().getBytes(StandardCharsets.UTF_8)));
        zip.finish();
    }

    private long copyOut(Schema.Table table, OutputStream out) throws IOException {
        try {
            return connection.unwrap(PGConnection.class).getCopyAPI().copyOut("COPY %s (%s) TO STDOUT".formatted(table.name(), table.columnList()), out);
        } catch (SQLException e) {
            throw new IOException("cannot read table " + table.name(), e);
        }
    }

    private interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private String entry(String name, Content content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        var digest = BackupManifest.sha256();
        content.writeTo(new DigestOutputStream(new FilterOutputStream(zip) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                out.write(bytes, offset, length);
            }

            @Override
            public void close() {
                // the zip goes on
            }
        }, digest));
        zip.closeEntry();
        return hex(digest);
    }

    static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
