package org.reservoir.kernel.expression;

import java.util.List;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.expression.Node.Operator;
import org.reservoir.kernel.expression.Node.Span;

/** Builds nodes whose types and units fit, or says where they do not. */
final class Typing {
    private final Source source;

    Typing(Source source) {
        this.source = source;
    }

    Node of(Type wanted, Node node) {
        if (!wanted.agreesWith(node.type())) {
            throw source.refused(node.span(), "this is %s; it should be %s.".formatted(node.type(), wanted), unitAdvice(node));
        }
        return node;
    }

    private static String unitAdvice(Node node) {
        return node instanceof Node.Literal(Value.Amount amount, _) && amount.dimension().equals(Dimension.COUNT)
                ? "Write a unit behind the number: %s%%, %1$s MiB, %1$ss.".formatted(amount.number().toPlainString()) : "";
    }

    Node not(Node operand, Span sign) {
        return new Node.Not(of(Type.TRUTH, operand), sign.to(operand.span()));
    }

    Node logic(Operator operator, List<Node> terms, Span span) {
        terms.forEach(term -> of(Type.TRUTH, term));
        return new Node.Logic(operator == Operator.AND, List.copyOf(terms), span);
    }

    Node negative(Node operand, Span sign) {
        return new Node.Negative(operand, new Type.Numeric(dimension(operand)), sign.to(operand.span()));
    }

    Node arithmetic(Operator operator, Node left, Node right, Span sign, Span span) {
        var l = dimension(left);
        var r = dimension(right);
        var result = switch (operator) {
            case TIMES -> l.times(r);
            case OVER -> l.over(r);
            default -> {
                if (!l.agreesWith(r)) {
                    throw mismatch(sign, left, right);
                }
                yield l.sum(r);
            }
        };
        return new Node.Arithmetic(operator, left, right, new Type.Numeric(result), span);
    }

    Node computed(Builtin builtin, List<Node> arguments, Span span) {
        var dimension = dimension(arguments.getFirst());
        for (var argument : arguments) {
            if (!dimension.agreesWith(dimension(argument))) {
                throw mismatch(argument.span(), arguments.getFirst(), argument);
            }
            dimension = dimension.sum(dimension(argument));
        }
        return new Node.Computed(builtin, List.copyOf(arguments), new Type.Numeric(dimension), span);
    }

    Node items(List<Node> items, Span span) {
        var element = items.getFirst().type();
        items.forEach(item -> of(element, item));
        return new Node.Items(List.copyOf(items), element, span);
    }

    Node comparison(Operator operator, Node left, Node right, Span sign, Span span) {
        switch (operator) {
            case IN -> of(elementOf(right), left);
            case CONTAINS -> of(left.type() == Type.TEXT ? Type.TEXT : elementOf(left), right);
            case MATCHES -> {
                of(Type.TEXT, left);
                of(Type.TEXT, right);
            }
            default -> ordinary(operator, left, right, sign);
        }
        return new Node.Comparison(operator, left, right, span);
    }

    private void ordinary(Operator operator, Node left, Node right, Span sign) {
        if (!left.type().agreesWith(right.type())) {
            throw mismatch(sign, left, right);
        }
        if (operator.orders() && !(left.type() instanceof Type.Numeric)) {
            throw source.refused(sign, "%s has no order.".formatted(left.type()), "Use = or !=.");
        }
    }

    private Type elementOf(Node node) {
        if (node.type() instanceof Type.ListOf(var element)) {
            return element;
        }
        throw source.refused(node.span(), "this is %s; it should be a list.".formatted(node.type()), "Write a list as [1, 2, 3].");
    }

    private Dimension dimension(Node node) {
        if (node.type() instanceof Type.Numeric(var dimension)) {
            return dimension;
        }
        throw source.refused(node.span(), "this is %s; it should be a number.".formatted(node.type()), "");
    }

    private Refused mismatch(Span where, Node left, Node right) {
        var advice = unitAdvice(right).isEmpty() ? unitAdvice(left) : unitAdvice(right);
        return source.refused(where, "'%s' is %s, but '%s' is %s.".formatted(source.at(left.span()), left.type(),
                source.at(right.span()), right.type()), advice);
    }
}
