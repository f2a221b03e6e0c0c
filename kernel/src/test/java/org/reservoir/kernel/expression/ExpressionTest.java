package org.reservoir.kernel.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.expression.Vocabulary.Parameter.OneOf;
import org.reservoir.kernel.testing.Seeded;

class ExpressionTest {
    private static final Vocabulary WORDS = Vocabulary.EMPTY
            .variable("free_memory", Type.DATA).variable("running", Type.COUNT).variable("load", Type.SHARE)
            .variable("hostname", Type.TEXT).variable("labels", Type.TEXTS).variable("spare", Type.TRUTH).variable("uptime", Type.TIME)
            .variable("com.acme.kpi-1", Type.COUNT).variable("gone", Type.COUNT)
            .series("sessions", Dimension.COUNT).series("traffic", Dimension.DATA)
            .function("instances", Type.COUNT, new OneOf(Set.of("web", "app"))).function("hour", Type.COUNT);

    private final Map<String, Value> values = new HashMap<>(Map.of("free_memory", Value.bytes(512L << 20), "running", Value.count(3),
            "load", Value.share(new BigDecimal("0.8")), "hostname", Value.text("node-17"), "labels", Value.texts(List.of("ssd", "gpu")),
            "spare", Value.truth(false), "uptime", Value.time(Duration.ofMinutes(90)), "com.acme.kpi-1", Value.count(7)));

    private final Environment world = new Environment() {
        @Override
        public Result variable(String name) {
            return values.containsKey(name) ? values.get(name) : new Missing("nobody reported " + name);
        }

        @Override
        public Result aggregate(Aggregate aggregate, String series, Duration window) {
            return series.equals("sessions") && aggregate == Aggregate.AVG ? Value.count(window.toSeconds()) : new Missing("no sample of " + series);
        }

        @Override
        public Result call(String function, List<Value> arguments) {
            return function.equals("hour") ? Value.count(9) : Value.count(arguments.getFirst().equals(Value.text("web")) ? 2 : 1);
        }
    };

    private Result eval(String text) {
        return Expression.parse(text, WORDS).evaluate(world);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
            "1 + 2 * 3 = 7 | true", "(1 + 2) * 3 = 9 | true", "10 - 4 - 3 = 3 | true", "-2 * -3 = 6 | true", "8 / 4 / 2 = 1 | true",
            "0.1 + 0.2 = 0.3 | true", "1 < 2 or 1 / 0 > 1 | true", "not 1 > 2 and 2 > 1 | true", "false and gone > 1 | false",
            "true or gone > 1 | true", "free_memory < 1 GiB | true", "free_memory = 0.5GiB | true", "free_memory + 512 MiB == 1GiB | true",
            "load = 80% | true", "running / 6 = 50% | true", "running / 6 = 0.5 | true", "running * 50% = 1.5 | true",
            "uptime > 1h | true", "uptime / 30m = 3 | true", "hostname matches \"node-*\" | true", "hostname matches \"*-?\" | false",
            "hostname contains \"de\" | true", "labels contains \"ssd\" | true", "\"tape\" in labels | false", "hour() in [8, 9] | true",
            "avg(sessions, 5m) = 300 | true", "avg(sessions, 5m) / instances(web) = 150 | true", "min(running, 2) = 2 | true",
            "max(1, running, 2) = 3 | true", "ceil(running / 2) = 2 | true", "floor(7 / 2) = 3 | true", "abs(2 - running) = 1 | true",
            "`com.acme.kpi-1` = 7 | true", "spare = false | true", "not spare | true", "1 GiB = 1024 MiB | true", "1 GB < 1 GiB | true",
            "[1, 2] = [1.0, 2] | true", "1 = 1 or 1 = 1 and 1 = 2 | true", "\"a\\\"b\" = \"a\\\"b\" | true"})
    void expressionsMeanWhatTheySay(String text, boolean expected) {
        assertThat(eval(text)).as(text).isEqualTo(Value.truth(expected));
    }

    @Test
    void whatIsMissingIsSaidAndIsNeverZero() {
        assertThat(eval("gone + 1")).isEqualTo(new Missing("nobody reported gone"));
        assertThat(eval("gone = 0 and true")).isEqualTo(new Missing("nobody reported gone"));
        assertThat(eval("p95(traffic, 1h) > 0 B")).isEqualTo(new Missing("no sample of traffic"));
        assertThat(eval("not gone > 1")).isInstanceOf(Missing.class);
        assertThat(eval("1 / (running - 3) > 1")).isEqualTo(new Missing("'1 / (running - 3)' divides by zero"));
        assertThat(Expression.condition("gone < 1", WORDS).holds(world)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
            "avg(sesions, 5m) > 4 | 1 | 5 | Did you mean 'sessions'?", "sessions > 4 | 1 | 1 | avg(sessions, 5m)",
            "free_memory > 512 | 1 | 13 | 512 MiB", "load > 80 | 1 | 6 | 80%", "running + load > 1 | 1 | 9 | ''",
            "hostname > \"a\" | 1 | 10 | Use = or !=", "1 < running < 5 | 1 | 13 | a < b and b < c", "running >  | 1 | 10 | value",
            "running > 5x | 1 | 11 | unit", "(running > 5 | 1 | 13 | ''", "running > 5) | 1 | 12 | and", "running && 5 | 1 | 9 | Write 'and'",
            "\"abc | 1 | 1 | Close it", "running in 5 | 1 | 12 | [1, 2, 3]", "instances(wob) > 1 | 1 | 11 | 'web'", "foo(1) | 1 | 1 | Known here",
            "avg(sessions, 5) > 1 | 1 | 15 | 5m", "avg(sessions, 0s) > 1 | 1 | 15 | 5m", "ceil() > 1 | 1 | 1 | ''",
            "[1, \"a\"] = [1] | 1 | 5 | ''", "not running | 1 | 5 | ''", "-hostname = 1 | 1 | 2 | ''", "running @ 1 | 1 | 9 | ''", "'a' = hostname | 1 | 1 | double"})
    void whatIsWrongIsToldWithItsPlaceAndAdvice(String text, int line, int column, String advice) {
        var refused = catchThrowableOfType(Refused.class, () -> Expression.parse(text, WORDS));
        assertThat(refused).as(text).isNotNull();
        assertThat(refused.getMessage()).startsWith("Line %d, column %d: ".formatted(line, column)).contains("^");
        assertThat(refused.advice()).contains(advice.replace("''", ""));
    }

    @Test
    void theCaretStandsUnderTheCulpritOfItsLine() {
        assertThatThrownBy(() -> Expression.parse("running > 1\n\tand wrong = 2\n or spare", WORDS))
                .hasMessage("Line 2, column 6: 'wrong' is no variable here.%n  \tand wrong = 2%n  \t    ^^^^^".formatted());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "and", "()", "[]", "1 2", "a.", "..", "5.", "1e9", "\u0000", "not", "instances()", "max()", "min(5m) > 1"})
    void nonsenseIsRefused(String text) {
        assertThatThrownBy(() -> Expression.parse(text, WORDS)).isInstanceOf(Refused.class);
    }

    @Test
    void sizeAndDepthAreBounded() {
        assertThatThrownBy(() -> Expression.parse("(".repeat(2000) + "1" + ")".repeat(2000), WORDS)).hasMessageContaining("deep");
        assertThatThrownBy(() -> Expression.parse("-".repeat(2000) + "1", WORDS)).hasMessageContaining("deep");
        assertThatThrownBy(() -> Expression.parse("1+".repeat(1500) + "1", WORDS)).hasMessageContaining("parts");
        assertThatThrownBy(() -> Expression.parse("1".repeat(31), WORDS)).hasMessageContaining("no number");
        assertThatThrownBy(() -> Expression.parse(" ".repeat(5000), WORDS)).hasMessageContaining("4096");
    }

    @Test
    void explanationsNameOnlyWhatDecided() {
        assertThat(explain("running = 3 and free_memory >= 1 GiB and load < 50%"))
                .containsExactly("free_memory 512 MiB >= 1 GiB is false", "load 80% < 50% is false");
        assertThat(explain("not (hostname matches \"node-*\" or spare)")).containsExactly("hostname \"node-17\" matches \"node-*\" is true");
        assertThat(explain("avg(sessions, 5m) / instances(web) > 400")).containsExactly("avg(sessions, 5m) / instances(web) 150 > 400 is false");
        assertThat(explain("gone > 1 and running = 3")).containsExactly("gone > 1 is unknown: nobody reported gone");
    }

    private List<String> explain(String text) {
        return Expression.condition(text, WORDS).explain(world);
    }

    @Test
    void aWrongAnswerOfTheEnvironmentIsADefect() {
        values.put("running", Value.text("three"));
        assertThatThrownBy(() -> eval("running > 1")).isInstanceOf(IllegalStateException.class).hasMessageContaining("three");
    }

    @Test
    void theFastFormAgreesWithTheExactOne() {
        var atoms = List.of("running", "gone", "(free_memory / 1 MiB)", "(uptime / 1m)", "2", "0.5", "load * 10");
        var operators = List.of("+", "-", "*", "/");
        var comparisons = List.of("<", "<=", ">", ">=", "=", "!=");
        Seeded.forAll(300, seed -> {
            var random = Seeded.random(seed);
            var text = new StringBuilder("spare or hostname matches \"node-2*\"");
            for (int i = 0; i < 4; i++) {
                text.append(random.nextBoolean() ? " and " : " or ").append(random.nextBoolean() ? "not " : "")
                        .append(atoms.get(random.nextInt(7))).append(' ').append(operators.get(random.nextInt(4))).append(' ')
                        .append(atoms.get(random.nextInt(7))).append(' ').append(comparisons.get(random.nextInt(6))).append(' ')
                        .append(atoms.get(random.nextInt(7)));
            }
            var expression = Expression.condition(text.toString(), WORDS);
            var exact = expression.evaluate(world) instanceof Value.Truth(var holds) ? (holds ? 1 : 0) : -1;
            assertThat(expression.compileCondition(rows()).at(0)).as(text.toString()).isEqualTo(exact);
        });
    }

    @Test
    void windowsHaveNoFastForm() {
        assertThatThrownBy(() -> Expression.number("avg(sessions, 5m)", WORDS).compileNumber(rows())).isInstanceOf(Refused.class);
    }

    private Rows rows() {
        return new Rows() {
            @Override
            public Numbers numbers(String variable) {
                double number = values.get(variable) instanceof Value.Amount amount ? amount.number().doubleValue() : Double.NaN;
                return _ -> number;
            }

            @Override
            public Values values(String variable) {
                return _ -> world.variable(variable);
            }
        };
    }
}
