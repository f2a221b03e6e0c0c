package org.reservoir.kernel.expression;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.expression.Lexer.Kind;
import org.reservoir.kernel.expression.Lexer.Token;
import org.reservoir.kernel.expression.Node.Operator;
import org.reservoir.kernel.expression.Node.Span;

/** Pratt's parser: reads a term, then takes operators as long as they bind more strongly than what stands to the left. Types are {@link Typing}'s. */
final class Parser {
    private static final int NOT_STRENGTH = 3;
    private static final int SIGN_STRENGTH = 7;
    private static final int MAX_DEPTH = 64;
    private static final int MAX_NODES = 600;
    private static final BigDecimal LONGEST_WINDOW = BigDecimal.valueOf(Duration.ofDays(366).toSeconds());
    private static final Map<String, Operator> OPERATORS = operators();

    private final Source source;
    private final Vocabulary vocabulary;
    private final Typing typing;
    private final List<Token> tokens;
    private int at;
    private int depth;
    private int nodes;

    Parser(Source source, Vocabulary vocabulary) {
        this.source = source;
        this.vocabulary = vocabulary;
        this.typing = new Typing(source);
        this.tokens = Lexer.tokens(source);
    }

    private static Map<String, Operator> operators() {
        var operators = new java.util.HashMap<String, Operator>();
        for (var operator : Operator.values()) {
            operators.put(operator.word, operator);
        }
        return Map.copyOf(operators);
    }

    Node whole() {
        var node = expression(0);
        if (peek().kind() != Kind.END) {
            throw source.refused(peek().span(), "the expression should have ended before '%s'.".formatted(peek().text()),
                    "Join conditions with 'and' or 'or'.");
        }
        return node;
    }

    private Node expression(int weakest) {
        if (++depth > MAX_DEPTH) {
            throw source.refused(peek().span(), "nested more than %d deep.".formatted(MAX_DEPTH), "Simplify the expression.");
        }
        int first = at;
        var left = term();
        var operator = operator();
        while (operator != null && operator.strength > weakest) {
            next();
            left = operator.strength <= 2 ? joined(operator, left, first) : paired(operator, left, first);
            operator = operator();
        }
        depth--;
        return counted(left);
    }

    /** {@code a and b and c} is one node with three terms. */
    private Node joined(Operator operator, Node left, int first) {
        var terms = new ArrayList<Node>(List.of(left, expression(operator.strength)));
        while (operator() == operator) {
            next();
            terms.add(expression(operator.strength));
        }
        return typing.logic(operator, terms, since(first));
    }

    private Node paired(Operator operator, Node left, int first) {
        var sign = tokens.get(at - 1).span();
        var right = expression(operator.strength);
        if (operator.compares() && operator() instanceof Operator again && again.compares()) {
            throw source.refused(peek().span(), "comparisons cannot be chained.", "Write 'a < b and b < c'.");
        }
        return operator.compares()
                ? typing.comparison(operator, left, right, sign, since(first))
                : typing.arithmetic(operator, left, right, sign, since(first));
    }

    /** From the token {@code first}, parentheses included, to the last one read. */
    private Span since(int first) {
        return tokens.get(first).span().to(tokens.get(at - 1).span());
    }

    /** The operator that comes next, or null at anything else. */
    private Operator operator() {
        var token = peek();
        return token.quoted() || token.kind() != Kind.SYMBOL && token.kind() != Kind.NAME ? null : OPERATORS.get(token.text());
    }

    private Node term() {
        var token = next();
        return counted(switch (token.kind()) {
            case NUMBER -> new Node.Literal(number(token), token.span());
            case TEXT -> new Node.Literal(Value.text(token.text()), token.span());
            case NAME -> token.quoted() ? variable(token) : word(token);
            case SYMBOL -> switch (token.text()) {
                case "(" -> group();
                case "[" -> items(token);
                case "-" -> typing.negative(expression(SIGN_STRENGTH), token.span());
                default -> throw missingTerm(token);
            };
            case END -> throw missingTerm(token);
        });
    }

    private Node word(Token token) {
        return switch (token.text()) {
            case "true", "false" -> new Node.Literal(Value.truth(token.is("true")), token.span());
            case "not" -> typing.not(expression(NOT_STRENGTH), token.span());
            default -> {
                if (OPERATORS.containsKey(token.text())) {
                    throw missingTerm(token);
                }
                yield peek().is("(") ? function(token) : variable(token);
            }
        };
    }

    private Refused missingTerm(Token token) {
        var found = token.kind() == Kind.END ? "the expression ends" : "'%s' stands".formatted(token.text());
        return source.refused(token.span(), found + " where a value should be.", "A value is a number, a \"text\", a name, a function or a list.");
    }

    private Value.Amount number(Token token) {
        return Quantities.read(token.text()).orElseThrow(() -> source.refused(token.span(), "'%s' is no number.".formatted(token.text()),
                "At most 30 digits, with a unit or none: %, ms s m h d w, B kB MB GB TB PB KiB MiB GiB TiB PiB."));
    }

    private Node variable(Token token) {
        var type = vocabulary.variable(token.text()).orElseThrow(() -> vocabulary.series(token.text()).isPresent()
                ? source.refused(token.span(), "'%s' is a series of samples.".formatted(token.text()),
                        "Say over which time: avg(%s, 5m).".formatted(token.text()))
                : source.unknown(token.span(), "variable", token.text(), vocabulary.variables()));
        return new Node.Variable(token.text(), type, token.span());
    }

    private Node group() {
        var inner = expression(0);
        expect(")");
        return inner;
    }

    private Node items(Token open) {
        var items = new ArrayList<Node>();
        do {
            items.add(expression(0));
        } while (taken(","));
        return typing.items(items, open.span().to(expect("]").span()));
    }

    private Node function(Token name) {
        next();
        var aggregate = Aggregate.named(name.text());
        if (aggregate.isPresent() && peek().kind() == Kind.NAME && vocabulary.variable(peek().text()).isEmpty()
                && tokens.get(at + 1).is(",")) {
            return windowed(aggregate.get(), name);
        }
        var declared = vocabulary.function(name.text());
        if (declared.isPresent()) {
            return call(name, declared.get());
        }
        var builtin = Builtin.named(name.text());
        if (builtin.isPresent()) {
            return computed(builtin.get(), name);
        }
        if (aggregate.isPresent()) {
            throw source.refused(name.span(), "%s needs a series and a time.".formatted(name.text()), "Write %s(sessions, 5m).".formatted(name.text()));
        }
        throw source.unknown(name.span(), "function", name.text(), vocabulary.functions());
    }

    private Node windowed(Aggregate aggregate, Token name) {
        var series = next();
        var dimension = vocabulary.series(series.text())
                .orElseThrow(() -> source.unknown(series.span(), "series", series.text(), vocabulary.series()));
        expect(",");
        var window = next();
        if (window.kind() != Kind.NUMBER || !number(window).dimension().equals(Dimension.TIME) || number(window).number().signum() <= 0
                || number(window).number().compareTo(LONGEST_WINDOW) > 0) {
            throw source.refused(window.span(), "a window is a time, more than none and at most 366 days.", "Write 30s, 5m or 2h.");
        }
        var length = Duration.ofMillis(number(window).number().movePointRight(3).longValue());
        return new Node.Windowed(aggregate, series.text(), length, new Type.Numeric(aggregate.of(dimension)), name.span().to(expect(")").span()));
    }

    private Node call(Token name, Vocabulary.Function function) {
        var arguments = new ArrayList<Node>();
        for (var parameter : function.parameters()) {
            if (!arguments.isEmpty()) {
                expect(",");
            }
            arguments.add(argument(parameter));
        }
        return new Node.Call(name.text(), List.copyOf(arguments), function.result(), name.span().to(expect(")").span()));
    }

    private Node argument(Vocabulary.Parameter parameter) {
        return switch (parameter) {
            case Vocabulary.Parameter.OfType(var type) -> typing.of(type, expression(0));
            case Vocabulary.Parameter.OneOf(var names) -> {
                var word = next();
                if (word.kind() != Kind.NAME || !names.contains(word.text())) {
                    throw source.unknown(word.span(), "name", word.text(), names);
                }
                yield new Node.Literal(Value.text(word.text()), word.span());
            }
        };
    }

    private Node computed(Builtin builtin, Token name) {
        var arguments = new ArrayList<Node>();
        if (!peek().is(")")) {
            do {
                arguments.add(expression(0));
            } while (taken(","));
        }
        var span = name.span().to(expect(")").span());
        if (!builtin.takes(arguments.size())) {
            throw source.refused(span, "%s does not take %d arguments.".formatted(name.text(), arguments.size()), "");
        }
        return typing.computed(builtin, arguments, span);
    }

    private Node counted(Node node) {
        if (++nodes > 2 * MAX_NODES) {
            throw source.refused(node.span(), "the expression has more than %d parts.".formatted(MAX_NODES), "Split it.");
        }
        return node;
    }

    private Token peek() {
        return tokens.get(at);
    }

    private Token next() {
        return at < tokens.size() - 1 ? tokens.get(at++) : tokens.get(at);
    }

    private boolean taken(String symbol) {
        boolean there = peek().is(symbol);
        if (there) {
            next();
        }
        return there;
    }

    private Token expect(String symbol) {
        var token = peek();
        if (!taken(symbol)) {
            throw source.refused(token.span(), token.kind() == Kind.END ? "the expression ends where '%s' should be.".formatted(symbol)
                    : "'%s' stands where '%s' should be.".formatted(token.text(), symbol), "");
        }
        return token;
    }
}
