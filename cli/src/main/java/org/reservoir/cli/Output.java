package org.reservoir.cli;

import java.io.PrintStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes answers as tables for people, or as JSON or YAML for programs. */
record Output(PrintStream out, Format format, Instant now) {
    enum Format { TABLE, JSON, YAML }

    /** Fields that hold bytes, written as sizes where people read them. */
    private static final Set<String> SIZES = Set.of("memory", "disk", "size", "length", "virtualSize", "wantedSize", "done", "memoryReserve", "bytes");

    void list(List<?> items, List<Column> columns) {
        switch (format) {
            case TABLE -> table(items, columns);
            case JSON -> out.println(Json.write(items, true));
            case YAML -> yaml(items, "", false);
        }
    }

    void one(Object item) {
        switch (format) {
            case TABLE -> yaml(filled(item), "", true);
            case JSON -> out.println(Json.write(item, true));
            case YAML -> yaml(item, "", false);
        }
    }

    /** {@code value} without what is empty in it. */
    private static Object filled(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                var some = new LinkedHashMap<Object, Object>();
                map.forEach((key, field) -> {
                    var inner = filled(field);
                    if (!inner.equals(Map.of()) && !inner.equals(List.of()) && !inner.equals("")) {
                        some.put(key, inner);
                    }
                });
                yield some;
            }
            case List<?> list -> list.stream().map(Output::filled).toList();
            default -> value;
        };
    }

    private void table(List<?> items, List<Column> columns) {
        var rows = new ArrayList<List<String>>();
        rows.add(columns.stream().map(Column::head).toList());
        items.forEach(item -> rows.add(columns.stream().map(column -> column.cell(item, now)).toList()));
        var widths = new int[columns.size()];
        for (var row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        var text = new StringBuilder();
        for (var row : rows) {
            line(text, row, widths);
        }
        out.print(text);
    }

    private static void line(StringBuilder text, List<String> row, int[] widths) {
        var start = text.length();
        for (int i = 0; i < widths.length; i++) {
            text.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
        }
        while (text.length() > start && text.charAt(text.length() - 1) == ' ') {
            text.setLength(text.length() - 1);
        }
        text.append('\n');
    }

    private void yaml(Object value, String indent, boolean forPeople) {
        switch (value) {
            case Map<?, ?> map when !map.isEmpty() -> map.forEach((key, field) -> field(indent + key + ":", key.toString(), field, indent, forPeople));
            case List<?> list when !list.isEmpty() -> list.forEach(item -> item(item, indent, forPeople));
            default -> out.println(indent + scalar(value, "", forPeople));
        }
    }

    private void field(String head, String key, Object value, String indent, boolean forPeople) {
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            out.println(head);
            yaml(value, indent + "  ", forPeople);
        } else if (value instanceof List<?> list && !list.isEmpty()) {
            out.println(head);
            yaml(value, indent + (forPeople ? "  " : ""), forPeople);
        } else {
            out.println(head + " " + scalar(value, key, forPeople));
        }
    }

    private void item(Object item, String indent, boolean forPeople) {
        if (!(item instanceof Map<?, ?> map) || map.isEmpty()) {
            out.println(indent + "- " + scalar(item, "", forPeople));
            return;
        }
        var lead = indent + "- ";
        for (var entry : map.entrySet()) {
            field(lead + entry.getKey() + ":", entry.getKey().toString(), entry.getValue(), indent + "  ", forPeople);
            lead = indent + "  ";
        }
    }

    private static String scalar(Object value, String key, boolean forPeople) {
        return switch (value) {
            case Map<?, ?> _ -> "{}";
            case List<?> _ -> "[]";
            case Number number when forPeople && SIZES.contains(key) -> Column.size(number);
            case Object each when forPeople -> Column.text(each);
            case String text -> plain(text) ? text : Json.write(text, false);
            case BigDecimal number -> number.toPlainString();
            default -> value.toString();
        };
    }

    /** Whether YAML reads {@code text} as that text without quotes; JSON's quotes are YAML's too. */
    private static boolean plain(String text) {
        return text.matches("[A-Za-z/_][A-Za-z0-9/_.@-]*") && !Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n").contains(text.toLowerCase(java.util.Locale.ROOT));
    }
}
