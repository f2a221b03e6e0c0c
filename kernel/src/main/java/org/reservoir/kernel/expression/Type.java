package org.reservoir.kernel.expression;

/** The type of a value: a number of some dimension, text, truth or a list. */
public sealed interface Type {
    Type COUNT = new Numeric(Dimension.COUNT);
    Type SHARE = new Numeric(Dimension.SHARE);
    Type TIME = new Numeric(Dimension.TIME);
    Type DATA = new Numeric(Dimension.DATA);
    Type TEXT = Basic.TEXT;
    Type TRUTH = Basic.TRUTH;
    Type TEXTS = new ListOf(TEXT);

    record Numeric(Dimension dimension) implements Type {
        @Override
        public String toString() {
            return dimension.toString();
        }
    }

    enum Basic implements Type {
        TEXT("text"), TRUTH("true or false");

        private final String words;

        Basic(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    record ListOf(Type element) implements Type {
        @Override
        public String toString() {
            return "a list of " + element;
        }
    }

    /** Whether values of the two may be compared. */
    default boolean agreesWith(Type other) {
        return switch (this) {
            case Numeric(var mine) -> other instanceof Numeric(var theirs) && mine.agreesWith(theirs);
            case Basic basic -> basic == other;
            case ListOf(var mine) -> other instanceof ListOf(var theirs) && mine.agreesWith(theirs);
        };
    }
}
