package org.reservoir.telemetry.push;

import java.util.List;
import java.util.Map;

import org.reservoir.monitoring.Measurements;

/** Port: how newest values stand in the body of a request. */
public interface Format {
    byte[] body(List<Measurements.Latest> values);

    /** Headers that say what the body is. */
    Map<String, String> headers();
}
