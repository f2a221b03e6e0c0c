package org.reservoir.monitoring.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Table;
import org.reservoir.monitoring.probe.ValueType;

/** How the values of a row stand in a frame. */
final class Values {
    /** Room that any number takes at most. */
    static final int LONGEST_NUMBER = 9;
    private static final int MOST_ELEMENTS = 100_000;

    private Values() {}

    static void putNumber(Cursor out, ValueType type, long bits) {
        switch (type) {
            case BOOLEAN, BYTE -> out.putByte((int) bits);
            case FLOAT -> out.putInt(Float.floatToRawIntBits((float) Double.longBitsToDouble(bits)));
            case DOUBLE -> out.putVar(Long.reverseBytes(bits)); // round numbers end in zero bytes and become short
            default -> out.putSigned(bits);
        }
    }

    static long takeNumber(Cursor in, ValueType type) {
        return switch (type) {
            case BOOLEAN -> in.takeByte() & 1;
            case BYTE -> (byte) in.takeByte();
            case CHAR -> (char) in.takeSigned();
            case SHORT -> (short) in.takeSigned();
            case INTEGER -> (int) in.takeSigned();
            case FLOAT -> Double.doubleToRawLongBits(Float.intBitsToFloat(in.takeInt()));
            case DOUBLE -> Long.reverseBytes(in.takeVar());
            default -> in.takeSigned();
        };
    }

    /** A number as its difference from the one before in the same stream. */
    static void putDelta(Cursor out, ValueType type, long bits, long before) {
        if (type.isFloating()) {
            out.putVar(Long.reverseBytes(bits ^ before));
        } else {
            out.putSigned(bits - before);
        }
    }

    static long takeDelta(Cursor in, ValueType type, long before) {
        return type.isFloating() ? before ^ Long.reverseBytes(in.takeVar()) : before + in.takeSigned();
    }

    /** False when it does not fit. */
    static boolean putThing(Cursor out, ValueType type, Object thing) {
        return switch (type) {
            case STRING -> out.putText((String) thing);
            case BYTES -> out.putBytes((byte[]) thing);
            case LIST -> putAll(out, (List<?>) thing);
            case MAP -> putMap(out, (Map<?, ?>) thing);
            case TABLE -> putTable(out, (Table) thing);
            default -> throw new IllegalStateException(type + " is a number");
        };
    }

    static Object takeThing(Cursor in, ValueType type) {
        return switch (type) {
            case STRING -> in.takeText();
            case BYTES -> in.takeBytes();
            case LIST -> takeAll(in);
            case MAP -> takeMap(in);
            case TABLE -> takeTable(in);
            default -> throw new IllegalStateException(type + " is a number");
        };
    }

    private static boolean putAll(Cursor out, List<?> scalars) {
        if (out.left() < 9) {
            return false;
        }
        out.putVar(scalars.size());
        for (var scalar : scalars) {
            if (!putScalar(out, scalar)) {
                return false;
            }
        }
        return true;
    }

    private static boolean putMap(Cursor out, Map<?, ?> map) {
        if (out.left() < 9) {
            return false;
        }
        out.putVar(map.size());
        for (var entry : map.entrySet()) {
            if (!out.putText((String) entry.getKey()) || !putScalar(out, entry.getValue())) {
                return false;
            }
        }
        return true;
    }

    private static boolean putTable(Cursor out, Table table) {
        if (!putAll(out, table.columns()) || out.left() < 9) {
            return false;
        }
        out.putVar(table.rows().size());
        for (var row : table.rows()) {
            for (var cell : row) {
                if (!putScalar(out, cell)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean putScalar(Cursor out, Object scalar) {
        if (out.left() < 10) {
            return false;
        }
        switch (scalar) {
            case Boolean value -> out.putByte(value ? 1 : 0);
            case Long value -> {
                out.putByte(2);
                out.putSigned(value);
            }
            case Double value -> {
                out.putByte(3);
                out.putVar(Long.reverseBytes(Double.doubleToRawLongBits(value)));
            }
            case String value -> {
                out.putByte(4);
                return out.putText(value);
            }
            default -> throw new IllegalStateException("no scalar: " + scalar);
        }
        return true;
    }

    private static Object takeScalar(Cursor in) {
        return switch (in.takeByte()) {
            case 0 -> false;
            case 1 -> true;
            case 2 -> in.takeSigned();
            case 3 -> Double.longBitsToDouble(Long.reverseBytes(in.takeVar()));
            case 4 -> in.takeText();
            default -> {
                in.broken = true;
                yield false;
            }
        };
    }

    private static List<Object> takeAll(Cursor in) {
        long size = size(in);
        var scalars = new ArrayList<Object>();
        for (long i = 0; i < size && !in.broken; i++) {
            scalars.add(takeScalar(in));
        }
        return scalars;
    }

    private static Map<String, Object> takeMap(Cursor in) {
        long size = size(in);
        var map = new LinkedHashMap<String, Object>();
        for (long i = 0; i < size && !in.broken; i++) {
            map.put(in.takeText(), takeScalar(in));
        }
        return map;
    }

    private static Table takeTable(Cursor in) {
        var columns = takeAll(in).stream().map(String::valueOf).toList();
        long size = columns.isEmpty() ? 0 : size(in);
        var rows = new ArrayList<List<Object>>();
        for (long i = 0; i < size && !in.broken; i++) {
            var row = new ArrayList<Object>();
            for (int column = 0; column < columns.size(); column++) {
                row.add(takeScalar(in));
            }
            rows.add(row);
        }
        return new Table(columns, rows);
    }

    /** Every element takes a byte at least, so a frame cannot promise more than it holds. */
    private static long size(Cursor in) {
        long size = in.takeVar();
        if (size < 0 || size > in.left() || size > MOST_ELEMENTS) {
            in.broken = true;
            return 0;
        }
        return size;
    }

    /** Passes over a value that nobody wants. */
    static void skip(Cursor in, ValueType type, boolean delta) {
        if (!type.isNumber()) {
            if (type == ValueType.STRING || type == ValueType.BYTES) {
                in.skipBytes();
            } else {
                takeThing(in, type);
            }
        } else if (delta) {
            in.takeVar();
        } else {
            takeNumber(in, type);
        }
    }

    static boolean fits(Cursor out, Row row) {
        return out.left() >= 32 + LONGEST_NUMBER * row.schema().size();
    }
}
