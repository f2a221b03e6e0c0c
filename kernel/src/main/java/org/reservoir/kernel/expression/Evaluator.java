package org.reservoir.kernel.expression;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** Walks the tree with exact decimals and Kleene's logic. */
final class Evaluator {
    private final Source source;
    private final Environment environment;

    Evaluator(Source source, Environment environment) {
        this.source = source;
        this.environment = environment;
    }

    Result value(Node node) {
        return switch (node) {
            case Node.Literal literal -> literal.value();
            case Node.Variable variable -> checked(node, environment.variable(variable.name()));
            case Node.Windowed w -> checked(node, environment.aggregate(w.aggregate(), w.series(), w.window()));
            case Node.Call call -> all(call.arguments(), values -> checked(node, environment.call(call.function(), values)));
            case Node.Computed computed -> all(computed.arguments(), values -> amount(node, computed.builtin().of(numbers(values))));
            case Node.Negative negative -> all(List.of(negative.operand()), values -> amount(node, number(values.getFirst()).negate()));
            case Node.Arithmetic sum -> both(sum.left(), sum.right(), (l, r) -> arithmetic(sum, number(l), number(r)));
            case Node.Comparison c -> both(c.left(), c.right(), (l, r) -> Value.truth(compared(c.operator(), l, r)));
            case Node.Not not -> value(not.operand()) instanceof Value.Truth(var holds) ? Value.truth(!holds) : value(not.operand());
            case Node.Logic logic -> logic(logic);
            case Node.Items items -> all(items.items(), values -> new Value.Items(values, items.element()));
        };
    }

    private Result checked(Node node, Result answer) {
        if (answer instanceof Value value && !node.type().agreesWith(value.type())) {
            throw new IllegalStateException("the environment answered %s (%s) for '%s', declared as %s"
                    .formatted(value, value.type(), source.at(node.span()), node.type()));
        }
        return answer;
    }

    private Result all(List<Node> nodes, java.util.function.Function<List<Value>, Result> then) {
        var values = new ArrayList<Value>(nodes.size());
        for (var node : nodes) {
            switch (value(node)) {
                case Missing missing -> {
                    return missing;
                }
                case Value value -> values.add(value);
            }
        }
        return then.apply(values);
    }

    private Result both(Node left, Node right, BiFunction<Value, Value, Result> then) {
        return all(List.of(left, right), values -> then.apply(values.get(0), values.get(1)));
    }

    private Result arithmetic(Node.Arithmetic node, BigDecimal left, BigDecimal right) {
        return switch (node.operator()) {
            case PLUS -> amount(node, left.add(right, Value.PRECISION));
            case MINUS -> amount(node, left.subtract(right, Value.PRECISION));
            case TIMES -> amount(node, left.multiply(right, Value.PRECISION));
            case OVER -> right.signum() == 0 ? new Missing("'%s' divides by zero".formatted(source.at(node.span())))
                    : amount(node, left.divide(right, Value.PRECISION));
            default -> throw new IllegalStateException("no arithmetic: " + node);
        };
    }

    private Result logic(Node.Logic logic) {
        Optional<Missing> missing = Optional.empty();
        for (var term : logic.terms()) {
            switch (value(term)) {
                case Value.Truth(var holds) when holds != logic.all() -> {
                    return Value.truth(holds);
                }
                case Missing why -> missing = missing.or(() -> Optional.of(why));
                default -> { }
            }
        }
        return missing.isPresent() ? missing.get() : Value.truth(logic.all());
    }

    static boolean compared(Node.Operator operator, Value left, Value right) {
        return switch (operator) {
            case IN -> contains(right, left);
            case CONTAINS -> left instanceof Value.Text(var text) ? text.contains(((Value.Text) right).text()) : contains(left, right);
            case MATCHES -> Glob.matches(((Value.Text) left).text(), ((Value.Text) right).text());
            case EQUAL -> same(left, right);
            case UNEQUAL -> !same(left, right);
            default -> operator.holds(number(left).compareTo(number(right)));
        };
    }

    private static boolean contains(Value list, Value value) {
        return ((Value.Items) list).items().stream().anyMatch(item -> same(item, value));
    }

    private static boolean same(Value left, Value right) {
        if (left instanceof Value.Items(var mine, _) && right instanceof Value.Items(var theirs, _)) {
            return mine.size() == theirs.size() && java.util.stream.IntStream.range(0, mine.size()).allMatch(i -> same(mine.get(i), theirs.get(i)));
        }
        return left instanceof Value.Amount(var l, _) && right instanceof Value.Amount(var r, _) ? l.compareTo(r) == 0 : left.equals(right);
    }

    private static List<BigDecimal> numbers(List<Value> values) {
        return values.stream().map(Evaluator::number).toList();
    }

    private static BigDecimal number(Value value) {
        return ((Value.Amount) value).number();
    }

    private static Value.Amount amount(Node node, BigDecimal number) {
        return new Value.Amount(number, ((Type.Numeric) node.type()).dimension());
    }
}
