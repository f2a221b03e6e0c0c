package org.reservoir.cli;

import java.math.BigDecimal;
import java.util.Map;

/** Reads what options hold. */
final class Numbers {
    private Numbers() {}

    static Object read(String option, String text) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException _) {
            throw Failure.usage("%s takes a number, not '%s'.".formatted(option, text), "");
        }
    }

    static Map.Entry<String, Object> pair(String option, String text) {
        var equals = text.indexOf('=');
        if (equals < 1) {
            throw Failure.usage("%s takes KEY=VALUE, not '%s'.".formatted(option, text), "");
        }
        return Map.entry(text.substring(0, equals), text.substring(equals + 1));
    }
}
