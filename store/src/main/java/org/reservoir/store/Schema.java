package org.reservoir.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What PostgreSQL's catalogue says about the tables of a site database, in whatever schema a room keeps them. Names are qualified, and quoted where need be. */
final class Schema {
    /** @param columnList the quoted names of the columns that hold data of their own (no generated ones) */
    record Table(String name, String columnList) {}

    private static final String OURS = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_t%'";

    private Schema() {}

    /** The migrations in the order in which they were applied. */
    static List<String> appliedScripts(Connection connection) throws SQLException {
        return texts(connection, "SELECT script FROM flyway_schema_history WHERE success AND type = 'SQL' ORDER BY installed_rank");
    }

    /** Tables so ordered that each comes after those it refers to. */
    static List<Table> tables(Connection connection) throws SQLException {
        var references = new LinkedHashMap<String, Set<String>>();
        var columns = new LinkedHashMap<String, String>();
        try (var statement = connection.createStatement(); var rows = statement.executeQuery("""
                SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname), (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
                                   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
                       ARRAY(SELECT DISTINCT quote_ident(m.nspname) || '.' || quote_ident(f.relname) FROM pg_constraint k
                             JOIN pg_class f ON f.oid = k.confrelid JOIN pg_namespace m ON m.oid = f.relnamespace
                             WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid <> c.oid)
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE %s AND c.relkind = 'r' ORDER BY 1""".formatted(OURS))) {
            while (rows.next()) {
                columns.put(rows.getString(1), rows.getString(2));
                references.put(rows.getString(1), Set.of((String[]) rows.getArray(3).getArray()));
            }
        }
        var ordered = new LinkedHashSet<String>();
        while (ordered.size() < references.size()) {
            int before = ordered.size();
            references.forEach((table, needs) -> {
                if (ordered.containsAll(needs)) {
                    ordered.add(table);
                }
            });
            if (ordered.size() == before) {
                throw new IllegalStateException("tables refer to each other in a ring: %s without %s".formatted(references.keySet(), ordered));
            }
        }
        return ordered.stream().map(name -> new Table(name, columns.get(name))).toList();
    }

    /** The sequences and the last number each has given out, or will begin before. */
    static Map<String, Long> counters(Connection connection) throws SQLException {
        var counters = new LinkedHashMap<String, Long>();
        for (var name : sequences(connection)) {
            // asked of the sequence itself: the catalogue's view would show it as of the snapshot too, but is slower
            try (var statement = connection.createStatement(); var row = statement.executeQuery("SELECT last_value, is_called FROM " + name)) {
                row.next();
                if (row.getBoolean(2)) {
                    counters.put(name, row.getLong(1));
                }
            }
        }
        return counters;
    }

    static List<String> sequences(Connection connection) throws SQLException {
        return texts(connection, """
                SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE %s AND c.relkind = 'S' ORDER BY 1""".formatted(OURS));
    }

    private static List<String> texts(Connection connection, String query) throws SQLException {
        try (var statement = connection.createStatement(); var rows = statement.executeQuery(query)) {
            var texts = new ArrayList<String>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        }
    }
}
