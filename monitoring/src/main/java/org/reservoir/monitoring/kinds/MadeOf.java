package org.reservoir.monitoring.kinds;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.ProbeKind;

/** A kind in one line: its words and how a probe is made of its parameters' values. */
record MadeOf(String name, String purpose, List<Parameter> parameters, Function<Map<String, String>, Probe> maker) implements ProbeKind {
    static ProbeKind nothing(String name, String purpose, java.util.function.Supplier<Probe> maker) {
        return new MadeOf(name, purpose, List.of(), _ -> maker.get());
    }

    static Parameter usually(String name, String meaning, String usual) {
        return new Parameter(name, meaning, Optional.of(usual));
    }

    static Parameter needed(String name, String meaning) {
        return new Parameter(name, meaning, Optional.empty());
    }

    @Override
    public Probe make(Map<String, String> given) {
        return maker.apply(given);
    }
}
