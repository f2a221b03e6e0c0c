package org.reservoir.telemetry.push;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;

import com.google.protobuf.CodedOutputStream;

import org.xerial.snappy.Snappy;

import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Tags;

/**
 * Prometheus remote write 1.0: a WriteRequest of series with one sample each, in Snappy's block format. Metrics and labels are
 * those of {@code /metrics}, labels in order as the protocol wants them.
 */
public final class RemoteWrite implements Format {
    private static final int SERIES = 1;
    private static final int LABELS = 1;
    private static final int SAMPLES = 2;

    @Override
    public Map<String, String> headers() {
        return Map.of("Content-Type", "application/x-protobuf", "Content-Encoding", "snappy", "X-Prometheus-Remote-Write-Version", "0.1.0");
    }

    @Override
    public byte[] body(List<Measurements.Latest> values) {
        try {
            return Snappy.compress(message(out -> {
                for (var value : values) {
                    out.writeByteArray(SERIES, series(value));
                }
            }));
        } catch (IOException e) {
            throw new IllegalStateException("into memory", e);
        }
    }

    private static byte[] series(Measurements.Latest value) throws IOException {
        var labels = Tags.of(value.key(), value.labels());
        return message(out -> {
            for (var label : labels.entrySet()) {
                out.writeByteArray(LABELS, message(pair -> {
                    pair.writeString(1, label.getKey());
                    pair.writeString(2, label.getValue());
                }));
            }
            out.writeByteArray(SAMPLES, message(sample -> {
                sample.writeDouble(1, value.value());
                sample.writeInt64(2, value.at().toEpochMilli());
            }));
        });
    }

    private interface Writing {
        void into(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Writing writing) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = CodedOutputStream.newInstance(bytes);
        writing.into(out);
        out.flush();
        return bytes.toByteArray();
    }
}
