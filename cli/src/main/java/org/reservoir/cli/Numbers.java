package org.reservoir.cli;

import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads what options hold. */
final class Numbers {
    private static final Pattern SIZE = Pattern.compile("([0-9]+(?:\\.[0-9]+)?) ?([KMGTP]?)i?B?");

    private Numbers() {}

    static Object read(String option, String text) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException _) {
            throw Failure.usage("%s takes a number, not '%s'.".formatted(option, text), "");
        }
    }

    /** CPUs as users write them, in the thousandths in which the site counts them. */
    static Object milliCpus(String option, String text) {
        try {
            var milli = new BigDecimal(text).movePointRight(3).toBigIntegerExact();
            if (milli.signum() >= 0) {
                return milli;
            }
        } catch (ArithmeticException | NumberFormatException _) {
            // told below, the same for every shape of nonsense
        }
        throw Failure.usage("%s takes CPUs from 0 up, not '%s'.".formatted(option, text), "Write it like 2 or 0.5 (at most three decimals); left out, there is no bound.");
    }

    static long whole(String option, String text) {
        if (!text.matches("[1-9][0-9]{0,8}")) {
            throw Failure.usage("%s takes a whole number from 1, not '%s'.".formatted(option, text), "");
        }
        return Long.parseLong(text);
    }

    /** Bytes of {@code 512MiB}, {@code 2GiB}, {@code 1.5G} or a plain number. */
    static Object bytes(String option, String text) {
        var size = SIZE.matcher(text.strip());
        if (!size.matches()) {
            throw Failure.usage("%s takes a size, not '%s'.".formatted(option, text), "Write it like 512MiB or 2GiB.");
        }
        return new BigDecimal(size.group(1)).multiply(BigDecimal.valueOf(1L << 10 * " KMGTP".indexOf(size.group(2)))).toBigInteger();
    }

    static Map.Entry<String, Object> pair(String option, String text) {
        var equals = text.indexOf('=');
        if (equals < 1) {
            throw Failure.usage("%s takes KEY=VALUE, not '%s'.".formatted(option, text), "");
        }
        return Map.entry(text.substring(0, equals), text.substring(equals + 1));
    }
}
