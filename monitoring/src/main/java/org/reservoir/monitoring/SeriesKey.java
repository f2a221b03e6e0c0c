package org.reservoir.monitoring;

import java.util.List;
import java.util.regex.Pattern;

import org.reservoir.kernel.Refused;

/**
 * Which series a sample belongs to: whose, and the name of what was measured. Names that begin with {@code vee.},
 * {@code host.}, {@code service.} or {@code site.} are given by Reservoir's own probes; all others are KPIs, whose
 * qualified names come from the manifest.
 */
public record SeriesKey(Subject subject, String name) {
    /** Letters, digits and {@code . _ - : / @}; begins with a letter or underscore. */
    private static final Pattern SHAPE = Pattern.compile("[A-Za-z_][A-Za-z0-9._:/@-]*");
    private static final List<String> OURS = List.of("vee.", "host.", "service.", "site.");

    /** Whether {@code name} is written as names of measurements are; its length is for the store to judge. */
    public static boolean isName(String name) {
        return SHAPE.matcher(name).matches();
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
