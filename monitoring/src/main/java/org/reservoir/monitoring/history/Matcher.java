package org.reservoir.monitoring.history;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

import org.reservoir.kernel.Refused;

/**
 * What a tag of a series must be, as PromQL has it: a tag that is absent counts as empty, and a pattern must match the whole value.
 * Patterns are Java's, of which RE2's are nearly a part; longer than {@value #LONGEST} characters they are refused.
 */
public record Matcher(String tag, Op op, String value, Pattern pattern) {
    private static final int LONGEST = 1_000;

    public enum Op {
        EQUAL("="), UNEQUAL("!="), LIKE("=~"), UNLIKE("!~");

        private final String sign;

        Op(String sign) {
            this.sign = sign;
        }

        public String sign() {
            return sign;
        }

        boolean isPattern() {
            return this == LIKE || this == UNLIKE;
        }
    }

    /** @throws Refused {@code BAD_PATTERN} */
    public static Matcher of(String tag, Op op, String value) {
        try {
            if (op.isPattern() && value.length() > LONGEST) {
                throw Refused.invalid("BAD_PATTERN", "A pattern for %s has %d characters.".formatted(tag, value.length()), "Use at most %d.".formatted(LONGEST));
            }
            return new Matcher(tag, op, value, Pattern.compile(op.isPattern() ? value : "", Pattern.DOTALL));
        } catch (PatternSyntaxException e) {
            throw Refused.invalid("BAD_PATTERN", "'%s' is no pattern: %s.".formatted(value, e.getDescription()), "");
        }
    }

    public boolean matches(Map<String, String> tags) {
        var there = tags.getOrDefault(tag, "");
        return switch (op) {
            case EQUAL -> there.equals(value);
            case UNEQUAL -> !there.equals(value);
            case LIKE -> pattern.matcher(there).matches();
            case UNLIKE -> !pattern.matcher(there).matches();
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Matcher matcher && tag.equals(matcher.tag) && op == matcher.op && value.equals(matcher.value);
    }

    @Override
    public int hashCode() {
        return tag.hashCode() * 31 + value.hashCode();
    }

    @Override
    public String toString() {
        return tag + op.sign() + '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
