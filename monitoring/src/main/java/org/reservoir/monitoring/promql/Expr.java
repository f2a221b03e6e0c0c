package org.reservoir.monitoring.promql;

import java.util.List;
import java.util.Optional;

import org.reservoir.monitoring.history.Matcher;
import org.reservoir.monitoring.history.Span;

/** A query, as parsed. */
sealed interface Expr {
    record Num(double value) implements Expr {}

    record Str(String value) implements Expr {}

    /** An instant vector. */
    record Select(List<Matcher> matchers, When when) implements Expr {}

    /** A range vector. @param length milliseconds */
    record Range(Select select, long length) implements Expr {}

    /** A range vector of what an expression came to every {@code step} milliseconds, at whole multiples of it since 1970. */
    record Subquery(Expr of, long length, long step, When when) implements Expr {}

    /** Which time is looked at: {@code offset} milliseconds before the one that is asked for, or before one that is fixed. @param fixed milliseconds, of {@link Anchor#TIME} alone */
    record When(long offset, Anchor anchor, long fixed) {
        static final When NOW = new When(0, Anchor.NOW, 0);

        /** @param query from its first time to its last */
        long of(long at, Span query) {
            return -offset + switch (anchor) {
                case NOW -> at;
                case START -> query.from();
                case END -> query.to();
                case TIME -> fixed;
            };
        }
    }

    enum Anchor { NOW, START, END, TIME }

    record Call(String function, List<Expr> args) implements Expr {}

    record Aggregate(String op, boolean without, List<String> labels, Optional<Expr> parameter, Expr of) implements Expr {}

    record Negate(Expr of) implements Expr {}

    /** @param bool whether a comparison gives 0 and 1 rather than filter */
    record Binary(String op, Expr left, Expr right, boolean bool, Matching matching) implements Expr {}

    /** @param on of which labels; else ignoring them; @param many side with more than one of a kind; @param include labels of the one side to take over */
    record Matching(boolean on, List<String> labels, Side many, List<String> include) {
        static final Matching USUAL = new Matching(false, List.of(), Side.NONE, List.of());
    }

    enum Side { NONE, LEFT, RIGHT }

    enum Type { SCALAR, VECTOR, RANGE, TEXT }

    default Type type() {
        return switch (this) {
            case Num _ -> Type.SCALAR;
            case Str _ -> Type.TEXT;
            case Range _, Subquery _ -> Type.RANGE;
            case Select _, Aggregate _ -> Type.VECTOR;
            case Negate(var of) -> of.type();
            case Call(var function, _) -> Functions.SCALARS.contains(function) ? Type.SCALAR : Type.VECTOR;
            case Binary binary -> binary.left().type() == Type.SCALAR && binary.right().type() == Type.SCALAR ? Type.SCALAR : Type.VECTOR;
        };
    }
}
