package org.reservoir.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.reservoir.kernel.Refused;

class FirstTablesTest {
    private static final List<String> LOCATIONS = List.of("db/store", "db/first-tables");
    private final Migrations migrations = new Migrations(LOCATIONS);

    @Test
    void anEmptyDatabaseGetsTheTablesAndTheHistoryThatFlywayWouldHaveMade() throws SQLException {
        try (var byFlyway = empty(); var byUs = empty()) {
            migrations.migrate(byFlyway.unlimited());
            migrations.apply(byUs.unlimited());
            try (var flyways = byFlyway.unlimited().getConnection(); var ours = byUs.unlimited().getConnection()) {
                assertThat(history(ours)).isEqualTo(history(flyways)).hasSizeGreaterThan(3);
                assertThat(Schema.tables(ours)).containsAll(Schema.tables(flyways));
            }
        }
    }

    @Test
    void flywayGoesOnFromThere() throws SQLException {
        try (var database = empty()) {
            new Migrations(List.of("db/store")).apply(database.unlimited());
            migrations.apply(database.unlimited());
            try (var connection = database.unlimited().getConnection()) {
                assertThat(Schema.appliedScripts(connection)).containsSequence("V90_001__a_first_table.sql", "V90_002__its_rows.sql", "V90_010__a_comment.sql");
            }
        }
    }

    @Test
    void tablesAreMadeOnceAlsoWhenTwoServersFindTheDatabaseEmpty() throws Exception {
        try (var database = empty()) {
            var other = Thread.ofVirtual().unstarted(() -> migrations.apply(database.unlimited()));
            other.start();
            migrations.apply(database.unlimited());
            other.join();
            try (var connection = database.unlimited().getConnection()) {
                assertThat(Schema.appliedScripts(connection)).doesNotHaveDuplicates().hasSizeGreaterThan(3);
            }
        }
    }

    @Test
    void anOlderProgramLeavesANewerDatabaseAlone() throws SQLException {
        try (var database = empty()) {
            migrations.apply(database.unlimited());
            assertThatThrownBy(() -> new Migrations(List.of("db/store")).apply(database.unlimited())).isInstanceOfSatisfying(Refused.class, refused -> {
                assertThat(refused.code()).isEqualTo("DATABASE_NEWER");
                assertThat(refused.getMessage()).contains("V90_001__a_first_table.sql and 2 more");
            });
            migrations.apply(database.unlimited());
        }
    }

    private static Pools empty() {
        var settings = (DatabaseSettings.External) SharedPostgres.ofThisJvm().fresh(List.of());
        return Pools.external(settings);
    }

    private static List<String> history(Connection connection) throws SQLException {
        var found = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT (installed_rank, version, description, type, script, checksum, installed_by, success)::text FROM flyway_schema_history ORDER BY 1")) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }
}
