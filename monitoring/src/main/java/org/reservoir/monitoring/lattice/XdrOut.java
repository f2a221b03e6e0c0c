package org.reservoir.monitoring.lattice;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.reservoir.monitoring.probe.Table;
import org.reservoir.monitoring.probe.ValueType;

/** Writes XDR as Lattice has it. */
final class XdrOut {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    private final Padding padding;

    XdrOut(Padding padding) {
        this.padding = padding;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    void integer(int value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            out.write(value >> shift);
        }
    }

    void hyper(long value) {
        integer((int) (value >> 32));
        integer((int) value);
    }

    void id(UUID id) {
        hyper(id.getMostSignificantBits());
        hyper(id.getLeastSignificantBits());
    }

    void text(String text) {
        opaque(text.getBytes(StandardCharsets.UTF_8), Padding.XDR);
    }

    void type(ValueType type) {
        integer(type.letter());
    }

    /** A value as {@link XdrIn#value} gives it. */
    void value(ValueType type, Object value) {
        switch (type) {
            case BOOLEAN, BYTE, CHAR, SHORT, INTEGER -> integer((int) (long) (Long) value);
            case LONG -> hyper((Long) value);
            case FLOAT -> integer(Float.floatToIntBits((float) (double) (Double) value));
            case DOUBLE -> hyper(Double.doubleToLongBits((Double) value));
            case STRING -> text((String) value);
            case BYTES -> opaque((byte[]) value, padding);
            case LIST -> list((List<?>) value);
            case MAP -> map((Map<?, ?>) value);
            case TABLE -> table((Table) value);
        }
    }

    private void opaque(byte[] bytes, Padding how) {
        integer(bytes.length);
        out.writeBytes(bytes);
        out.writeBytes(new byte[how.after(bytes.length)]);
    }

    private void list(List<?> list) {
        var type = common(list);
        integer(list.size());
        type(type);
        list.forEach(element -> scalar(type, element));
    }

    private void map(Map<?, ?> map) {
        var type = common(map.values());
        integer(map.size());
        type(ValueType.STRING);
        type(type);
        map.forEach((key, value) -> {
            text((String) key);
            scalar(type, value);
        });
    }

    private void table(Table table) {
        integer(table.rows().size());
        integer(table.columns().size());
        var types = new ValueType[table.columns().size()];
        for (int i = 0; i < types.length; i++) {
            int column = i;
            types[i] = common(table.rows().stream().map(row -> row.get(column)).toList());
            text(table.columns().get(i));
            type(types[i]);
        }
        for (var row : table.rows()) {
            for (int i = 0; i < types.length; i++) {
                scalar(types[i], row.get(i));
            }
        }
    }

    /** Lattice's lists, maps and columns are of one type: that of all, or texts when they differ. */
    private static ValueType common(Collection<?> scalars) {
        var types = scalars.stream().map(XdrOut::typeOf).distinct().toList();
        return types.size() == 1 ? types.getFirst() : ValueType.STRING;
    }

    private static ValueType typeOf(Object scalar) {
        return switch (scalar) {
            case Boolean _ -> ValueType.BOOLEAN;
            case Long _ -> ValueType.LONG;
            case Double _ -> ValueType.DOUBLE;
            default -> ValueType.STRING;
        };
    }

    private void scalar(ValueType type, Object scalar) {
        value(type, type == ValueType.STRING ? String.valueOf(scalar) : scalar instanceof Boolean it ? (Object) (it ? 1L : 0L) : scalar);
    }
}
