package org.reservoir.monitoring.probe;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The thirteen types of Lattice's measurements, with the letter by which its XDR frames name them. */
public enum ValueType {
    BOOLEAN('Z'), BYTE('B'), CHAR('C'), SHORT('S'), INTEGER('I'), LONG('J'), FLOAT('F'), DOUBLE('D'),
    STRING('"'), BYTES(']'),
    /** A {@link Table} of scalars. */ TABLE('T'),
    /** A map from texts to scalars. */ MAP('M'),
    /** A list of scalars. */ LIST('L');

    private static final ValueType[] ALL = values();
    private final char letter;

    ValueType(char letter) {
        this.letter = letter;
    }

    public char letter() {
        return letter;
    }

    /** Whether it is kept as a number: all but STRING and what follows it. */
    public boolean isNumber() {
        return compareTo(STRING) < 0;
    }

    public boolean isFloating() {
        return this == FLOAT || this == DOUBLE;
    }

    /** Empty for a number that no type has. */
    public static Optional<ValueType> ofOrdinal(int ordinal) {
        return ordinal >= 0 && ordinal < ALL.length ? Optional.of(ALL[ordinal]) : Optional.empty();
    }

    /** Whether {@code thing} is a value of this type; for the types that are no numbers. */
    boolean admits(Object thing) {
        return switch (this) {
            case STRING -> thing instanceof String;
            case BYTES -> thing instanceof byte[];
            case TABLE -> thing instanceof Table;
            case MAP -> thing instanceof Map<?, ?> map && map.keySet().stream().allMatch(String.class::isInstance) && map.values().stream().allMatch(ValueType::isScalar);
            case LIST -> thing instanceof List<?> list && list.stream().allMatch(ValueType::isScalar);
            default -> false;
        };
    }

    /** Whether {@code thing} may stand in a list, map or table: a text, a boolean, a {@code Long} or a {@code Double}. */
    static boolean isScalar(Object thing) {
        return thing instanceof String || thing instanceof Boolean || thing instanceof Long || thing instanceof Double;
    }
}
