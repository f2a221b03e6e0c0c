package org.reservoir.monitoring.promql;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import org.reservoir.kernel.Refused;

/** Cuts a query into words. */
final class Lexer {
    private static final Pattern WORD = Pattern.compile(
            "(?<space>\\s+|#[^\\n]*)|(?<time>(?:[0-9]+(?:ms|[smhdwy]))+(?![A-Za-z0-9_]))|(?<number>0[xX][0-9a-fA-F]+|(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
                    + "|(?<name>[A-Za-z_:][A-Za-z0-9_:]*)|(?<text>\"(?:[^\"\\\\\\n]|\\\\.)*\"|'(?:[^'\\\\\\n]|\\\\.)*'|`[^`]*`)|(?<sign>=~|!~|==|!=|<=|>=|[-+*/%^<>=(){}\\[\\],@:])");

    enum Kind { NAME, NUMBER, TIME, TEXT, SIGN, END }

    record Word(Kind kind, String text, int at) {
        boolean is(String other) {
            return (kind == Kind.SIGN || kind == Kind.NAME) && text.equals(other);
        }
    }

    private Lexer() {}

    static List<Word> words(String query) {
        var words = new ArrayList<Word>();
        var matcher = WORD.matcher(query);
        int at = 0;
        boolean range = false;
        while (at < query.length()) {
            if (range && query.charAt(at) == ':') { // of a subquery; elsewhere it is part of a name
                words.add(new Word(Kind.SIGN, ":", at++));
                continue;
            }
            matcher.region(at, query.length());
            if (!matcher.lookingAt()) {
                throw bad(query, at, "'%s' is not expected".formatted(query.charAt(at)));
            }
            for (var kind : List.of("name", "number", "time", "text", "sign")) {
                if (matcher.group(kind) != null) {
                    words.add(new Word(Kind.valueOf(kind.toUpperCase(java.util.Locale.ROOT)), matcher.group(kind), at));
                }
            }
            range = matcher.group().equals("[") || range && !matcher.group().equals("]");
            at = matcher.end();
        }
        words.add(new Word(Kind.END, "the end", query.length()));
        return words;
    }

    static Refused bad(String query, int at, String what) {
        return Refused.invalid("BAD_QUERY_EXPRESSION", "%s (character %d of the query).".formatted(what, at + 1), "");
    }

    /** Milliseconds of {@code 1h30m}. */
    static long millis(String text) {
        long sum = 0;
        var part = Pattern.compile("([0-9]+)(ms|[smhdwy])").matcher(text);
        while (part.find()) {
            sum += Long.parseLong(part.group(1)) * switch (part.group(2)) {
                case "ms" -> 1;
                case "s" -> 1_000;
                case "m" -> 60_000;
                case "h" -> 3_600_000;
                case "d" -> 86_400_000;
                case "w" -> 7 * 86_400_000L;
                default -> 365 * 86_400_000L;
            };
        }
        return sum;
    }

    static String unquoted(String text) {
        var inner = text.substring(1, text.length() - 1);
        if (text.startsWith("`")) {
            return inner;
        }
        var plain = new StringBuilder();
        for (int i = 0; i < inner.length(); i++) {
            char c = inner.charAt(i);
            if (c == '\\') {
                c = switch (inner.charAt(++i)) {
                    case 'n' -> '\n';
                    case 't' -> '\t';
                    case 'r' -> '\r';
                    default -> inner.charAt(i);
                };
            }
            plain.append(c);
        }
        return plain.toString();
    }
}
