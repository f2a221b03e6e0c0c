package org.reservoir.bench.monitoring;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.kernel.Refused;

/** {@code --name value} on the command line of a bench. */
final class Options {
    private final Map<String, String> values = new LinkedHashMap<>();

    /** @param known names that the bench understands @throws Refused {@code BAD_ARGUMENT} */
    Options(List<String> arguments, String... known) {
        for (int i = 0; i < arguments.size(); i += 2) {
            if (!List.of(known).contains(arguments.get(i)) || i + 1 == arguments.size()) {
                throw bad(i + 1 == arguments.size() && List.of(known).contains(arguments.get(i)) ? "%s needs a value.".formatted(arguments.get(i)) : "'%s' is none of its options.".formatted(arguments.get(i)),
                        "It knows %s.".formatted(String.join(", ", known)));
            }
            values.put(arguments.get(i), arguments.get(i + 1));
        }
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    int number(String name, int otherwise) {
        return text(name).map(value -> number(value, name)).orElse(otherwise);
    }

    /** @param what it is, for who reads that it is none */
    static int number(String text, String what) {
        if (!text.matches("[0-9]{1,9}")) {
            throw bad("%s is a whole number, not '%s'.".formatted(what, text), "");
        }
        return Integer.parseInt(text);
    }

    private static Refused bad(String message, String advice) {
        return Refused.invalid("BAD_ARGUMENT", message, advice);
    }
}
