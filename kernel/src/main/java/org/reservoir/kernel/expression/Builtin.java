package org.reservoir.kernel.expression;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The functions of numbers that every vocabulary has. Rounding works in base units (seconds, bytes, percent as a fraction). */
public enum Builtin {
    MIN, MAX, ABS, CEIL, FLOOR;

    static Optional<Builtin> named(String name) {
        return Arrays.stream(values()).filter(builtin -> builtin.word().equals(name)).findFirst();
    }

    static List<String> names() {
        return Arrays.stream(values()).map(Builtin::word).toList();
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** {@code min} and {@code max} take any number of arguments, the others one. */
    boolean takes(int arguments) {
        return this == MIN || this == MAX ? arguments >= 1 : arguments == 1;
    }

    BigDecimal of(List<BigDecimal> numbers) {
        var first = numbers.getFirst();
        return switch (this) {
            case MIN -> numbers.stream().reduce(BigDecimal::min).orElseThrow();
            case MAX -> numbers.stream().reduce(BigDecimal::max).orElseThrow();
            case ABS -> first.abs();
            case CEIL -> first.setScale(0, RoundingMode.CEILING);
            case FLOOR -> first.setScale(0, RoundingMode.FLOOR);
        };
    }

    double of(double[] numbers) {
        double result = numbers[0];
        for (double number : numbers) {
            result = this == MIN ? Math.min(result, number) : this == MAX ? Math.max(result, number) : result;
        }
        return switch (this) {
            case MIN, MAX -> result;
            case ABS -> Math.abs(result);
            case CEIL -> Math.ceil(result);
            case FLOOR -> Math.floor(result);
        };
    }
}
