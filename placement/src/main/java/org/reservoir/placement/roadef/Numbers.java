package org.reservoir.placement.roadef;

import org.reservoir.kernel.Refused;

/** Reads the numbers of a file: non-negative integers below 2 to the power of 31, between whitespace. What is wrong is told with its line. */
final class Numbers {
    private static final int SHOWN = 20;
    private final String file;
    private final String text;
    /** Where the number begins that is being read, and where the rest begins. */
    private int start;
    private int at;
    private int read;

    /** @param file its name, for messages */
    Numbers(String file, String text) {
        this.file = file;
        this.text = text;
    }

    private boolean more() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        start = at;
        return at < text.length();
    }

    /** @param what it is, for messages: as in "the capacity of a machine" */
    int next(String what) {
        if (!more()) {
            throw wrong("the file ends after %d numbers; the next would be %s".formatted(read, what));
        }
        long number = 0;
        for (; at < text.length() && !Character.isWhitespace(text.charAt(at)); at++) {
            int digit = text.charAt(at) - '0';
            number = 10 * number + digit;
            if (digit < 0 || digit > 9 || number > Integer.MAX_VALUE) {
                throw wrong("%s cannot be '%s', it must be a whole number from 0 to %d".formatted(what, word(), Integer.MAX_VALUE));
            }
        }
        read++;
        return (int) number;
    }

    int below(int limit, String what) {
        int number = next(what);
        if (number >= limit) {
            throw wrong("%s cannot be %d, it must be below %d".formatted(what, number, limit));
        }
        return number;
    }

    int size(String what, int most) {
        int number = next(what);
        if (number < 1 || number > most) {
            throw wrong("%s cannot be %d, there may be 1 to %d".formatted(what, number, most));
        }
        return number;
    }

    void fill(long[] target, int from, int count, String what) {
        for (int i = 0; i < count; i++) {
            target[from + i] = next(what);
        }
    }

    void end() {
        if (more()) {
            throw wrong("'%s' stands after the last number, which is number %d".formatted(word(), read));
        }
    }

    /** The word at which something is wrong, its beginning if it is long. */
    private String word() {
        int end = start;
        while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
            end++;
        }
        return end - start <= SHOWN ? text.substring(start, end) : text.substring(start, start + SHOWN) + "…";
    }

    /** At the line where the number begins that was read last or, when the file has ended, at the last line that says something. */
    Refused wrong(String what) {
        var before = start < text.length() ? text.substring(0, start) : text.stripTrailing();
        long line = 1 + before.chars().filter(it -> it == '\n').count();
        return Refused.invalid("BAD_INSTANCE", "%s, line %d: %s.".formatted(file, line, what),
                "Instances and assignments are written as in the ROADEF/EURO challenge 2012, section 2 of its problem statement.");
    }
}
