package org.reservoir.telemetry.push;

import java.io.IOException;
import java.util.List;
import java.util.Map;

import org.xerial.snappy.Snappy;

import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Tags;
import org.reservoir.monitoring.WriteRequest;

/** Prometheus remote write 1.0: series with one sample each, in Snappy's block format. Metrics and labels are those of {@code /metrics}. */
public final class RemoteWrite implements Format {
    @Override
    public Map<String, String> headers() {
        return WriteRequest.HEADERS;
    }

    @Override
    public byte[] body(List<Measurements.Latest> values) {
        var request = new WriteRequest();
        values.forEach(value -> request.add(Tags.of(value.key(), value.labels()), List.of(new long[] {value.at().toEpochMilli(), Double.doubleToRawLongBits(value.value())})));
        try {
            return Snappy.compress(request.plain());
        } catch (IOException e) {
            throw new IllegalStateException("into memory", e);
        }
    }
}
