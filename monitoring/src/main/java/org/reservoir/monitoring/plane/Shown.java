package org.reservoir.monitoring.plane;

import java.util.Map;

import org.reservoir.monitoring.probe.Effort;
import org.reservoir.monitoring.probe.ProbeSettings;
import org.reservoir.monitoring.probe.StreamState;

/**
 * A probe as its station sees it. Subject, labels and schema are the registry's to tell.
 *
 * @param measured whether it is measured at all: it rests while nobody wants it
 * @param problem  for people; empty when there is none
 * @param lasting  whether it comes again after a restart by itself
 */
public record Shown(int stream, String name, String kind, Map<String, String> parameters, ProbeSettings settings, StreamState state, boolean measured, boolean lasting,
                    String problem, Effort effort) {
    public Shown {
        parameters = Map.copyOf(parameters);
    }
}
