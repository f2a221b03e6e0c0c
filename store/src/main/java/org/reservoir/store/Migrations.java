package org.reservoir.store;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.ZipFile;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.reservoir.kernel.Refused;

/**
 * Brings the tables of all rooms to the form this program knows. Each room owns a location such as {@code db/veem} with files
 * {@code V<room>_<nnn>__title.sql}. Flyway does it; but when the database already carries the fingerprint of exactly these
 * files, or is empty ({@link FirstTables}), Flyway is not even loaded, which would be a third of a start.
 */
final class Migrations {
    private static final String TABLE = "schema_fingerprint";
    private static final String UNREAD = "cannot read the state of the schema";
    private static final String FINGERPRINT = "CREATE TABLE IF NOT EXISTS schema_fingerprint (one boolean PRIMARY KEY DEFAULT true CHECK (one), digest text NOT NULL)";

    private final List<String> locations;
    private final SortedMap<String, String> scripts;

    /** @param locations folders on the class path, without a leading slash */
    Migrations(List<String> locations) {
        this.locations = List.copyOf(locations);
        this.scripts = read(this.locations);
    }

    /** File name to text, of all locations. */
    Map<String, String> scripts() {
        return scripts;
    }

    /** Whether the tables are as this program knows them, as nearly always. */
    boolean areApplied(DataSource database) {
        try (var connection = database.getConnection()) {
            return fingerprint().equals(present(connection));
        } catch (SQLException e) {
            throw new IllegalStateException(UNREAD, e);
        }
    }

    void apply(DataSource database) {
        var wanted = fingerprint();
        try (var connection = database.getConnection()) {
            if (wanted.equals(present(connection)) || new FirstTables(scripts).make(connection, wanted)) {
                return;
            }
            requireNoNewer(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(UNREAD, e);
        }
        migrate(database);
        try (var connection = database.getConnection()) {
            store(connection, wanted);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot note the state of the schema", e);
        }
    }

    /** Has Flyway bring the tables up to date. */
    void migrate(DataSource database) {
        try {
            Flyway.configure().dataSource(database).locations(locations.stream().map(location -> "classpath:" + location).toArray(String[]::new))
                    .loggers("slf4j").outOfOrder(true).validateMigrationNaming(true).load().migrate();
        } catch (FlywayException e) {
            throw (Refused) Refused.conflict("DATABASE_SCHEMA_MISMATCH", "the tables of the site database do not fit this program: " + e.getMessage(),
                    "run the version of Reservoir that wrote them, or a newer one").initCause(e);
        }
    }

    /** Flyway passes over what is newer than all it knows; what a newer program has written an older one would misread. */
    private void requireNoNewer(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            if (!exists(statement, "flyway_schema_history")) {
                return;
            }
        }
        var unknown = Schema.appliedScripts(connection).stream().filter(script -> !scripts.containsKey(script)).toList();
        if (!unknown.isEmpty()) {
            throw Refused.conflict("DATABASE_NEWER", "The site database was written by a newer Reservoir: this one does not know %s%s."
                    .formatted(unknown.getFirst(), unknown.size() > 1 ? " and " + (unknown.size() - 1) + " more of its scripts" : ""),
                    "Run the version that wrote it, or a newer one; or restore a backup that this version made into a new folder.");
        }
    }

    private static boolean exists(Statement statement, String table) throws SQLException {
        try (var there = statement.executeQuery("SELECT to_regclass('" + table + "') IS NOT NULL")) {
            there.next();
            return there.getBoolean(1);
        }
    }

    private static String present(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            if (!exists(statement, TABLE)) {
                return "";
            }
            try (var row = statement.executeQuery("SELECT digest FROM " + TABLE)) {
                return row.next() ? row.getString(1) : "";
            }
        }
    }

    /** The two tables that Flyway and this class would make, for those who make all tables of an empty database by themselves. */
    static void makeTables(Statement statement) throws SQLException {
        statement.execute(FINGERPRINT);
        statement.execute("""
                CREATE TABLE flyway_schema_history (
                    installed_rank integer NOT NULL CONSTRAINT flyway_schema_history_pk PRIMARY KEY,
                    version varchar(50), description varchar(200) NOT NULL, type varchar(20) NOT NULL, script varchar(1000) NOT NULL, checksum integer,
                    installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL DEFAULT now(), execution_time integer NOT NULL, success boolean NOT NULL);
                CREATE INDEX flyway_schema_history_s_idx ON flyway_schema_history (success)""");
    }

    static void store(Connection connection, String digest) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(FINGERPRINT);
            statement.execute("INSERT INTO " + TABLE + " (digest) VALUES ('" + digest + "') ON CONFLICT (one) DO UPDATE SET digest = excluded.digest");
        }
    }

    String fingerprint() {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            scripts.forEach((name, text) -> {
                digest.update(name.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
                digest.update(text.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            });
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SortedMap<String, String> read(List<String> locations) {
        var found = new TreeMap<String, String>();
        for (var location : locations) {
            try {
                var folders = Migrations.class.getClassLoader().getResources(location);
                if (!folders.hasMoreElements()) {
                    throw new IllegalStateException("no migrations on the class path under " + location);
                }
                while (folders.hasMoreElements()) {
                    readFolder(folders.nextElement().toURI(), location, found);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (URISyntaxException e) {
                throw new IllegalStateException(e);
            }
        }
        return found;
    }

    private static void readFolder(URI folder, String location, SortedMap<String, String> into) throws IOException {
        if (folder.getScheme().equals("file")) {
            readFiles(Path.of(folder), into);
            return;
        }
        var jar = URI.create(folder.getRawSchemeSpecificPart().replaceFirst("!.*", ""));
        try (var archive = new ZipFile(new File(jar))) { // a file system of it would be a tenth of a start
            for (var entry : Collections.list(archive.entries())) {
                if (entry.getName().startsWith(location + "/") && entry.getName().endsWith(".sql")) {
                    add(entry.getName().substring(entry.getName().lastIndexOf('/') + 1), new String(archive.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8), into);
                }
            }
        }
    }

    private static void readFiles(Path folder, SortedMap<String, String> into) throws IOException {
        try (var files = Files.list(folder)) {
            for (var file : files.filter(file -> file.getFileName().toString().endsWith(".sql")).toList()) {
                add(file.getFileName().toString(), Files.readString(file), into);
            }
        }
    }

    private static void add(String name, String text, SortedMap<String, String> into) {
        if (into.put(name, text) != null) {
            throw new IllegalStateException("two migrations are named " + name);
        }
    }
}
