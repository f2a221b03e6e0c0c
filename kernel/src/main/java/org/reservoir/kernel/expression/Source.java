package org.reservoir.kernel.expression;

import java.util.Collection;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.Spelling;

/** The text of an expression, and the one way in which something wrong with it is told. */
record Source(String text) {
    static final int MAX_LENGTH = 4096;

    Source {
        if (text.length() > MAX_LENGTH) {
            throw new Refused(Refused.Kind.TOO_LARGE, "EXPRESSION_TOO_LONG",
                    "The expression has %d characters; %d are allowed.".formatted(text.length(), MAX_LENGTH), "Split it.");
        }
    }

    String at(Node.Span span) {
        return text.substring(span.start(), Math.min(span.end(), text.length()));
    }

    /** Message, then the line in question, then carets under the culprit. */
    Refused refused(Node.Span span, String message, String advice) {
        int start = Math.min(span.start(), text.length());
        int lineStart = text.lastIndexOf('\n', start - 1) + 1;
        int newline = text.indexOf('\n', start);
        int lineEnd = newline < 0 ? text.length() : newline;
        int line = 1 + (int) text.substring(0, lineStart).chars().filter(c -> c == '\n').count();
        int width = Math.max(1, Math.min(span.end(), lineEnd) - start);
        var pad = text.substring(lineStart, start).replaceAll("[^\t]", " ");
        return Refused.invalid("BAD_EXPRESSION", "Line %d, column %d: %s%n  %s%n  %s%s".formatted(line, start - lineStart + 1, message,
                text.substring(lineStart, lineEnd), pad, "^".repeat(width)), advice);
    }

    Refused unknown(Node.Span span, String what, String name, Collection<String> known) {
        var near = Spelling.nearest(name, known);
        var advice = near.map("Did you mean '%s'?"::formatted)
                .orElseGet(() -> known.isEmpty() ? "" : "Known here: " + String.join(", ", known.stream().sorted().limit(40).toList()) + ".");
        return refused(span, "'%s' is no %s here.".formatted(name, what), advice);
    }
}
