package org.reservoir.monitoring.probe;

import java.util.Arrays;

/**
 * The values of one measurement, to be filled, read and filled again: numbers lie in a plain array, so that measuring and
 * sending make no garbage. Numbers of all eight types are set and read as {@code long} or {@code double}; setting a value of
 * the wrong type is a defect of the probe and throws. Not for several threads at once.
 */
public final class Row {
    private final Schema schema;
    private final ValueType[] types;
    private final byte[] signature;
    private final long required;
    private final long[] bits;
    private Object[] things;
    private long present;
    private long at;

    /** An empty one of the same schema, which shares what is the same of all such rows. */
    Row(Row like) {
        this.schema = like.schema;
        this.types = like.types;
        this.signature = like.signature;
        this.required = like.required;
        this.bits = new long[types.length];
    }

    public Row(Schema schema) {
        this.schema = schema;
        this.types = schema.attributes().stream().map(Schema.Attribute::type).toArray(ValueType[]::new);
        this.signature = signature(types);
        this.required = schema.required();
        this.bits = new long[types.length];
    }

    public Schema schema() {
        return schema;
    }

    /** The types of the attributes, two to a byte, the first in the low half: how frames say what they hold. Not to be changed. */
    public byte[] signature() {
        return signature;
    }

    private static byte[] signature(ValueType[] types) {
        var packed = new byte[(types.length + 1) / 2];
        for (int i = 0; i < types.length; i++) {
            packed[i / 2] |= (byte) (types[i].ordinal() << 4 * (i % 2));
        }
        return packed;
    }

    /** When it was measured, in epoch milliseconds. */
    public long at() {
        return at;
    }

    /** Empties it for a new measurement. */
    public Row begin(long atMillis) {
        at = atMillis;
        present = 0;
        if (things != null) {
            Arrays.fill(things, null);
        }
        return this;
    }

    /** BOOLEAN (0 or 1), BYTE, CHAR, SHORT, INTEGER or LONG; for a floating type the same as a double. */
    public Row set(int attribute, long value) {
        var type = types[attribute];
        if (!type.isNumber()) {
            throw wrong(attribute, "a whole number");
        }
        bits[attribute] = type.isFloating() ? Double.doubleToRawLongBits(value) : fitted(attribute, type, value);
        present |= 1L << attribute;
        return this;
    }

    /** FLOAT or DOUBLE. */
    public Row set(int attribute, double value) {
        if (!types[attribute].isFloating()) {
            throw wrong(attribute, "a floating number");
        }
        bits[attribute] = Double.doubleToRawLongBits(types[attribute] == ValueType.FLOAT ? (float) value : value);
        present |= 1L << attribute;
        return this;
    }

    public Row set(int attribute, boolean value) {
        return set(attribute, value ? 1L : 0L);
    }

    /** STRING, BYTES, TABLE, MAP or LIST; what is handed in must not be changed afterwards. */
    public Row set(int attribute, Object value) {
        if (!types[attribute].admits(value)) {
            throw wrong(attribute, value.getClass().getSimpleName());
        }
        if (things == null) {
            things = new Object[types.length];
        }
        things[attribute] = value;
        present |= 1L << attribute;
        return this;
    }

    public boolean has(int attribute) {
        return (present >>> attribute & 1) != 0;
    }

    /** A bit for each attribute that is there. */
    public long present() {
        return present;
    }

    /** Whether all attributes that must be there are. */
    public boolean isComplete() {
        return (present & required) == required;
    }

    public ValueType type(int attribute) {
        return types[attribute];
    }

    /** The whole number; only for whole-number attributes that are there. */
    public long whole(int attribute) {
        if (!has(attribute) || !types[attribute].isNumber() || types[attribute].isFloating()) {
            throw wrong(attribute, "a whole number");
        }
        return bits[attribute];
    }

    /** The number as a double, of whichever numeric type it is; NaN when it is not there or no number. */
    public double number(int attribute) {
        if (!has(attribute) || !types[attribute].isNumber()) {
            return Double.NaN;
        }
        return types[attribute].isFloating() ? Double.longBitsToDouble(bits[attribute]) : bits[attribute];
    }

    /** What is no number; only for such attributes that are there. */
    public Object thing(int attribute) {
        if (!has(attribute) || types[attribute].isNumber()) {
            throw wrong(attribute, "no number");
        }
        return things[attribute];
    }

    /** Takes over all of another row of the same schema. */
    public Row copy(Row other) {
        begin(other.at);
        present = other.present;
        System.arraycopy(other.bits, 0, bits, 0, bits.length);
        if (other.things != null) {
            things = things == null ? other.things.clone() : things;
            System.arraycopy(other.things, 0, things, 0, things.length);
        }
        return this;
    }

    /** Leaves only the attributes whose bits are set. */
    public Row keep(long attributes) {
        present &= attributes;
        return this;
    }

    /** Shows attributes again that {@link #keep} hid. */
    void restore(long attributes) {
        present = attributes;
    }

    /** Whether the values are the same, whenever they were measured. */
    public boolean sameValues(Row other) {
        if (present != other.present) {
            return false;
        }
        for (int i = 0; i < types.length; i++) {
            if (has(i) && !(types[i].isNumber() ? bits[i] == other.bits[i] : sameThing(things[i], other.things[i]))) {
                return false;
            }
        }
        return true;
    }

    /** The raw 64 bits of a number: a whole one as it is, a floating one as the bits of a double. */
    public long bits(int attribute) {
        return bits[attribute];
    }

    /** Sets a number by its raw bits; the counterpart of {@link #bits}. */
    public void setBits(int attribute, long raw) {
        bits[attribute] = raw;
        present |= 1L << attribute;
    }

    private static boolean sameThing(Object a, Object b) {
        return a instanceof byte[] bytes && b instanceof byte[] others ? Arrays.equals(bytes, others) : a.equals(b);
    }

    private long fitted(int attribute, ValueType type, long value) {
        boolean fits = switch (type) {
            case BOOLEAN -> value == 0 || value == 1;
            case BYTE -> value == (byte) value;
            case CHAR -> value == (char) value;
            case SHORT -> value == (short) value;
            case INTEGER -> value == (int) value;
            default -> true;
        };
        if (!fits) {
            throw wrong(attribute, Long.toString(value));
        }
        return value;
    }

    private IllegalStateException wrong(int attribute, String what) {
        return new IllegalStateException("attribute %s of %s is %s, not %s (there: %s)".formatted(
                schema.attributes().get(attribute).name(), schema.type(), types[attribute], what, has(attribute)));
    }

    @Override
    public String toString() {
        var text = new StringBuilder(schema.type()).append('@').append(at).append('{');
        for (int i = 0; i < types.length; i++) {
            if (has(i)) {
                text.append(schema.attributes().get(i).name()).append('=').append(types[i].isNumber() ? (Object) number(i) : things[i]).append(' ');
            }
        }
        return text.append('}').toString();
    }
}
