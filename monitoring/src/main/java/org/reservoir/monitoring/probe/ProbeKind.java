package org.reservoir.monitoring.probe;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.kernel.Refused;

/**
 * Makes probes of one kind from a few texts, so that a probe can be asked for from afar: by name and parameters, over the
 * control plane, in a command or a file. What is built in and what a plug-in brings are kinds alike.
 */
public interface ProbeKind {
    /** Such as {@code host.cpu} or {@code script}; as names of measurements are written. */
    String name();

    /** One line for people: what it measures. */
    String purpose();

    /** None, when it takes none. */
    default List<Parameter> parameters() {
        return List.of();
    }

    /**
     * @param parameters a value for each of {@link #parameters}, the usual one where nobody gave another; no others
     * @throws Refused {@code BAD_PROBE} when a probe cannot be made of them
     */
    Probe make(Map<String, String> parameters);

    /** @param usual the value when none is given; empty when one must be given */
    record Parameter(String name, String meaning, Optional<String> usual) {}
}
