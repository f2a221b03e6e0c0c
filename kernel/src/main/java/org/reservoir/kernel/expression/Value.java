package org.reservoir.kernel.expression;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** A value of the language. Times are in seconds, data in bytes, shares are fractions (80% is 0.8). */
public sealed interface Value extends Result {

    /** Arithmetic is decimal with 34 digits. */
    MathContext PRECISION = MathContext.DECIMAL128;

    Type type();

    record Amount(BigDecimal number, Dimension dimension) implements Value {
        public Amount {
            number = number.signum() == 0 ? BigDecimal.ZERO : number.round(PRECISION).stripTrailingZeros();
        }

        @Override
        public Type type() {
            return new Type.Numeric(dimension);
        }

        @Override
        public String toString() {
            return Quantities.written(this);
        }
    }

    record Text(String text) implements Value {
        @Override
        public Type type() {
            return Type.TEXT;
        }

        @Override
        public String toString() {
            return '"' + text + '"';
        }
    }

    record Truth(boolean holds) implements Value {
        @Override
        public Type type() {
            return Type.TRUTH;
        }

        @Override
        public String toString() {
            return Boolean.toString(holds);
        }
    }

    record Items(List<Value> items, Type element) implements Value {
        public Items {
            items = List.copyOf(items);
        }

        @Override
        public Type type() {
            return new Type.ListOf(element);
        }

        @Override
        public String toString() {
            return items.stream().map(Object::toString).collect(Collectors.joining(", ", "[", "]"));
        }
    }

    static Amount count(long number) {
        return new Amount(BigDecimal.valueOf(number), Dimension.COUNT);
    }

    static Amount count(BigDecimal number) {
        return new Amount(number, Dimension.COUNT);
    }

    /** @param fraction 0.8 for 80% */
    static Amount share(BigDecimal fraction) {
        return new Amount(fraction, Dimension.SHARE);
    }

    static Amount bytes(long bytes) {
        return new Amount(BigDecimal.valueOf(bytes), Dimension.DATA);
    }

    static Amount time(Duration time) {
        return new Amount(BigDecimal.valueOf(time.getSeconds()).add(BigDecimal.valueOf(time.getNano(), 9)), Dimension.TIME);
    }

    static Text text(String text) {
        return new Text(text);
    }

    static Truth truth(boolean holds) {
        return new Truth(holds);
    }

    static Items texts(List<String> texts) {
        return new Items(texts.stream().<Value>map(Text::new).toList(), Type.TEXT);
    }
}
