package org.reservoir.kernel;

/** How all ids are written and read. */
final class Ids {
    private Ids() {}

    static void requirePositive(long value, String prefix) {
        if (value <= 0) {
            throw Refused.invalid("BAD_ID", "'%s-%d' is no id: the number must be 1 or more.".formatted(prefix, value), "");
        }
    }

    static long parse(String text, String prefix) {
        var digits = text.startsWith(prefix + "-") ? text.substring(prefix.length() + 1) : text;
        if (digits.isEmpty() || digits.length() > 18 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw Refused.invalid("BAD_ID", "'%s' is no %s id.".formatted(shortened(text), prefix),
                    "Write it like %s-7 or 7.".formatted(prefix));
        }
        return Long.parseLong(digits);
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
