package org.reservoir.monitoring.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamState;

/** What is wrong with frames is told with the source in whose name they came, for a minute, and is in the sums for good. */
class TroubledFramesTest {
    private static final SourceId SOURCE = new SourceId(1);
    private static final byte[] KEY = "the key of this source".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final byte[] OTHER = "the key of somebody else".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private final UdpTest.Noted noted = new UdpTest.Noted();
    private long now;
    private final Collector collector = new Collector(noted, () -> now);
    private final FrameHearing hearing = new FrameHearing(collector, Optional.of(KEY), Optional.empty(), (_, _) -> { });
    private final List<byte[]> frames = new ArrayList<>();

    private FrameOutlet outlet(byte[] key) {
        return new FrameOutlet(SOURCE, Optional.of(key), false, Frame.DATAGRAM, Optional.empty(), (_, frame, length) -> frames.add(Arrays.copyOf(frame, length)));
    }

    private void hear(byte[] frame) {
        var bytes = FrameHearing.buffer();
        System.arraycopy(frame, 0, bytes, 0, frame.length);
        hearing.hear(bytes, frame.length);
    }

    private void say(FrameOutlet outlet, int... values) {
        outlet.tell(SpoolTest.stream(SOURCE.value(), 1), StreamState.ON, "");
        for (int value : values) {
            outlet.burst();
            outlet.take(SpoolTest.stream(SOURCE.value(), 1), value, SpoolTest.row(value));
            outlet.rest(); // a frame each
        }
    }

    private String problem() {
        now += 1_000;
        collector.turn();
        return collector.registry().sources().getFirst().problem();
    }

    private void aMinutePasses() {
        for (int i = 0; i < 7; i++) {
            now += 10_000;
            collector.alive(SOURCE);
            collector.turn();
        }
    }

    private void honest() {
        try (var outlet = outlet(KEY)) {
            say(outlet, 1, 2, 3, 4);
        }
        frames.forEach(this::hear);
        assertThat(noted.values).contains(1L, 4L);
        assertThat(problem()).isEmpty();
    }

    @Test
    void framesThatWereLostAreToldUntilTheyComeLate() {
        try (var outlet = outlet(KEY)) {
            say(outlet, 1, 2, 3, 4);
        }
        hear(frames.getFirst());
        hear(frames.getLast());
        int lost = frames.size() - 2;
        assertThat(lost).isPositive();
        assertThat(hearing.counts().missing()).isEqualTo(lost);
        assertThat(problem()).isEqualTo("%d frames were lost on the way".formatted(lost));
        frames.forEach(this::hear);
        assertThat(hearing.counts().missing()).isZero();
        assertThat(problem()).isEmpty();
    }

    @Test
    void framesUnderAnotherKeyAreToldWithTheSourceThatTheyName() {
        honest();
        frames.clear();
        try (var outlet = outlet(OTHER)) {
            say(outlet, 9);
        }
        frames.forEach(this::hear);
        assertThat(noted.values).doesNotContain(9L);
        assertThat(problem()).isEqualTo("%d frames in its name were not sealed with its key: its key is another, or somebody else sends them".formatted(frames.size()));
        aMinutePasses();
        assertThat(problem()).isEmpty();
        assertThat(hearing.counts().forged()).isEqualTo(frames.size());
    }

    @Test
    void genuineFramesThatMakeNoSenseAreTold() {
        honest();
        long number = Frame.number(frames.getLast()) + 1;
        var senseless = FrameHearing.buffer();
        Frame.putHeader(senseless, Frame.TELL, SOURCE.value(), number);
        Arrays.fill(senseless, Frame.HEADER, Frame.HEADER + 9, (byte) 0xff);
        int length = new Seal(KEY, SOURCE.value(), Frame.TO_LISTENER).close(senseless, Frame.HEADER + 9);
        hear(Arrays.copyOf(senseless, length));
        assertThat(hearing.counts().senseless()).isEqualTo(1);
        assertThat(problem()).isEqualTo("1 frames made no sense: it may be newer than this site");
    }

    @Test
    void aSourceThatBeginsAgainHasLostNothingOfWhatLiesBetweenItsNumbers() {
        var guard = new ReplayGuard();
        guard.passes(1L << 50);
        guard.passes((1L << 50) + 3);
        long later = (1L << 50) + (1L << 30);
        assertThat(guard.passes(later)).isTrue();
        assertThat(guard.passes(later)).isFalse();
        assertThat(guard.passes((1L << 50) + 3)).isFalse();
        guard.passes(later + 2);
        assertThat(guard.missing()).isEqualTo(3);
    }

    @Test
    void whereOnlyWhatWasAskedForComesByNumbersThatDoNotComeAreNotMissing() {
        try (var outlet = outlet(KEY)) {
            say(outlet, 1, 2, 3);
        }
        hearing.ofSome();
        hear(frames.getFirst());
        hear(frames.getLast());
        assertThat(hearing.counts().missing()).isZero();
        assertThat(problem()).isEmpty();
    }
}
