package org.reservoir.kernel.expression;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A parsed and checked expression. Immutable; evaluating it is a pure function of the {@link Environment}.
 * For thousands of rows (hosts to rank) compile it once against {@link Rows} and evaluate with doubles.
 */
public final class Expression {
    private final Source source;
    private final Node root;

    private Expression(Source source, Node root) {
        this.source = source;
        this.root = root;
    }

    /**
     * @throws org.reservoir.kernel.Refused {@code BAD_EXPRESSION} with line, column and carets when the text is malformed, uses
     *         a word that is not in the vocabulary or mixes types or units; {@code EXPRESSION_TOO_LONG} past 4096 characters
     */
    public static Expression parse(String text, Vocabulary vocabulary) {
        var source = new Source(text);
        return new Expression(source, new Parser(source, vocabulary).whole());
    }

    /** As {@link #parse}, and the expression must say true or false. */
    public static Expression condition(String text, Vocabulary vocabulary) {
        return typed(text, vocabulary, Type.TRUTH);
    }

    /** As {@link #parse}, and the expression must give a value of {@code type}. */
    public static Expression typed(String text, Vocabulary vocabulary, Type type) {
        var expression = parse(text, vocabulary);
        new Typing(expression.source).of(type, expression.root);
        return expression;
    }

    /** As {@link #parse}, and the expression must give a number of whatever unit: a rank. */
    public static Expression number(String text, Vocabulary vocabulary) {
        var expression = parse(text, vocabulary);
        if (!(expression.type() instanceof Type.Numeric)) {
            throw expression.source.refused(expression.root.span(), "this is %s; it should be a number.".formatted(expression.type()), "");
        }
        return expression;
    }

    public Type type() {
        return root.type();
    }

    public Node root() {
        return root;
    }

    public String text() {
        return source.text();
    }

    /** The series of samples that it looks at. */
    public Set<String> series() {
        var names = new TreeSet<String>();
        collect(root, names);
        return names;
    }

    private static void collect(Node node, Set<String> names) {
        switch (node) {
            case Node.Windowed windowed -> names.add(windowed.series());
            case Node.Literal _, Node.Variable _ -> { }
            case Node.Call call -> call.arguments().forEach(argument -> collect(argument, names));
            case Node.Computed computed -> computed.arguments().forEach(argument -> collect(argument, names));
            case Node.Negative negative -> collect(negative.operand(), names);
            case Node.Not not -> collect(not.operand(), names);
            case Node.Logic logic -> logic.terms().forEach(term -> collect(term, names));
            case Node.Items items -> items.items().forEach(item -> collect(item, names));
            case Node.Arithmetic both -> {
                collect(both.left(), names);
                collect(both.right(), names);
            }
            case Node.Comparison both -> {
                collect(both.left(), names);
                collect(both.right(), names);
            }
        }
    }

    public Result evaluate(Environment environment) {
        return new Evaluator(source, environment).value(root);
    }

    /** Whether the condition is known to be true: false and missing both give false. For conditions only. */
    public boolean holds(Environment environment) {
        return evaluate(environment) instanceof Value.Truth(var holds) && holds;
    }

    /** The sub-expressions that decided, with their values: {@code "free_memory 512 MiB >= 1 GiB is false"}. */
    public List<String> explain(Environment environment) {
        return new Explainer(source, environment).reasons(root);
    }

    /** The fast form of a number over rows; see {@link Rows}. */
    public Rows.Numbers compileNumber(Rows rows) {
        return new Compiler(rows).numbers(root);
    }

    /** The fast form of a condition over rows; see {@link Rows}. */
    public Rows.Truths compileCondition(Rows rows) {
        return new Compiler(rows).truths(root);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Expression expression && root.equals(expression.root) && source.equals(expression.source);
    }

    @Override
    public int hashCode() {
        return source.hashCode();
    }

    @Override
    public String toString() {
        return source.text();
    }
}
