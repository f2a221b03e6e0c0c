package org.reservoir.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.probe.ValueType;

class FeedTest {
    private static final Schema SCHEMA = Schema.of("load", Schema.Attribute.of("load", ValueType.DOUBLE), Schema.Attribute.of("queue", ValueType.DOUBLE));
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int STREAMS = 100;

    private final Measurements measurements = new Measurements(new Measurements.Bounds(1_000, 8, 200, Duration.ofHours(1)), new Roster());
    private Instant now = Instant.parse("2026-11-28T10:00:00Z");
    private final Feed feed = new Feed(measurements, () -> now);
    private final Row row = new Row(SCHEMA);

    private static StreamInfo stream(int number) {
        return new StreamInfo(new SourceId(1), number, "vees.vee-%d.load".formatted(number), Subject.of(new VeeId(number)), Labels.NONE, SCHEMA, SECOND, SECOND, Delivery.CONTROL);
    }

    /** All of them once, each with a value of its own in this round. */
    private void round(List<StreamInfo> streams, int round) {
        now = now.plusSeconds(1);
        streams.forEach(stream -> feed.measured(stream, row.begin(now.toEpochMilli()).set(0, 1_000.0 * round + stream.number()).set(1, -1.0 * stream.number())));
    }

    private double last(StreamInfo stream, String name) {
        return measurements.figures(stream.subject(), name, SECOND, now).last();
    }

    @Test
    void streamsKeepTheirSeriesInWhateverOrderTheyComeAndWhoeverLeavesAmongThem() {
        var streams = new ArrayList<>(IntStream.rangeClosed(1, STREAMS).mapToObj(FeedTest::stream).toList());
        var random = new Random(7);
        for (int round = 0; round < 30; round++) {
            if (round % 3 == 0) {
                Collections.shuffle(streams, random);
            }
            if (round % 10 == 5) {
                streams.subList(0, 20).forEach(stream -> feed.changed(stream, StreamState.LOST, "its source is silent"));
            }
            round(streams, round);
            double of = 1_000.0 * round;
            assertThat(streams).allSatisfy(stream -> {
                assertThat(last(stream, "load")).isEqualTo(of + stream.number());
                assertThat(last(stream, "queue")).isEqualTo(-stream.number());
            });
        }
        assertThat(measurements.takenCount()).isEqualTo(2L * STREAMS * 30);
    }
}
