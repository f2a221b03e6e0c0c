package org.reservoir.monitoring.promql;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Tags;
import org.reservoir.monitoring.history.Matcher;
import org.reservoir.monitoring.promql.Lexer.Kind;
import org.reservoir.monitoring.promql.Lexer.Word;

/** Reads a query: recursive descent, by precedence. */
final class PromParser {
    private static final int LONGEST = 16 << 10;
    private static final int DEEPEST = 100;
    /** Of a subquery that says none, in milliseconds: Prometheus' own where nothing else is configured. */
    private static final long USUAL_STEP = 60_000;
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");
    private static final Set<String> SETS = Set.of("and", "or", "unless");
    private static final Map<String, Integer> PRECEDENCE = Map.ofEntries(Map.entry("or", 1), Map.entry("and", 2), Map.entry("unless", 2), Map.entry("==", 3), Map.entry("!=", 3),
            Map.entry("<", 3), Map.entry(">", 3), Map.entry("<=", 3), Map.entry(">=", 3), Map.entry("+", 4), Map.entry("-", 4), Map.entry("*", 5), Map.entry("/", 5),
            Map.entry("%", 5), Map.entry("atan2", 5), Map.entry("^", 7));
    private static final int UNARY = 6;

    private final String query;
    private final List<Word> words;
    private int at;
    private int depth;

    private PromParser(String query) {
        this.query = query;
        words = Lexer.words(query);
    }

    /** @throws Refused {@code BAD_QUERY_EXPRESSION}, {@code UNSUPPORTED_QUERY}, {@code BAD_PATTERN} */
    static Expr parse(String query) {
        if (query.length() > LONGEST) {
            throw Refused.invalid("BAD_QUERY_EXPRESSION", "A query has %d characters.".formatted(query.length()), "Use at most %d.".formatted(LONGEST));
        }
        var parser = new PromParser(query);
        var whole = parser.binary(0);
        if (parser.peek().kind() != Kind.END) {
            throw parser.unexpected("an operator or the end");
        }
        return whole;
    }

    private Expr binary(int least) {
        if (++depth > DEEPEST) {
            throw Refused.invalid("BAD_QUERY_EXPRESSION", "The query is nested too deeply.", "");
        }
        var left = unary();
        while (PRECEDENCE.getOrDefault(peek().text(), -1) > least && peek().kind() != Kind.TEXT) {
            var op = next();
            int own = PRECEDENCE.get(op.text());
            boolean bool = take("bool");
            if (bool && !COMPARISONS.contains(op.text())) {
                throw Lexer.bad(query, op.at(), "'bool' goes with comparisons alone");
            }
            var matching = matching();
            left = checked(new Expr.Binary(op.text(), left, binary(op.is("^") ? own - 1 : own), bool, matching), op);
        }
        depth--;
        return left;
    }

    private Expr checked(Expr.Binary made, Word op) {
        for (var side : List.of(made.left(), made.right())) {
            if (side.type() == Expr.Type.RANGE || side.type() == Expr.Type.TEXT || SETS.contains(made.op()) && side.type() == Expr.Type.SCALAR) {
                throw Lexer.bad(query, op.at(), "'%s' cannot be done with a %s".formatted(op.text(), word(side.type())));
            }
        }
        if (COMPARISONS.contains(made.op()) && made.type() == Expr.Type.SCALAR && !made.bool()) {
            throw Lexer.bad(query, op.at(), "a comparison of two numbers needs 'bool'");
        }
        return made;
    }

    private Expr.Matching matching() {
        if (!peek().is("on") && !peek().is("ignoring")) {
            return Expr.Matching.USUAL;
        }
        boolean on = next().is("on");
        var labels = names();
        var side = take("group_left") ? Expr.Side.LEFT : take("group_right") ? Expr.Side.RIGHT : Expr.Side.NONE;
        return new Expr.Matching(on, labels, side, side != Expr.Side.NONE && peek().is("(") ? names() : List.of());
    }

    private Expr unary() {
        if (take("+")) {
            return binary(UNARY);
        }
        if (peek().is("-")) {
            var sign = next();
            var of = binary(UNARY);
            if (of.type() == Expr.Type.RANGE || of.type() == Expr.Type.TEXT) {
                throw Lexer.bad(query, sign.at(), "there is no negative %s".formatted(word(of.type())));
            }
            return of instanceof Expr.Num(var value) ? new Expr.Num(-value) : new Expr.Negate(of);
        }
        return suffixed(primary());
    }

    private Expr suffixed(Expr base) {
        var expr = base;
        while (peek().is("[") || peek().is("offset") || peek().is("@")) {
            var word = next();
            expr = switch (word.text()) {
                case "[" -> range(expr, word);
                case "offset" -> {
                    long offset = take("-") ? -time() : time();
                    yield moved(expr, word, when -> when.offset() == 0 ? new Expr.When(offset, when.anchor(), when.fixed()) : null);
                }
                default -> {
                    var pinned = pinned();
                    yield moved(expr, word, when -> when.anchor() == Expr.Anchor.NOW ? new Expr.When(when.offset(), pinned.anchor(), pinned.fixed()) : null);
                }
            };
        }
        return expr;
    }

    private Expr range(Expr of, Word open) {
        long length = time();
        if (take(":")) {
            long step = peek().is("]") ? USUAL_STEP : time();
            expect("]");
            if (of.type() != Expr.Type.VECTOR || step <= 0) {
                throw Lexer.bad(query, open.at(), "a subquery is of an instant vector, in steps of some time");
            }
            return new Expr.Subquery(of, length, step, Expr.When.NOW);
        }
        expect("]");
        if (!(of instanceof Expr.Select select) || !select.when().equals(Expr.When.NOW)) {
            throw Lexer.bad(query, open.at(), "a range is of a selector alone");
        }
        return new Expr.Range(select, length);
    }

    /** @param other gives null when that was said before; kept within this class */
    private Expr moved(Expr expr, Word word, UnaryOperator<Expr.When> other) {
        return switch (expr) {
            case Expr.Select(var matchers, var when) -> new Expr.Select(matchers, once(other.apply(when), word));
            case Expr.Range(var select, var length) -> new Expr.Range(new Expr.Select(select.matchers(), once(other.apply(select.when()), word)), length);
            case Expr.Subquery(var of, var length, var step, var when) -> new Expr.Subquery(of, length, step, once(other.apply(when), word));
            default -> throw Lexer.bad(query, word.at(), "'%s' goes with selectors and subqueries alone".formatted(word.text()));
        };
    }

    private Expr.When once(Expr.When when, Word word) {
        if (when == null) {
            throw Lexer.bad(query, word.at(), "'%s' is said twice".formatted(word.text()));
        }
        return when;
    }

    /** What follows an {@code @}: seconds since 1970, {@code start()} or {@code end()}. */
    private Expr.When pinned() {
        if (peek().is("start") || peek().is("end")) {
            var anchor = next().is("start") ? Expr.Anchor.START : Expr.Anchor.END;
            expect("(");
            expect(")");
            return new Expr.When(0, anchor, 0);
        }
        int sign = take("-") ? -1 : 1;
        if (peek().kind() != Kind.NUMBER) {
            throw unexpected("a time in seconds, start() or end()");
        }
        return new Expr.When(0, Expr.Anchor.TIME, Math.round(sign * number(next().text()) * 1000));
    }

    private Expr primary() {
        var word = next();
        return switch (word.kind()) {
            case NUMBER -> new Expr.Num(number(word.text()));
            case TEXT -> new Expr.Str(Lexer.unquoted(word.text()));
            case NAME -> named(word);
            case SIGN -> switch (word.text()) {
                case "(" -> {
                    var inner = binary(0);
                    expect(")");
                    yield inner;
                }
                case "{" -> selector(Optional.empty(), word);
                default -> throw Lexer.bad(query, word.at(), "'%s' is not expected".formatted(word.text()));
            };
            default -> throw Lexer.bad(query, word.at(), "%s is not expected".formatted(word.text()));
        };
    }

    private static double number(String text) {
        return text.toLowerCase(java.util.Locale.ROOT).startsWith("0x") ? Long.parseLong(text.substring(2), 16) : Double.parseDouble(text);
    }

    private Expr named(Word word) {
        var lower = word.text().toLowerCase(java.util.Locale.ROOT);
        if (Aggregations.OPS.contains(lower) && (peek().is("(") || peek().is("by") || peek().is("without"))) {
            return aggregate(lower, word);
        }
        if (peek().is("(")) {
            return call(word);
        }
        if (lower.equals("inf") || lower.equals("nan")) {
            return new Expr.Num(lower.equals("inf") ? Double.POSITIVE_INFINITY : Double.NaN);
        }
        return selector(Optional.of(word.text()), word);
    }

    private Expr aggregate(String op, Word word) {
        boolean grouped = peek().is("by") || peek().is("without");
        boolean without = peek().is("without");
        var labels = grouped ? grouping() : List.<String>of();
        expect("(");
        var parameter = Aggregations.PARAMETERS.contains(op) ? Optional.of(binary(0)) : Optional.<Expr>empty();
        if (parameter.isPresent()) {
            expect(",");
        }
        var of = binary(0);
        expect(")");
        if (!grouped && (peek().is("by") || peek().is("without"))) {
            without = peek().is("without");
            labels = grouping();
        }
        if (of.type() != Expr.Type.VECTOR || parameter.isPresent() && parameter.get().type() != (op.equals("count_values") ? Expr.Type.TEXT : Expr.Type.SCALAR)) {
            throw Lexer.bad(query, word.at(), "%s() is of an instant vector".formatted(op));
        }
        return new Expr.Aggregate(op, without, labels, parameter, of);
    }

    private List<String> grouping() {
        next();
        return names();
    }

    private Expr call(Word word) {
        expect("(");
        var args = new ArrayList<Expr>();
        while (!peek().is(")")) {
            args.add(binary(0));
            if (!peek().is(")")) {
                expect(",");
            }
        }
        expect(")");
        Functions.check(word.text(), args, what -> Lexer.bad(query, word.at(), what));
        return new Expr.Call(word.text(), List.copyOf(args));
    }

    private Expr selector(Optional<String> metric, Word begin) {
        var matchers = new ArrayList<Matcher>();
        metric.ifPresent(name -> matchers.add(Matcher.of(Tags.NAME, Matcher.Op.EQUAL, name)));
        if (metric.isEmpty() || take("{")) {
            while (!peek().is("}")) {
                matchers.add(matcher());
                if (!peek().is("}")) {
                    expect(",");
                }
            }
            expect("}");
        }
        if (matchers.stream().allMatch(matcher -> matcher.matches(Map.of()))) {
            throw Lexer.bad(query, begin.at(), "a selector must say more than what an absent label says too");
        }
        return new Expr.Select(List.copyOf(matchers), Expr.When.NOW);
    }

    private Matcher matcher() {
        var label = name();
        var sign = next();
        var op = java.util.Arrays.stream(Matcher.Op.values()).filter(each -> each.sign().equals(sign.text())).findFirst()
                .orElseThrow(() -> Lexer.bad(query, sign.at(), "'%s' is no =, !=, =~ or !~".formatted(sign.text())));
        if (peek().kind() != Kind.TEXT) {
            throw unexpected("a text in quotes");
        }
        return Matcher.of(label, op, Lexer.unquoted(next().text()));
    }

    private List<String> names() {
        expect("(");
        var names = new ArrayList<String>();
        while (!peek().is(")")) {
            names.add(name());
            if (!peek().is(")")) {
                expect(",");
            }
        }
        expect(")");
        return List.copyOf(names);
    }

    private String name() {
        if (peek().kind() != Kind.NAME) {
            throw unexpected("a label's name");
        }
        return next().text();
    }

    private long time() {
        if (peek().kind() != Kind.TIME) {
            throw unexpected("a time such as 5m");
        }
        return Lexer.millis(next().text());
    }

    private static String word(Expr.Type type) {
        return switch (type) {
            case SCALAR -> "number";
            case VECTOR -> "instant vector";
            case RANGE -> "range vector";
            case TEXT -> "text";
        };
    }

    private Word peek() {
        return words.get(at);
    }

    private Word next() {
        return words.get(peek().kind() == Kind.END ? at : at++);
    }

    private boolean take(String text) {
        boolean there = peek().is(text);
        at += there ? 1 : 0;
        return there;
    }

    private void expect(String sign) {
        if (!take(sign)) {
            throw unexpected("'" + sign + "'");
        }
    }

    private Refused unexpected(String wanted) {
        return Lexer.bad(query, peek().at(), "%s is there, where %s is expected".formatted(peek().kind() == Kind.END ? "the end" : "'" + peek().text() + "'", wanted));
    }
}
