package org.reservoir.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** One column of a table: its head, where its value is in an item, and how it is written. */
record Column(String head, String path, Form form) {
    enum Form { TEXT, SIZE, AGE }

    private static final Pattern INSTANT = Pattern.compile("^(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d)\\.\\d+Z$");

    /** Written {@code HEAD=path}, {@code HEAD=path:size}, {@code HEAD=path:age}; without a path it is the head in lower case. */
    static List<Column> of(String... columns) {
        return java.util.Arrays.stream(columns).map(Column::parsed).toList();
    }

    private static Column parsed(String text) {
        var head = text.split("=")[0];
        var path = text.contains("=") ? text.substring(text.indexOf('=') + 1) : head.toLowerCase(java.util.Locale.ROOT);
        var form = path.endsWith(":size") ? Form.SIZE : path.endsWith(":age") ? Form.AGE : Form.TEXT;
        return new Column(head, path.replaceFirst(":(size|age)$", ""), form);
    }

    String cell(Object item, Instant now) {
        var value = Json.at(item, path);
        return switch (form) {
            case TEXT -> text(value);
            case SIZE -> size(value);
            case AGE -> age(value.toString(), now);
        };
    }

    static String text(Object value) {
        return switch (value) {
            case List<?> list -> list.stream().map(Column::text).collect(Collectors.joining(", "));
            case Map<?, ?> map -> map.entrySet().stream().map(entry -> entry.getKey() + "=" + text(entry.getValue())).collect(Collectors.joining(", "));
            case Boolean truth -> truth ? "yes" : "no";
            case BigDecimal number -> number.toPlainString();
            default -> printable(seconds(value.toString()));
        };
    }

    /** Nobody reads fractions of seconds. */
    static String seconds(String text) {
        return INSTANT.matcher(text).replaceFirst("$1Z");
    }

    /** A measured value as people read it: four digits are enough. */
    static String figure(Object value) {
        var number = new BigDecimal(value.toString());
        var rounded = number.precision() - number.scale() >= 4 ? number.setScale(0, RoundingMode.HALF_UP) : number.round(new MathContext(4));
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }

    /** What came from elsewhere must not steer the terminal. */
    static String printable(String text) {
        return text.codePoints().anyMatch(Character::isISOControl) ? text.replaceAll("\\p{Cntrl}", "·") : text;
    }

    /** Bytes as people read them. */
    static String size(Object value) {
        if (!(value instanceof Number)) {
            return value.toString();
        }
        var bytes = new BigDecimal(value.toString()).doubleValue();
        var units = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB");
        int unit = 0;
        while (bytes >= 1024 && unit < units.size() - 1) {
            bytes /= 1024;
            unit++;
        }
        return (bytes == Math.rint(bytes) ? Long.toString((long) bytes) : BigDecimal.valueOf(bytes).setScale(1, RoundingMode.HALF_UP).toString())
                + " " + units.get(unit);
    }

    private static String age(String instant, Instant now) {
        try {
            return instant.isEmpty() ? "" : duration(Duration.between(Instant.parse(instant), now));
        } catch (DateTimeParseException _) {
            return printable(instant);
        }
    }

    /** {@code PT1H30M} as {@code 1h30m}. */
    static String span(String duration) {
        return duration.replaceFirst("^PT", "").toLowerCase(java.util.Locale.ROOT);
    }

    /** {@code 12s}, {@code 5m}, {@code 3h}, {@code 9d}. */
    static String duration(Duration time) {
        var seconds = Math.max(0, time.toSeconds());
        return seconds < 120 ? seconds + "s" : seconds < 7200 ? seconds / 60 + "m" : seconds < 172_800 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
    }
}
