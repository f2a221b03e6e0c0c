package org.reservoir.monitoring.kinds;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.probe.Probe;
import org.reservoir.monitoring.probe.ProbeKind;

/** A kind in one line: its words and how a probe is made of its parameters' values, of which none is missing then. */
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
        var values = new java.util.HashMap<String, String>();
        for (var parameter : parameters) {
            values.put(parameter.name(), Optional.ofNullable(given.get(parameter.name())).or(parameter::usual).orElseThrow(() -> Refused.invalid("BAD_PROBE",
                    "A probe of kind %s needs '%s': %s.".formatted(name, parameter.name(), parameter.meaning()), "")));
        }
        given.keySet().stream().filter(key -> !values.containsKey(key)).findFirst().ifPresent(stranger -> {
            throw Refused.invalid("BAD_PROBE", "A probe of kind %s has no parameter '%s'.".formatted(name, stranger.length() <= 60 ? stranger : stranger.substring(0, 60) + "…"),
                    parameters.isEmpty() ? "It has none." : "It has " + String.join(", ", parameters.stream().map(Parameter::name).toList()) + ".");
        });
        return maker.apply(values);
    }
}
