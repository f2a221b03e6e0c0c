package org.reservoir.kernel.expression;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** How numbers with units are read and written. */
final class Quantities {
    private static final int MAX_DIGITS = 30;
    private static final Map<String, Value.Amount> UNITS = units();
    private static final String[] SIZES = {"PiB", "TiB", "GiB", "MiB", "KiB"};
    private static final String[] TIMES = {"d", "h", "m"};

    private Quantities() {}

    private static Map<String, Value.Amount> units() {
        var units = new LinkedHashMap<String, Value.Amount>();
        units.put("%", new Value.Amount(new BigDecimal("0.01"), Dimension.SHARE));
        put(units, Dimension.TIME, "ms", "0.001", "s", "1", "m", "60", "min", "60", "h", "3600", "d", "86400", "w", "604800");
        put(units, Dimension.DATA, "B", "1", "kB", "1e3", "MB", "1e6", "GB", "1e9", "TB", "1e12", "PB", "1e15");
        put(units, Dimension.DATA, "KiB", "1024", "MiB", "1048576", "GiB", "1073741824", "TiB", "1099511627776", "PiB", "1125899906842624");
        return units;
    }

    private static void put(Map<String, Value.Amount> units, Dimension dimension, String... pairs) {
        for (int i = 0; i < pairs.length; i += 2) {
            units.put(pairs[i], new Value.Amount(new BigDecimal(pairs[i + 1]), dimension));
        }
    }

    static boolean isUnit(String word) {
        return UNITS.containsKey(word);
    }

    /** Reads digits with a unit of {@link #UNITS} or none; empty when the unit is unknown or the number too long. */
    static Optional<Value.Amount> read(String text) {
        int end = 0;
        while (end < text.length() && (Character.isDigit(text.charAt(end)) || text.charAt(end) == '.')) {
            end++;
        }
        var unit = text.substring(end).strip();
        if (end > MAX_DIGITS || !unit.isEmpty() && !isUnit(unit)) {
            return Optional.empty();
        }
        var number = new BigDecimal(text.substring(0, end));
        return Optional.of(unit.isEmpty() ? Value.count(number)
                : new Value.Amount(number.multiply(UNITS.get(unit).number()), UNITS.get(unit).dimension()));
    }

    static String written(Value.Amount amount) {
        var dimension = amount.dimension();
        if (dimension.equals(Dimension.SHARE)) {
            return plain(amount.number().movePointRight(2)) + "%";
        }
        if (dimension.equals(Dimension.DATA)) {
            return inUnits(amount.number(), SIZES, "B");
        }
        if (dimension.equals(Dimension.TIME)) {
            return inUnits(amount.number(), TIMES, "s");
        }
        var suffix = dimension.plain() ? "" : dimension.equals(new Dimension(-1, 1, Dimension.Scale.EITHER)) ? " B/s"
                : dimension.equals(new Dimension(-1, 0, Dimension.Scale.EITHER)) ? " /s" : "";
        return plain(amount.number()) + suffix;
    }

    private static String inUnits(BigDecimal number, String[] larger, String smallest) {
        for (var unit : larger) {
            var size = UNITS.get(unit).number();
            if (number.abs().compareTo(size) >= 0) {
                return plain(number.divide(size, Value.PRECISION)) + " " + unit;
            }
        }
        return plain(number) + " " + smallest;
    }

    private static String plain(BigDecimal number) {
        var rounded = number.scale() > 3 ? number.setScale(3, RoundingMode.HALF_EVEN) : number;
        if (rounded.signum() == 0 && number.signum() != 0) {
            rounded = number.round(new java.math.MathContext(3));
        }
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }
}
