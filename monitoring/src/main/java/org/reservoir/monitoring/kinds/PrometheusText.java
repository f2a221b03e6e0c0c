package org.reservoir.monitoring.kinds;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads what exporters show: Prometheus' text exposition format 0.0.4, and of OpenMetrics 1.0 what is written the same. One line
 * is {@code name{label="value",…} number [timestamp]}; comments are passed over, lines that make no sense are counted. Pure.
 */
final class PrometheusText {
    private static final int MOST_LABELS = 64;

    /** Takes one sample. */
    @FunctionalInterface
    interface Taker {
        void sample(String name, Map<String, String> labels, double value);
    }

    private final String line;
    private int at;

    private PrometheusText(String line) {
        this.line = line;
    }

    /** @return lines that are neither samples nor comments */
    static int read(String text, Taker taker) {
        int senseless = 0;
        for (var line : (Iterable<String>) text.lines()::iterator) {
            var one = line.strip();
            if (!one.isEmpty() && !one.startsWith("#") && !new PrometheusText(one).sample(taker)) {
                senseless++;
            }
        }
        return senseless;
    }

    private boolean sample(Taker taker) {
        var name = name();
        var labels = new LinkedHashMap<String, String>();
        if (name.isEmpty() || peek() == '{' && !labels(labels)) {
            return false;
        }
        var rest = line.substring(at).strip().split("\\s+");
        try {
            taker.sample(name, labels, number(rest[0]));
            return true;
        } catch (NumberFormatException nonsense) {
            return false;
        }
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    private char peek() {
        return at < line.length() ? line.charAt(at) : '\n';
    }

    private void skipBlanks() {
        while (peek() == ' ' || peek() == '\t') {
            at++;
        }
    }

    private String name() {
        int from = at;
        while (Character.isLetterOrDigit(peek()) || peek() == '_' || peek() == ':' || peek() == '.') {
            at++;
        }
        var name = line.substring(from, at);
        skipBlanks();
        return name;
    }

    private boolean labels(Map<String, String> labels) {
        at++;
        for (skipBlanks(); peek() != '}'; skipBlanks()) {
            var name = name();
            if (name.isEmpty() || peek() != '=' || labels.size() >= MOST_LABELS) {
                return false;
            }
            at++;
            skipBlanks();
            if (peek() != '"') {
                return false;
            }
            at++;
            var value = new StringBuilder();
            if (!value(value)) {
                return false;
            }
            labels.put(name, value.toString());
            skipBlanks();
            if (peek() == ',') {
                at++;
            } else if (peek() != '}') {
                return false;
            }
        }
        at++;
        return true;
    }

    /** Up to the closing quote, which is passed. */
    private boolean value(StringBuilder value) {
        for (; at < line.length(); at++) {
            char c = line.charAt(at);
            if (c == '"') {
                at++;
                return true;
            }
            if (c == '\\' && at + 1 < line.length()) {
                at++;
                c = line.charAt(at) == 'n' ? '\n' : line.charAt(at);
            }
            value.append(c);
        }
        return false;
    }
}
