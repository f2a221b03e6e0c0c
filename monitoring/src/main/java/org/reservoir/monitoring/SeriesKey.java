package org.reservoir.monitoring;

import java.util.List;

import org.reservoir.kernel.Refused;

/**
 * Which series a sample belongs to: whose, and the name of what was measured. Names that begin with {@code vee.},
 * {@code host.}, {@code service.} or {@code site.} are given by Reservoir's own probes; all others are KPIs, whose
 * qualified names come from the manifest.
 */
public record SeriesKey(Subject subject, String name) {
    /** What names hold beside letters, digits and underscores. */
    private static final String MORE = ".:/@-";
    private static final List<String> OURS = List.of("vee.", "host.", "service.", "site.");

    /** Whether {@code name} is written as names of measurements are: letters, digits and {@code . _ - : / @}, first a letter or underscore. Its length is for the store to judge. */
    public static boolean isName(String name) {
        boolean good = !name.isEmpty() && isFirst(name.charAt(0));
        for (int i = 1; good && i < name.length(); i++) {
            char c = name.charAt(i);
            good = isFirst(c) || c >= '0' && c <= '9' || MORE.indexOf(c) >= 0;
        }
        return good;
    }

    private static boolean isFirst(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
    }

    /** Whether only Reservoir's own probes may report under {@code name}. */
    public static boolean isReserved(String name) {
        return OURS.stream().anyMatch(name::startsWith);
    }

    /** Whether a guest may report a KPI under {@code name}. */
    public static boolean isKpi(String name) {
        return name.length() <= GuestLine.LONGEST_KPI_NAME && isName(name) && !isReserved(name);
    }

    /** Gives a KPI's name back. @throws Refused {@code BAD_KPI} when it is misspelt, too long or reserved */
    public static String kpi(String name, int longest) {
        if (name.length() > longest || !isName(name) || isReserved(name)) {
            var shown = name.length() <= 60 ? name : name.substring(0, 60) + "…";
            throw Refused.invalid("BAD_KPI", "'%s' is no name for a KPI.".formatted(shown),
                    "Use up to %d letters, digits and . _ - : / @, not beginning with %s.".formatted(longest, String.join(" ", OURS)));
        }
        return name;
    }
}
