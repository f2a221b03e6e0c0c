package org.reservoir.monitoring.probe;

import java.util.List;

/** Named columns and rows of scalars (texts, booleans, {@code Long}s, {@code Double}s), each row as wide as the columns. */
public record Table(List<String> columns, List<List<Object>> rows) {
    public Table {
        columns = List.copyOf(columns);
        int width = columns.size();
        rows = rows.stream().map(List::copyOf).toList();
        if (!rows.stream().allMatch(row -> row.size() == width && row.stream().allMatch(ValueType::isScalar))) {
            throw new IllegalStateException("a row of a table is not as wide as its %d columns, or holds something that is no scalar".formatted(width));
        }
    }
}
