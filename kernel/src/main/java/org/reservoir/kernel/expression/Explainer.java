package org.reservoir.kernel.expression;

import java.util.ArrayList;
import java.util.List;

/** Says which parts of an expression made it what it is, with the values they had. */
final class Explainer {
    private final Source source;
    private final Evaluator evaluator;
    private final List<String> reasons = new ArrayList<>();

    Explainer(Source source, Environment environment) {
        this.source = source;
        this.evaluator = new Evaluator(source, environment);
    }

    List<String> reasons(Node root) {
        explain(root);
        return List.copyOf(reasons);
    }

    private void explain(Node node) {
        switch (node) {
            case Node.Logic logic -> logic(logic);
            case Node.Not not -> explain(not.operand());
            case Node.Comparison c -> tell("%s %s %s".formatted(operand(c.left()), c.operator().word, operand(c.right())), evaluator.value(node));
            default -> tell(source.at(node.span()), evaluator.value(node));
        }
    }

    /** Only the terms that decided: those with the value of the whole, or every missing one when the whole is missing. */
    private void logic(Node.Logic logic) {
        var whole = evaluator.value(logic);
        for (var term : logic.terms()) {
            var value = evaluator.value(term);
            if (whole instanceof Missing ? value instanceof Missing : value.equals(whole)) {
                explain(term);
            }
        }
    }

    private void tell(String what, Result result) {
        reasons.add(switch (result) {
            case Missing(var why) -> "%s is unknown: %s".formatted(what, why);
            case Value value -> "%s is %s".formatted(what, value);
        });
    }

    private String operand(Node node) {
        var text = source.at(node.span());
        if (node instanceof Node.Literal || node instanceof Node.Items) {
            return text;
        }
        return evaluator.value(node) instanceof Value value ? text + " " + value : text;
    }
}
