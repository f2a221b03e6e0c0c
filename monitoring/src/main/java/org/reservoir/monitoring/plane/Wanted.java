package org.reservoir.monitoring.plane;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.ProbeSettings;

/**
 * A probe as it is wanted: all that it takes to make it, here or elsewhere, now or after a restart.
 *
 * @param name       of its stream, unique within its station
 * @param kind       as {@link Kinds} knows it
 * @param parameters as that kind takes them
 */
public record Wanted(String name, String kind, Map<String, String> parameters, Subject subject, Labels labels, ProbeSettings settings) {
    private static final int MOST_PARAMETERS = 32;
    /** UTF-8 bytes of all names and values together: an order fits a datagram. */
    private static final int MOST_BYTES = 600;

    public Wanted {
        parameters = Map.copyOf(parameters);
        if (parameters.size() > MOST_PARAMETERS) {
            throw Refused.invalid("BAD_PROBE", "A probe takes no %d parameters.".formatted(parameters.size()), "");
        }
        int bytes = 0;
        for (var entry : parameters.entrySet()) { // no stream: an order for all probes comes by here for each, perhaps before anything is compiled
            bytes += (entry.getKey() + entry.getValue()).getBytes(StandardCharsets.UTF_8).length;
        }
        if (bytes > MOST_BYTES) {
            throw Refused.invalid("BAD_PROBE", "The parameters of %s take %d bytes.".formatted(kind, bytes), "Give at most %d: longer texts belong into a file.".formatted(MOST_BYTES));
        }
        if (kind.length() > 100 || name.length() > 200) {
            throw Refused.invalid("BAD_PROBE", "The names of a probe and its kind are too long.", "Give 200 and 100 characters at most.");
        }
    }

    /** Without parameters or labels. */
    public static Wanted of(String name, String kind, Subject subject, ProbeSettings settings) {
        return new Wanted(name, kind, Map.of(), subject, Labels.NONE, settings);
    }

    public Wanted with(Map<String, String> others) {
        return new Wanted(name, kind, others, subject, labels, settings);
    }

    public Wanted labelled(Labels others) {
        return new Wanted(name, kind, parameters, subject, others, settings);
    }

    public Wanted asked(ProbeSettings others) {
        return new Wanted(name, kind, parameters, subject, labels, others);
    }
}
