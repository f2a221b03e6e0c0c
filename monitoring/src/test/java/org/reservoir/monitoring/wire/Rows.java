package org.reservoir.monitoring.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.Table;
import org.reservoir.monitoring.probe.ValueType;

/** Random schemas and rows. */
final class Rows {
    private Rows() {}

    static Schema schema(RandomGenerator random) {
        var attributes = new ArrayList<Schema.Attribute>();
        int size = random.nextInt(10) == 0 ? 64 : 1 + random.nextInt(12);
        for (int i = 0; i < size; i++) {
            attributes.add(new Schema.Attribute("a" + i, ValueType.values()[random.nextInt(13)], "u", random.nextBoolean()));
        }
        return new Schema("t" + random.nextInt(100), attributes);
    }

    static void fill(Row row, long at, RandomGenerator random) {
        row.begin(at);
        for (int i = 0; i < row.schema().size(); i++) {
            if (!row.schema().attributes().get(i).optional() || random.nextBoolean()) {
                fill(row, i, random);
            }
        }
    }

    private static void fill(Row row, int i, RandomGenerator random) {
        switch (row.type(i)) {
            case BOOLEAN -> row.set(i, random.nextBoolean());
            case BYTE -> row.set(i, (long) (byte) random.nextInt());
            case CHAR -> row.set(i, (long) (char) random.nextInt());
            case SHORT -> row.set(i, (long) (short) random.nextInt());
            case INTEGER -> row.set(i, (long) random.nextInt());
            case LONG -> row.set(i, random.nextLong() >> random.nextInt(64));
            case FLOAT -> row.set(i, random.nextBoolean() ? Float.NaN : (double) random.nextFloat());
            case DOUBLE -> row.set(i, random.nextBoolean() ? random.nextInt(1000) / 4.0 : Double.longBitsToDouble(random.nextLong()));
            case STRING -> row.set(i, text(random));
            case BYTES -> row.set(i, text(random).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            case LIST -> row.set(i, List.of(text(random), random.nextLong(), 1.5, true));
            case MAP -> row.set(i, Map.of("k", text(random), "n", random.nextLong()));
            case TABLE -> row.set(i, new Table(List.of("x", "y"), List.of(List.of(1L, text(random)), List.of(false, 2.5))));
        }
    }

    static String text(RandomGenerator random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            text.appendCodePoint(random.nextInt(8) == 0 ? 0x1F600 + random.nextInt(50) : 'a' + random.nextInt(26));
        }
        return text.toString();
    }
}
