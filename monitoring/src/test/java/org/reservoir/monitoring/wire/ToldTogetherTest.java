package org.reservoir.monitoring.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.reservoir.monitoring.Listener;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/** Words of many streams share a frame, and stand before what is measured after them. */
class ToldTogetherTest {
    private static final int STREAMS = 1_000;
    private final List<byte[]> frames = new ArrayList<>();
    private final List<Long> measured = new ArrayList<>();
    private final Collector collector = new Collector(new Listener() {
        @Override
        public void measured(StreamInfo stream, Row row) {
            measured.add(row.whole(0));
        }

        @Override
        public void changed(StreamInfo stream, StreamState state, String why) {
            // the registry knows
        }
    }, () -> 0);

    private static StreamInfo stream(int number) {
        return SpoolTest.stream(1, number);
    }

    private void hear() {
        var hearing = new FrameHearing(collector, Optional.empty(), Optional.empty(), (_, _) -> { });
        for (var frame : frames) {
            var bytes = FrameHearing.buffer();
            System.arraycopy(frame, 0, bytes, 0, frame.length);
            hearing.hear(bytes, frame.length);
        }
        assertThat(hearing.counts().senseless()).isZero();
    }

    @Test
    void aThousandStreamsAreToldOfInFewFramesInOrderWithWhatTheyMeasure() {
        try (var outlet = new FrameOutlet(new SourceId(1), Optional.empty(), false, Frame.DATAGRAM, Optional.empty(), (_, frame, length) -> frames.add(Arrays.copyOf(frame, length)))) {
            outlet.burst();
            for (int i = 1; i <= STREAMS; i++) {
                outlet.tell(stream(i), StreamState.ON, "");
            }
            outlet.take(stream(STREAMS), 1, SpoolTest.row(1));
            outlet.tell(stream(STREAMS + 1), StreamState.ON, "");
            outlet.take(stream(STREAMS + 1), 1, SpoolTest.row(2));
            outlet.rest();
        }
        assertThat(frames).hasSizeLessThan(STREAMS / 8).allSatisfy(frame -> assertThat(frame.length).isLessThanOrEqualTo(Frame.DATAGRAM));
        hear();
        assertThat(collector.registry().streams(Interest.ALL)).hasSize(STREAMS + 1);
        assertThat(measured).containsExactly(1L, 2L);
        assertThat(collector.passedOver()).isZero();
    }
}
