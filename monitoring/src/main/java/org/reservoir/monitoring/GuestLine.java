package org.reservoir.monitoring;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;

/**
 * One line of a guest's voice. The language, one line each, words parted by one space, UTF-8, ended by LF or CR LF:
 * <pre>
 * HELLO vee-7 SECRET     who speaks; must come first, and may be said again
 * READY                  the guest's work may begin
 * KPI NAME VALUE         a KPI of the manifest and its value, a decimal number
 * </pre>
 */
public sealed interface GuestLine {
    /** Longest line taken, in characters. */
    int LONGEST = 512;
    int LONGEST_KPI_NAME = 200;

    record Hello(VeeId vee, String secret) implements GuestLine {
        @Override
        public String toString() {
            return "Hello(" + vee + ")"; // the secret goes into no log
        }
    }

    record Ready() implements GuestLine {}

    record Kpi(String name, double value) implements GuestLine {}

    /** @throws Refused {@code BAD_GUEST_LINE}, {@code BAD_ID} or {@code BAD_KPI} */
    static GuestLine parse(String line) {
        if (line.length() > LONGEST) {
            throw bad("The line has %d characters.".formatted(line.length()));
        }
        var words = line.strip().split(" +");
        return switch (words[0] + "/" + words.length) {
            case "HELLO/3" -> new Hello(VeeId.parse(words[1]), words[2]);
            case "READY/1" -> new Ready();
            case "KPI/3" -> new Kpi(SeriesKey.kpi(words[1], LONGEST_KPI_NAME), number(words[2]));
            default -> throw bad("This is no line of a guest's voice.");
        };
    }

    private static double number(String text) {
        if (text.length() <= 40 && text.matches("[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")) {
            var value = Double.parseDouble(text);
            if (Double.isFinite(value)) {
                return value;
            }
        }
        throw bad("The value of a KPI must be a decimal number.");
    }

    private static Refused bad(String message) {
        return Refused.invalid("BAD_GUEST_LINE", message, "Say HELLO <vee> <secret>, READY, or KPI <name> <number>, in at most %d characters.".formatted(LONGEST));
    }
}
