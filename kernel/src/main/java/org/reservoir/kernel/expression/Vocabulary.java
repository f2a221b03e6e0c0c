package org.reservoir.kernel.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The words an expression may use in some place: variables, series of samples and functions, each with its type.
 * Immutable; built by {@code Vocabulary.EMPTY.variable(…).series(…).function(…)}.
 */
public final class Vocabulary {
    public static final Vocabulary EMPTY = new Vocabulary(Map.of(), Map.of(), Map.of());

    /** A parameter of a function: a value of a type, or the bare name of something ({@code instances(web)}). */
    public sealed interface Parameter {
        record OfType(Type type) implements Parameter {}

        record OneOf(Set<String> names) implements Parameter {
            public OneOf {
                names = Set.copyOf(names);
            }
        }
    }

    record Function(List<Parameter> parameters, Type result) {}

    private final Map<String, Type> variables;
    private final Map<String, Dimension> series;
    private final Map<String, Function> functions;

    private Vocabulary(Map<String, Type> variables, Map<String, Dimension> series, Map<String, Function> functions) {
        this.variables = variables;
        this.series = series;
        this.functions = functions;
    }

    public Vocabulary variable(String name, Type type) {
        return new Vocabulary(with(variables, name, type), series, functions);
    }

    /** A series of samples that aggregates apply to. */
    public Vocabulary series(String name, Dimension dimension) {
        return new Vocabulary(variables, with(series, name, dimension), functions);
    }

    public Vocabulary function(String name, Type result, Parameter... parameters) {
        return new Vocabulary(variables, series, with(functions, name, new Function(List.of(parameters), result)));
    }

    Optional<Type> variable(String name) {
        return Optional.ofNullable(variables.get(name));
    }

    Optional<Dimension> series(String name) {
        return Optional.ofNullable(series.get(name));
    }

    Optional<Function> function(String name) {
        return Optional.ofNullable(functions.get(name));
    }

    Set<String> variables() {
        return variables.keySet();
    }

    Set<String> series() {
        return series.keySet();
    }

    List<String> functions() {
        var names = new ArrayList<>(functions.keySet());
        names.addAll(Builtin.names());
        for (var aggregate : Aggregate.values()) {
            names.add(aggregate.word());
        }
        return names;
    }

    private static <V> Map<String, V> with(Map<String, V> old, String name, V value) {
        var words = new TreeMap<>(old);
        words.put(name, value);
        return words;
    }
}
