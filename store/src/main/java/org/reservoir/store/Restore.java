package org.reservoir.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeSet;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.reservoir.kernel.Refused;

/**
 * Reads a {@link Backup} into an empty database: first checks the whole file, then makes the tables by the backup's own migrations
 * and fills them, in one transaction. Migrations that are newer than the backup are applied when the database is opened.
 */
final class Restore {
    private final Map<String, String> known;
    private final ZipFile zip;
    private final BackupManifest manifest;

    private Restore(Map<String, String> known, ZipFile zip) throws IOException {
        this.known = known;
        this.zip = zip;
        this.manifest = BackupManifest.parse(text(BackupManifest.NAME));
    }

    /** Reads every byte of the file and compares; changes nothing. */
    static void check(Map<String, String> known, Path file) {
        with(known, file, Restore::checkAll);
    }

    static void into(DataSource database, Map<String, String> known, Path file) {
        with(known, file, restore -> {
            restore.checkAll();
            try (var connection = database.getConnection()) {
                connection.setAutoCommit(false);
                restore.mustBeEmpty(connection);
                restore.fill(connection);
                connection.commit();
            } catch (SQLException e) {
                throw (Refused) BackupManifest.damaged("the database did not take it: " + e.getMessage()).initCause(e);
            }
        });
    }

    private interface Step {
        void on(Restore restore) throws IOException;
    }

    private static void with(Map<String, String> known, Path file, Step step) {
        try (var zip = new ZipFile(file.toFile())) {
            step.on(new Restore(known, zip));
        } catch (ZipException e) {
            throw (Refused) BackupManifest.damaged(e.getMessage()).initCause(e);
        } catch (IOException e) {
            throw (Refused) Refused.invalid("BACKUP_UNREADABLE", "cannot read the backup %s: %s".formatted(file, e.getMessage()), "name a file written by a backup").initCause(e);
        }
    }

    private void checkAll() throws IOException {
        for (var script : manifest.scripts()) {
            if (!known.containsKey(script.name())) {
                throw BackupManifest.newer("the backup was made with %s, which this program does not know".formatted(script.name()));
            }
            checkEntry("schema/" + script.name(), script.digest());
        }
        for (var table : manifest.tables()) {
            checkEntry("data/" + table.name(), table.digest());
        }
    }

    private void checkEntry(String name, String expected) throws IOException {
        var digest = BackupManifest.sha256();
        try (var in = new DigestInputStream(zip.getInputStream(entry(name)), digest)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        }
        if (!Backup.hex(digest).equals(expected)) {
            throw BackupManifest.damaged(name + " is not what was written");
        }
    }

    private java.util.zip.ZipEntry entry(String name) {
        var entry = zip.getEntry(name);
        if (entry == null) {
            throw BackupManifest.damaged(name + " is missing");
        }
        return entry;
    }

    private String text(String name) throws IOException {
        try (var in = zip.getInputStream(entry(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void mustBeEmpty(Connection connection) throws SQLException {
        if (!Schema.tables(connection).isEmpty()) {
            throw Refused.conflict("DATABASE_NOT_EMPTY", "a backup is restored into an empty database only", "name a new directory or a new database");
        }
    }

    private void fill(Connection connection) throws SQLException, IOException {
        try (var statement = connection.createStatement()) {
            for (var script : manifest.scripts()) {
                statement.execute(text("schema/" + script.name()));
            }
            Migrations.makeTables(statement);
            requireKnown(connection);
            for (var table : manifest.tables().reversed()) {
                statement.execute("DELETE FROM " + table.name());
            }
            for (var table : manifest.tables()) {
                copyIn(connection, table);
            }
            for (var counter : manifest.counters()) {
                statement.execute("SELECT setval('%s', %d)".formatted(counter.sequence().replace("'", "''"), counter.value()));
            }
        }
    }

    /** The names in a backup become part of statements: only those that its own migrations have made. */
    private void requireKnown(Connection connection) throws SQLException {
        var tables = new TreeSet<String>();
        Schema.tables(connection).forEach(table -> tables.add(table.name() + " " + table.columnList()));
        manifest.tables().stream().map(table -> table.name() + " " + table.columns()).filter(table -> !tables.contains(table)).findFirst().ifPresent(table -> {
            throw BackupManifest.damaged("its migrations make no table " + table);
        });
        var sequences = Schema.sequences(connection);
        manifest.counters().stream().map(BackupManifest.Counter::sequence).filter(sequence -> !sequences.contains(sequence)).findFirst().ifPresent(sequence -> {
            throw BackupManifest.damaged("its migrations make no sequence " + sequence);
        });
    }

    private void copyIn(Connection connection, BackupManifest.TableData table) throws SQLException, IOException {
        var sql = "COPY %s (%s) FROM STDIN".formatted(table.name(), table.columns());
        try (var in = zip.getInputStream(entry("data/" + table.name()))) {
            long rows = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql, in);
            if (rows != table.rows()) {
                throw BackupManifest.damaged("%s holds %d rows instead of %d".formatted(table.name(), rows, table.rows()));
            }
        }
    }
}
