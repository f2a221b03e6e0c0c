package org.reservoir.kernel.expression;

import java.time.Duration;
import java.util.List;

/** A checked expression as a tree. Spans are offsets into the text, for messages and explanations. */
public sealed interface Node {
    Type type();

    Span span();

    /** From {@code start} to before {@code end}. */
    record Span(int start, int end) {
        Span to(Span last) {
            return new Span(start, last.end);
        }
    }

    record Literal(Value value, Span span) implements Node {
        @Override
        public Type type() {
            return value.type();
        }
    }

    record Variable(String name, Type type, Span span) implements Node {}

    record Windowed(Aggregate aggregate, String series, Duration window, Type type, Span span) implements Node {}

    /** A function the environment answers. Bare names among the arguments are text literals. */
    record Call(String function, List<Node> arguments, Type type, Span span) implements Node {}

    record Computed(Builtin builtin, List<Node> arguments, Type type, Span span) implements Node {}

    record Negative(Node operand, Type type, Span span) implements Node {}

    record Arithmetic(Operator operator, Node left, Node right, Type type, Span span) implements Node {}

    record Comparison(Operator operator, Node left, Node right, Span span) implements Node {
        @Override
        public Type type() {
            return Type.TRUTH;
        }
    }

    record Not(Node operand, Span span) implements Node {
        @Override
        public Type type() {
            return Type.TRUTH;
        }
    }

    /** Two or more terms joined by {@code and} ({@code all}) or by {@code or}. */
    record Logic(boolean all, List<Node> terms, Span span) implements Node {
        @Override
        public Type type() {
            return Type.TRUTH;
        }
    }

    record Items(List<Node> items, Type element, Span span) implements Node {
        @Override
        public Type type() {
            return new Type.ListOf(element);
        }
    }

    /** Two-sided operators, with how strongly they bind. */
    enum Operator {
        OR("or", 1), AND("and", 2), EQUAL("=", 4), UNEQUAL("!=", 4), LESS("<", 4), AT_MOST("<=", 4), MORE(">", 4), AT_LEAST(">=", 4),
        IN("in", 4), CONTAINS("contains", 4), MATCHES("matches", 4), PLUS("+", 5), MINUS("-", 5), TIMES("*", 6), OVER("/", 6);

        final String word;
        final int strength;

        Operator(String word, int strength) {
            this.word = word;
            this.strength = strength;
        }

        boolean compares() {
            return strength == 4;
        }

        boolean orders() {
            return this == LESS || this == AT_MOST || this == MORE || this == AT_LEAST;
        }

        /** @param sign of left minus right */
        boolean holds(int sign) {
            return switch (this) {
                case EQUAL -> sign == 0;
                case UNEQUAL -> sign != 0;
                case LESS -> sign < 0;
                case AT_MOST -> sign <= 0;
                case MORE -> sign > 0;
                case AT_LEAST -> sign >= 0;
                default -> throw new IllegalStateException(this + " does not order numbers");
            };
        }
    }
}
