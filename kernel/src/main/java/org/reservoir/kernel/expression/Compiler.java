package org.reservoir.kernel.expression;

import java.util.List;
import java.util.OptionalDouble;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.expression.Rows.Numbers;
import org.reservoir.kernel.expression.Rows.Truths;

/** Turns a tree into nested lambdas over rows. Windows and functions of the environment have no column and are refused. */
final class Compiler {
    private static final double NEARLY = 1e-12;
    private final Rows rows;

    Compiler(Rows rows) {
        this.rows = rows;
    }

    Numbers numbers(Node node) {
        return switch (node) {
            case Node.Literal(Value.Amount amount, _) -> constant(amount.number().doubleValue());
            case Node.Variable variable -> rows.numbers(variable.name());
            case Node.Negative negative -> negated(numbers(negative.operand()));
            case Node.Arithmetic sum -> arithmetic(sum.operator(), numbers(sum.left()), numbers(sum.right()));
            case Node.Computed computed -> computed(computed);
            default -> throw unsupported(node);
        };
    }

    private static Numbers constant(double number) {
        return _ -> number;
    }

    private static Numbers negated(Numbers operand) {
        return row -> -operand.at(row);
    }

    private static Numbers arithmetic(Node.Operator operator, Numbers left, Numbers right) {
        return switch (operator) {
            case PLUS -> row -> left.at(row) + right.at(row);
            case MINUS -> row -> left.at(row) - right.at(row);
            case TIMES -> row -> left.at(row) * right.at(row);
            case OVER -> row -> {
                double divisor = right.at(row);
                return divisor == 0 ? Double.NaN : left.at(row) / divisor;
            };
            default -> throw new IllegalStateException("no arithmetic: " + operator);
        };
    }

    private Numbers computed(Node.Computed node) {
        var arguments = node.arguments().stream().map(this::numbers).toArray(Numbers[]::new);
        var builtin = node.builtin();
        return row -> {
            var values = new double[arguments.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = arguments[i].at(row);
            }
            return builtin.of(values);
        };
    }

    Truths truths(Node node) {
        return switch (node) {
            case Node.Literal(Value.Truth(var holds), _) -> _ -> truth(holds);
            case Node.Not not -> denied(truths(not.operand()));
            case Node.Logic logic -> logic(logic.all() ? Truths.FALSE : Truths.TRUE, logic.terms().stream().map(this::truths).toArray(Truths[]::new));
            case Node.Comparison c when c.left().type() instanceof Type.Numeric && c.right().type() instanceof Type.Numeric ->
                    compared(c.operator(), numbers(c.left()), numbers(c.right()));
            case Node.Comparison c -> general(c);
            case Node.Variable variable -> ofValue(rows.values(variable.name()));
            default -> throw unsupported(node);
        };
    }

    private static Truths denied(Truths operand) {
        return row -> {
            int truth = operand.at(row);
            return truth == Truths.MISSING ? truth : 1 - truth;
        };
    }

    private static Truths logic(int decisive, Truths[] terms) {
        return row -> {
            int result = 1 - decisive;
            for (var term : terms) {
                int truth = term.at(row);
                if (truth == decisive) {
                    return decisive;
                }
                result = truth == Truths.MISSING ? truth : result;
            }
            return result;
        };
    }

    private static Truths compared(Node.Operator operator, Numbers left, Numbers right) {
        return row -> {
            double l = left.at(row);
            double r = right.at(row);
            if (l != l || r != r) {
                return Truths.MISSING;
            }
            int sign = Math.abs(l - r) <= NEARLY * Math.max(Math.abs(l), Math.abs(r)) ? 0 : Double.compare(l, r);
            return truth(operator.holds(sign));
        };
    }

    private Truths general(Node.Comparison node) {
        var left = values(node.left());
        var right = values(node.right());
        var operator = node.operator();
        return row -> left.at(row) instanceof Value l && right.at(row) instanceof Value r ? truth(Evaluator.compared(operator, l, r)) : Truths.MISSING;
    }

    private Rows.Values values(Node node) {
        return switch (node) {
            case Node.Literal literal -> _ -> literal.value();
            case Node.Items items -> list(items.items().stream().map(this::values).toList(), items.element());
            case Node.Variable variable when !(variable.type() instanceof Type.Numeric) -> rows.values(variable.name());
            case Node _ when node.type() instanceof Type.Numeric(var dimension) -> boxed(numbers(node), dimension);
            default -> throw unsupported(node);
        };
    }

    private static Rows.Values boxed(Numbers numbers, Dimension dimension) {
        return row -> number(numbers.at(row)).stream().boxed().<Result>map(n -> new Value.Amount(java.math.BigDecimal.valueOf(n), dimension))
                .findFirst().orElse(new Missing("not known"));
    }

    private static OptionalDouble number(double number) {
        return Double.isFinite(number) ? OptionalDouble.of(number) : OptionalDouble.empty();
    }

    private static Rows.Values list(List<Rows.Values> items, Type element) {
        return row -> {
            var values = new java.util.ArrayList<Value>(items.size());
            for (var item : items) {
                switch (item.at(row)) {
                    case Missing missing -> {
                        return missing;
                    }
                    case Value value -> values.add(value);
                }
            }
            return new Value.Items(values, element);
        };
    }

    private static Truths ofValue(Rows.Values values) {
        return row -> values.at(row) instanceof Value.Truth(var holds) ? truth(holds) : Truths.MISSING;
    }

    private static int truth(boolean holds) {
        return holds ? Truths.TRUE : Truths.FALSE;
    }

    private static Refused unsupported(Node node) {
        return Refused.invalid("EXPRESSION_NOT_FOR_ROWS", "%s cannot be used where many rows are compared.".formatted(
                node instanceof Node.Windowed w ? w.aggregate().word() + "() over time" : node instanceof Node.Call c ? c.function() + "()" : "this"),
                "Use the variables of the row only.");
    }
}
