package org.reservoir.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The SQL of the outbox. Events are ordered by (number of the writing transaction, place within it) and read only up to the
 * oldest transaction still running (pg_snapshot_xmin): every number below that is finished, so no event can
 * appear later in front of one that has been read.
 */
final class OutboxStatements {
    private static final String INSERT = """
            INSERT INTO event (tx, nr, at, topic, subject, type, body)
            SELECT ? + pg_current_xact_id()::text::bigint, e.nr - 1, ?, e.topic, e.subject, e.type, e.body
            FROM unnest(?::text[], ?::text[], ?::text[], ?::text[]) WITH ORDINALITY AS e(topic, subject, type, body, nr)""";

    private static final String AFTER = """
            SELECT tx, nr, at, topic, subject, type, body FROM event
            WHERE (tx, nr) > (?, ?) AND tx < ? + pg_snapshot_xmin(pg_current_snapshot())::text::bigint AND (? OR topic = ANY (?))
            ORDER BY tx, nr LIMIT ?""";

    /** The newest place that is final; no event between it and xmin can appear any more. */
    private static final String LATEST = "SELECT ? + pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1";

    private OutboxStatements() {}

    static void insert(Connection connection, List<NewEvent> events, Instant at, long txBase) throws SQLException {
        try (var statement = connection.prepareStatement(INSERT)) {
            statement.setLong(1, txBase);
            statement.setObject(2, WorkStatements.time(at));
            statement.setArray(3, texts(connection, events, NewEvent::topic));
            statement.setArray(4, texts(connection, events, NewEvent::subject));
            statement.setArray(5, texts(connection, events, NewEvent::type));
            statement.setArray(6, texts(connection, events, NewEvent::body));
            statement.executeUpdate();
        }
    }

    /** @param topics none: all */
    static List<Event> after(Connection connection, Cursor cursor, Set<String> topics, int max, long txBase) throws SQLException {
        try (var statement = connection.prepareStatement(AFTER)) {
            statement.setLong(1, cursor.transaction());
            statement.setInt(2, cursor.nr());
            statement.setLong(3, txBase);
            statement.setBoolean(4, topics.isEmpty());
            statement.setArray(5, connection.createArrayOf("text", topics.toArray()));
            statement.setInt(6, max);
            var events = new ArrayList<Event>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    events.add(new Event(new Cursor(rows.getLong(1), rows.getInt(2)), rows.getObject(3, OffsetDateTime.class).toInstant(),
                            rows.getString(4), rows.getString(5), rows.getString(6), rows.getString(7)));
                }
            }
            return events;
        }
    }

    static Cursor latest(Connection connection, long txBase) throws SQLException {
        try (var statement = connection.prepareStatement(LATEST)) {
            statement.setLong(1, txBase);
            try (var row = statement.executeQuery()) {
                row.next();
                return new Cursor(row.getLong(1), Integer.MAX_VALUE);
            }
        }
    }

    private static java.sql.Array texts(Connection connection, List<NewEvent> events, Function<NewEvent, String> field) throws SQLException {
        return connection.createArrayOf("text", events.stream().map(field).toArray());
    }
}
