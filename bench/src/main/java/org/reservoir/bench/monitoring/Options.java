package org.reservoir.bench.monitoring;

import java.util.List;
import java.util.Optional;

/** {@code --name value} on the command line of a bench. */
record Options(List<String> arguments) {
    Optional<String> text(String name) {
        int at = arguments.indexOf(name);
        return at < 0 || at + 1 >= arguments.size() ? Optional.empty() : Optional.of(arguments.get(at + 1));
    }

    int number(String name, int otherwise) {
        return text(name).map(Integer::parseInt).orElse(otherwise);
    }
}
