package org.reservoir.history;

import java.util.List;
import java.util.Map;

/**
 * A request of Prometheus' remote write 1.0: protocol buffers {@code WriteRequest{timeseries=1}}, {@code TimeSeries{labels=1, samples=2}},
 * {@code Label{name=1, value=2}}, {@code Sample{value=1 double, timestamp=2 int64}}, in Snappy's block format. Not for several threads.
 */
final class RemoteWrite {
    private static final int LENGTH = 2;
    private static final int DOUBLE = 1;

    private final Bytes request = new Bytes(0);

    /** One series with its samples, in the order of time. Labels must be in the order of their names. */
    void add(Map<String, String> labels, List<long[]> timesAndBits) {
        var series = new Bytes(0);
        labels.forEach((name, value) -> nested(series, 1, new Bytes(0).one(1 << 3 | LENGTH).text(name).one(2 << 3 | LENGTH).text(value)));
        for (var sample : timesAndBits) {
            nested(series, 2, new Bytes(0).one(1 << 3 | DOUBLE).fixed(sample[1]).one(2 << 3).number(sample[0]));
        }
        nested(request, 1, series);
    }

    private static void nested(Bytes into, int field, Bytes message) {
        into.one(field << 3 | LENGTH).number(message.size()).raw(message.array());
    }

    int size() {
        return request.size();
    }

    byte[] plain() {
        return request.array();
    }
}
