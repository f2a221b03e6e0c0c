package org.reservoir.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The SQL of the work table: each call is one statement, however many items it moves. */
final class WorkStatements {
    private static final String INSERT = """
            INSERT INTO work (kind, subject, lane, payload, run_at)
            SELECT * FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::timestamptz[])""";

    // The rows are locked first and then changed by their physical address: one pass over the index on run_at and no other.
    private static final String CLAIM = """
            UPDATE work SET claimed_by = ?, lease_until = ?, fence = fence + 1, attempts = attempts + 1
            WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM work
                WHERE run_at <= ? AND (lease_until IS NULL OR lease_until <= ?) AND kind = ANY (?) AND lane <> ALL (?)
                ORDER BY run_at LIMIT ? FOR UPDATE SKIP LOCKED))
            RETURNING id, fence, kind, subject, lane, payload, attempts""";

    private static final String COMPLETE = "DELETE FROM work USING unnest(?::bigint[], ?::bigint[]) AS c(id, fence) WHERE work.id = c.id AND work.fence = c.fence";

    private static final String EXTEND = """
            UPDATE work SET lease_until = ? FROM unnest(?::bigint[], ?::bigint[]) AS c(id, fence)
            WHERE work.id = c.id AND work.fence = c.fence RETURNING work.id""";

    private static final String RELEASE = """
            UPDATE work SET run_at = ?, lease_until = NULL, claimed_by = NULL, last_error = ? FROM unnest(?::bigint[], ?::bigint[]) AS c(id, fence)
            WHERE work.id = c.id AND work.fence = c.fence""";

    private static final String POSTPONE = """
            UPDATE work SET run_at = ?, lease_until = NULL, claimed_by = NULL, attempts = attempts - 1 FROM unnest(?::bigint[], ?::bigint[]) AS c(id, fence)
            WHERE work.id = c.id AND work.fence = c.fence""";

    private WorkStatements() {}

    static void insert(Connection connection, List<NewWork> items) throws SQLException {
        try (var statement = connection.prepareStatement(INSERT)) {
            statement.setArray(1, texts(connection, items, NewWork::kind));
            statement.setArray(2, texts(connection, items, NewWork::subject));
            statement.setArray(3, texts(connection, items, NewWork::lane));
            statement.setArray(4, texts(connection, items, NewWork::payload));
            statement.setArray(5, texts(connection, items, item -> item.runAt().toString()));
            statement.executeUpdate();
        }
    }

    static List<Claim> claim(Connection connection, String worker, Set<String> kinds, Collection<String> fullLanes, int max, Instant now, Instant leaseUntil)
            throws SQLException {
        // the table's statistics may be those of a minute ago, when it was empty; the one right plan is the walk along run_at
        try (var hint = connection.createStatement()) {
            hint.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off");
        }
        try (var statement = connection.prepareStatement(CLAIM)) {
            statement.setString(1, worker);
            statement.setObject(2, time(leaseUntil));
            statement.setObject(3, time(now));
            statement.setObject(4, time(now));
            statement.setArray(5, connection.createArrayOf("text", kinds.toArray()));
            statement.setArray(6, connection.createArrayOf("text", fullLanes.toArray()));
            statement.setInt(7, max);
            try (var rows = statement.executeQuery()) {
                return claims(rows, leaseUntil);
            }
        }
    }

    private static List<Claim> claims(ResultSet rows, Instant leaseUntil) throws SQLException {
        var claims = new ArrayList<Claim>();
        while (rows.next()) {
            claims.add(new Claim(rows.getLong(1), rows.getLong(2), rows.getString(3), rows.getString(4), rows.getString(5), rows.getString(6), rows.getInt(7), leaseUntil));
        }
        return claims;
    }

    static void complete(Connection connection, Collection<Claim> claims) throws SQLException {
        try (var statement = connection.prepareStatement(COMPLETE)) {
            bind(statement, 1, claims);
            mustTouchAll(statement.executeUpdate(), claims);
        }
    }

    /** Gives the ids whose lease is longer now; the others were taken over. */
    static Set<Long> extend(Connection connection, Collection<Claim> claims, Instant leaseUntil) throws SQLException {
        try (var statement = connection.prepareStatement(EXTEND)) {
            statement.setObject(1, time(leaseUntil));
            bind(statement, 2, claims);
            var extended = new java.util.HashSet<Long>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    extended.add(rows.getLong(1));
                }
            }
            return extended;
        }
    }

    static void release(Connection connection, Collection<Claim> claims, Instant at, String error) throws SQLException {
        try (var statement = connection.prepareStatement(RELEASE)) {
            statement.setObject(1, time(at));
            statement.setString(2, error.length() > 2000 ? error.substring(0, 2000) : error);
            bind(statement, 3, claims);
            mustTouchAll(statement.executeUpdate(), claims);
        }
    }

    static void postpone(Connection connection, Collection<Claim> claims, Instant at) throws SQLException {
        try (var statement = connection.prepareStatement(POSTPONE)) {
            statement.setObject(1, time(at));
            bind(statement, 2, claims);
            mustTouchAll(statement.executeUpdate(), claims);
        }
    }

    private static void bind(PreparedStatement statement, int first, Collection<Claim> claims) throws SQLException {
        statement.setObject(first, claims.stream().mapToLong(Claim::id).toArray());
        statement.setObject(first + 1, claims.stream().mapToLong(Claim::fence).toArray());
    }

    private static void mustTouchAll(int touched, Collection<Claim> claims) {
        if (touched != claims.size()) {
            throw new LostClaim("%d of %d claims were taken over by another worker".formatted(claims.size() - touched, claims.size()));
        }
    }

    private static <T> java.sql.Array texts(Connection connection, List<T> items, Function<T, String> field) throws SQLException {
        var texts = new String[items.size()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = field.apply(items.get(i));
        }
        return connection.createArrayOf("text", texts);
    }

    static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
