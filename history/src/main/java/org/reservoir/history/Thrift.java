package org.reservoir.history;

import java.util.List;
import java.util.function.Consumer;

/**
 * Writes structures in Thrift's compact protocol, as far as Parquet's metadata need it. Fields are written in the order of their numbers.
 * Source: the Thrift project's "Thrift compact protocol encoding".
 */
final class Thrift {
    private static final int I32 = 5;
    private static final int I64 = 6;
    private static final int BINARY = 8;
    private static final int LIST = 9;
    private static final int STRUCT = 12;

    private final Bytes out;
    private int before;

    private Thrift(Bytes out) {
        this.out = out;
    }

    /** A structure of its own. */
    static void struct(Bytes out, Consumer<Thrift> fields) {
        fields.accept(new Thrift(out));
        out.one(0);
    }

    Thrift i32(int field, int value) {
        head(field, I32);
        out.signed(value);
        return this;
    }

    Thrift i64(int field, long value) {
        head(field, I64);
        out.signed(value);
        return this;
    }

    Thrift text(int field, String text) {
        head(field, BINARY);
        out.text(text);
        return this;
    }

    Thrift struct(int field, Consumer<Thrift> fields) {
        head(field, STRUCT);
        struct(out, fields);
        return this;
    }

    Thrift i32s(int field, List<Integer> values) {
        list(field, I32, values.size());
        values.forEach(value -> out.signed(value));
        return this;
    }

    Thrift texts(int field, List<String> values) {
        list(field, BINARY, values.size());
        values.forEach(out::text);
        return this;
    }

    <T> Thrift structs(int field, List<T> values, java.util.function.BiConsumer<Thrift, T> fields) {
        list(field, STRUCT, values.size());
        values.forEach(value -> struct(out, thrift -> fields.accept(thrift, value)));
        return this;
    }

    private void list(int field, int type, int size) {
        head(field, LIST);
        if (size < 15) {
            out.one(size << 4 | type);
        } else {
            out.one(0xf0 | type).number(size);
        }
    }

    private void head(int field, int type) {
        if (field <= before || field - before > 15) {
            throw new IllegalStateException("field %d cannot follow %d".formatted(field, before));
        }
        out.one(field - before << 4 | type);
        before = field;
    }
}
