package org.reservoir.kernel.expression;

import java.util.ArrayList;
import java.util.List;

/** Cuts the text into words. A number takes its unit with it, also across a blank ({@code 512 MiB}). */
final class Lexer {
    enum Kind { NUMBER, TEXT, NAME, SYMBOL, END }

    /** @param text of a TEXT or back-quoted NAME without its quotes */
    record Token(Kind kind, String text, boolean quoted, Node.Span span) {
        boolean is(String word) {
            return !quoted && (kind == Kind.SYMBOL || kind == Kind.NAME) && text.equals(word);
        }
    }

    private final Source source;
    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Lexer(Source source) {
        this.source = source;
        this.text = source.text();
    }

    static List<Token> tokens(Source source) {
        var lexer = new Lexer(source);
        while (lexer.skipBlanks()) {
            lexer.next();
        }
        lexer.add(Kind.END, "", lexer.at);
        return lexer.tokens;
    }

    private boolean skipBlanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at < text.length();
    }

    private void next() {
        char c = text.charAt(at);
        if (digit(c)) {
            number();
        } else if (letter(c)) {
            int start = at;
            word();
            add(Kind.NAME, text.substring(start, at), start);
        } else if (c == '"' || c == '`') {
            quoted(c);
        } else {
            symbol();
        }
    }

    private void number() {
        int start = at;
        digits();
        if (at + 1 < text.length() && text.charAt(at) == '.' && digit(text.charAt(at + 1))) {
            at++;
            digits();
        }
        int end = at;
        if (at < text.length() && text.charAt(at) == '%') {
            at++;
        } else if (at < text.length() && letter(text.charAt(at))) {
            word();
        } else if (skipBlanks() && letter(text.charAt(at))) {
            int unit = at;
            word();
            at = Quantities.isUnit(text.substring(unit, at)) ? at : end;
        } else {
            at = end;
        }
        add(Kind.NUMBER, text.substring(start, at), start);
    }

    private void digits() {
        while (at < text.length() && digit(text.charAt(at))) {
            at++;
        }
    }

    private void word() {
        while (at < text.length() && (letter(text.charAt(at)) || digit(text.charAt(at)) || text.charAt(at) == '.')) {
            at++;
        }
    }

    private void quoted(char quote) {
        int start = at++;
        var content = new StringBuilder();
        while (at < text.length() && text.charAt(at) != quote) {
            if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                at++;
            }
            content.append(text.charAt(at++));
        }
        if (at >= text.length()) {
            throw source.refused(new Node.Span(start, start + 1), "this quote is never closed.", "Close it with %c.".formatted(quote));
        }
        at++;
        tokens.add(new Token(quote == '"' ? Kind.TEXT : Kind.NAME, content.toString(), true, new Node.Span(start, at)));
    }

    private void symbol() {
        int start = at;
        var two = text.substring(at, Math.min(at + 2, text.length()));
        if (List.of("<=", ">=", "!=", "==").contains(two)) {
            at += 2;
            add(Kind.SYMBOL, two.equals("==") ? "=" : two, start);
        } else if ("()[],=<>+-*/".indexOf(text.charAt(at)) >= 0) {
            at++;
            add(Kind.SYMBOL, text.substring(start, at), start);
        } else {
            var advice = switch (text.charAt(at)) {
                case '&' -> "Write 'and'.";
                case '|' -> "Write 'or'.";
                case '!' -> "Write 'not'.";
                case '\'' -> "Text is written in double quotes.";
                default -> "";
            };
            throw source.refused(new Node.Span(at, at + 1), "'%c' has no meaning here.".formatted(text.charAt(at)), advice);
        }
    }

    private void add(Kind kind, String word, int start) {
        tokens.add(new Token(kind, word, false, new Node.Span(start, at)));
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean letter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
    }
}
