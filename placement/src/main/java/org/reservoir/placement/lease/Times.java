package org.reservoir.placement.lease;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Spans of time as Haizea writes them: {@code [days:]hours:minutes:seconds[.fraction]}, perhaps with a sign. */
final class Times {
    private static final Pattern SPAN = Pattern.compile("\\s*([+-]?)(?:(\\d{1,8}):)?(\\d{1,10}):(\\d{1,10})(?::(\\d{1,12})(?:\\.(\\d{0,9})\\d*)?)?\\s*");

    private Times() {}

    /** Whole seconds, halves rounded up; empty if it is no span. */
    static OptionalLong parse(String text) {
        var match = SPAN.matcher(text);
        if (!match.matches()) {
            return OptionalLong.empty();
        }
        boolean minutesOnly = match.group(5) == null;
        if (minutesOnly && match.group(2) != null) {
            return of(match.group(1), 0, Long.parseLong(match.group(2)), Long.parseLong(match.group(3)), Long.parseLong(match.group(4)), 0);
        }
        long days = match.group(2) == null ? 0 : Long.parseLong(match.group(2));
        long seconds = minutesOnly ? 0 : Long.parseLong(match.group(5));
        double fraction = match.group(6) == null || match.group(6).isEmpty() ? 0 : Double.parseDouble("0." + match.group(6));
        return of(match.group(1), days, Long.parseLong(match.group(3)), Long.parseLong(match.group(4)), seconds, fraction);
    }

    private static OptionalLong of(String sign, long days, long hours, long minutes, long seconds, double fraction) {
        long whole = 86_400 * days + 3600 * hours + 60 * minutes + seconds + (fraction >= 0.5 ? 1 : 0);
        return OptionalLong.of(sign.equals("-") ? -whole : whole);
    }
}
