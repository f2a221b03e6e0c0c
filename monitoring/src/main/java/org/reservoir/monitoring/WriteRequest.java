package org.reservoir.monitoring;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * A request of Prometheus' remote write 1.0 (prometheus.io/docs/specs/prw): protocol buffers {@code WriteRequest{timeseries=1}},
 * {@code TimeSeries{labels=1, samples=2}}, {@code Label{name=1, value=2}}, {@code Sample{value=1 double, timestamp=2 int64}}. Whoever sends it
 * puts it into Snappy's block format. Not for several threads.
 */
public final class WriteRequest {
    /** What a request with such a body says of it. */
    public static final Map<String, String> HEADERS = Map.of("Content-Type", "application/x-protobuf", "Content-Encoding", "snappy", "X-Prometheus-Remote-Write-Version", "0.1.0");

    private static final int NUMBER = 0;
    private static final int DOUBLE = 1;
    private static final int LENGTH = 2;

    private final Message request = new Message();

    /** A message of protocol buffers, field by field. */
    private static final class Message extends ByteArrayOutputStream {
        Message() {
            super(256);
        }

        private void number(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                write((int) (rest | 0x80));
                rest >>>= 7;
            }
            write((int) rest);
        }

        Message text(int field, String text) {
            return bytes(field, text.getBytes(StandardCharsets.UTF_8));
        }

        Message nested(int field, Message message) {
            write(field << 3 | LENGTH);
            number(message.size());
            write(message.buf, 0, message.count);
            return this;
        }

        private Message bytes(int field, byte[] bytes) {
            write(field << 3 | LENGTH);
            number(bytes.length);
            writeBytes(bytes);
            return this;
        }

        Message sample(long at, long bits) {
            write(1 << 3 | DOUBLE);
            for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
                write((int) (bits >>> shift));
            }
            write(2 << 3 | NUMBER);
            number(at);
            return this;
        }
    }

    /**
     * Adds a series with its samples.
     *
     * @param labels       in the order of their names, as the protocol wants them; the metric's is {@code __name__}
     * @param timesAndBits in the order of time: milliseconds since 1970, and the value's bits
     */
    public WriteRequest add(Map<String, String> labels, List<long[]> timesAndBits) {
        var series = new Message();
        labels.forEach((name, value) -> series.nested(1, new Message().text(1, name).text(2, value)));
        timesAndBits.forEach(sample -> series.nested(2, new Message().sample(sample[0], sample[1])));
        request.nested(1, series);
        return this;
    }

    /** Bytes so far. */
    public int size() {
        return request.size();
    }

    /** Not yet compressed. */
    public byte[] plain() {
        return request.toByteArray();
    }
}
