package org.reservoir.monitoring.lattice;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.reservoir.monitoring.probe.Table;
import org.reservoir.monitoring.probe.ValueType;

/** Reads XDR as Lattice has it: everything in units of four bytes, big endian. Throws {@link BufferUnderflowException} for whatever makes no sense. */
final class XdrIn {
    private final ByteBuffer in;
    private final Padding padding;

    XdrIn(ByteBuffer in, Padding padding) {
        this.in = in;
        this.padding = padding;
    }

    int integer() {
        return in.getInt();
    }

    long hyper() {
        return in.getLong();
    }

    UUID id() {
        return new UUID(in.getLong(), in.getLong());
    }

    boolean isAtEnd() {
        return !in.hasRemaining();
    }

    String text() {
        var bytes = opaque();
        skip((4 - bytes.length % 4) % 4);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    ValueType type() {
        int letter = in.getInt();
        for (var type : ValueType.values()) {
            if (type.letter() == letter) {
                return type;
            }
        }
        throw new BufferUnderflowException();
    }

    /** A value as a {@code Long} (all whole numbers and booleans), {@code Double}, text, bytes, list, map or table. */
    Object value(ValueType type) {
        return switch (type) {
            case BOOLEAN -> in.getInt() == 0 ? 0L : 1L;
            case BYTE -> (long) (byte) in.getInt();
            case CHAR -> (long) (char) in.getInt();
            case SHORT -> (long) (short) in.getInt();
            case INTEGER -> (long) in.getInt();
            case LONG -> in.getLong();
            case FLOAT -> (double) in.getFloat();
            case DOUBLE -> in.getDouble();
            case STRING -> text();
            case BYTES -> {
                var bytes = opaque();
                skip(padding.after(bytes.length));
                yield bytes;
            }
            case LIST -> list();
            case MAP -> map();
            case TABLE -> table();
        };
    }

    /** How many things follow; each takes four bytes at least. */
    int count() {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / 4) {
            throw new BufferUnderflowException();
        }
        return count;
    }

    private Object scalar(ValueType type) {
        if (!type.isNumber() && type != ValueType.STRING) {
            throw new BufferUnderflowException(); // no things within things
        }
        return type == ValueType.BOOLEAN ? (Object) (in.getInt() != 0) : value(type);
    }

    private List<Object> list() {
        int size = in.getInt();
        var type = type();
        check(size);
        var list = new ArrayList<Object>();
        for (int i = 0; i < size; i++) {
            list.add(scalar(type));
        }
        return list;
    }

    private Map<String, Object> map() {
        int size = in.getInt();
        var keys = type();
        var values = type();
        check(size);
        var map = new LinkedHashMap<String, Object>();
        for (int i = 0; i < size; i++) {
            map.put(String.valueOf(scalar(keys)), scalar(values));
        }
        return map;
    }

    private Table table() {
        int rows = in.getInt();
        int columns = count();
        var names = new ArrayList<String>();
        var types = new ArrayList<ValueType>();
        for (int i = 0; i < columns; i++) {
            names.add(text());
            types.add(type());
        }
        check(columns == 0 ? rows * 4 : rows);
        var all = new ArrayList<List<Object>>();
        for (int i = 0; i < rows && columns > 0; i++) {
            all.add(types.stream().map(this::scalar).toList());
        }
        return new Table(names, all);
    }

    private void check(int size) {
        if (size < 0 || size > in.remaining() / 4) {
            throw new BufferUnderflowException();
        }
    }

    private byte[] opaque() {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        var bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private void skip(int bytes) {
        if (bytes > in.remaining()) {
            throw new BufferUnderflowException();
        }
        in.position(in.position() + bytes);
    }
}
