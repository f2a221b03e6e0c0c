package org.reservoir.monitoring.promql;

import java.util.List;
import java.util.Optional;

import org.reservoir.monitoring.history.Matcher;

/** A query, as parsed. */
sealed interface Expr {
    record Num(double value) implements Expr {}

    record Str(String value) implements Expr {}

    /** An instant vector. @param offset milliseconds */
    record Select(List<Matcher> matchers, long offset) implements Expr {}

    /** A range vector. @param length milliseconds */
    record Range(Select select, long length) implements Expr {}

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
            case Range _ -> Type.RANGE;
            case Select _, Aggregate _ -> Type.VECTOR;
            case Negate(var of) -> of.type();
            case Call(var function, _) -> Functions.SCALARS.contains(function) ? Type.SCALAR : Type.VECTOR;
            case Binary binary -> binary.left().type() == Type.SCALAR && binary.right().type() == Type.SCALAR ? Type.SCALAR : Type.VECTOR;
        };
    }
}
