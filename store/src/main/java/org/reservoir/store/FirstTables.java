package org.reservoir.store;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Makes all tables of an empty database in one transaction, and the history that Flyway would have written, by which Flyway goes on later. To load
 * Flyway for that would be a quarter of what a new site's first start costs.
 */
final class FirstTables {
    /** Any number that nobody else takes: of several servers that find the same empty database, one makes the tables. */
    private static final long TURN = 0x7265_7365_7276_6f69L;

    private final List<Script> scripts;

    /** @param version as Flyway writes it: {@code 3.001} of {@code V3_001__services.sql} */
    private record Script(String name, String version, String text) {
        static Script of(String name, String text) {
            return new Script(name, name.substring(1, name.indexOf("__")).replace('_', '.'), text);
        }

        List<Integer> order() {
            return Arrays.stream(version.split("[.]")).map(Integer::valueOf).toList();
        }

        String description() {
            return name.substring(name.indexOf("__") + 2, name.length() - ".sql".length()).replace('_', ' ');
        }

        /** Flyway's: over the lines, without what ends them. */
        int checksum() {
            var sum = new CRC32();
            text.lines().forEach(line -> sum.update(line.getBytes(StandardCharsets.UTF_8)));
            return (int) sum.getValue();
        }
    }

    /** @param scripts file name to text */
    FirstTables(Map<String, String> scripts) {
        var all = new ArrayList<Script>();
        scripts.forEach((name, text) -> all.add(Script.of(name, text)));
        all.sort((a, b) -> Arrays.compare(a.order().toArray(Integer[]::new), b.order().toArray(Integer[]::new)));
        this.scripts = List.copyOf(all);
    }

    /** Gives whether it made them: not when there are tables already. */
    boolean make(Connection connection, String fingerprint) throws SQLException {
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_xact_lock(%d)".formatted(TURN));
            if (!Schema.tables(connection).isEmpty()) {
                connection.rollback();
                return false;
            }
            for (var script : scripts) {
                statement.execute(script.text());
            }
            Migrations.makeTables(statement);
        }
        writeHistory(connection);
        Migrations.store(connection, fingerprint);
        connection.commit();
        return true;
    }

    private void writeHistory(Connection connection) throws SQLException {
        try (var row = connection.prepareStatement("""
                INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
                VALUES (?, ?, ?, 'SQL', ?, ?, current_user, 0, true)""")) {
            int rank = 0;
            for (var script : scripts) {
                row.setInt(1, ++rank);
                row.setString(2, script.version());
                row.setString(3, script.description());
                row.setString(4, script.name());
                row.setInt(5, script.checksum());
                row.addBatch();
            }
            row.executeBatch();
        }
    }
}
