package org.reservoir.monitoring.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.Reached;
import org.reservoir.monitoring.probe.Registry;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/** Whatever a connection swallows when it breaks, its listener counts each measurement that it did not hear. */
class BacklogTest {
    private static final SourceId SOURCE = new SourceId(5);

    /** A line whose connections break with what is under way. */
    private static final class Line {
        final Collector collector = new Collector(new UdpTest.Noted(), () -> 0);
        final Backlog backlog;
        private final ArrayDeque<byte[]> underWay = new ArrayDeque<>();
        private Collector.Ear ear = collector.new Ear(SOURCE, Scope.ALL);
        private FrameWriter writer = FrameWriter.ordered(Frame.LARGEST);

        Line(int ring) {
            backlog = new Backlog(ring);
        }

        /** At most so many frames. */
        void send(int most) {
            for (int i = 0; i < most; i++) {
                var body = new Cursor().over(new byte[Frame.LARGEST + Cursor.SLACK], Frame.HEADER, Frame.LARGEST - Frame.SEAL);
                int kind = backlog.next(writer, body, 0);
                if (kind == Backlog.NOTHING) {
                    return;
                }
                var sent = kind == Frame.DELTA ? Arrays.copyOf(writer.frame(), writer.end()) : Arrays.copyOf(body.bytes, body.at);
                sent[0] = (byte) kind; // the header is the connection's affair
                underWay.add(sent);
            }
        }

        void arrive(int most) {
            for (int i = 0; i < most && !underWay.isEmpty(); i++) {
                var frame = underWay.remove();
                assertThat(ear.hear(frame[0], Arrays.copyOf(frame, frame.length + Cursor.SLACK), Frame.HEADER, frame.length)).isTrue();
            }
        }

        void breakAndBeginAnew() {
            underWay.clear();
            ear = collector.new Ear(SOURCE, Scope.ALL);
            writer = FrameWriter.ordered(Frame.LARGEST);
            backlog.beginAnew(0);
        }
    }

    /** Streams that begin, are measured and end, and of which some come again. */
    private static final class Streams {
        final Map<Integer, Long> taken = new HashMap<>();
        private final Map<Integer, Long> reached = new HashMap<>();
        private final List<Integer> on = new ArrayList<>();
        private final Line line;
        private final RandomGenerator random;
        /** Whether who wanted one again finds that it was measured for others meanwhile. */
        private final boolean forOthersToo;

        Streams(Line line, RandomGenerator random, boolean forOthersToo) {
            this.line = line;
            this.random = random;
            this.forOthersToo = forOthersToo;
        }

        void step() {
            switch (random.nextInt(6)) {
                case 0 -> begin();
                case 1 -> end();
                default -> measure();
            }
        }

        private void begin() {
            int number = 1 + random.nextInt(5);
            if (!on.contains(number)) {
                on.add(number);
                reached.merge(number, forOthersToo ? random.nextLong(3) : 0, Long::sum);
                tell(number, StreamState.ON);
            }
        }

        private void measure() {
            if (!on.isEmpty()) {
                int number = on.get(random.nextInt(on.size()));
                taken.merge(number, 1L, Long::sum);
                line.backlog.add(stream(number), reached.merge(number, 1L, Long::sum), SpoolTest.row(number));
            }
        }

        private void end() {
            if (!on.isEmpty()) {
                tell(on.remove(random.nextInt(on.size())), StreamState.RETIRED);
            }
        }

        void endAll() {
            while (!on.isEmpty()) {
                end();
            }
        }

        private void tell(int number, StreamState state) {
            line.backlog.tell(new Words.Told(stream(number), state, "", Reached.exactly(reached.get(number))));
        }
    }

    private static StreamInfo stream(int number) {
        return new StreamInfo(SOURCE, number, "s" + number, Subject.of(new VeeId(1)), Labels.NONE, UdpTest.COUNT, Duration.ofSeconds(1), Duration.ofSeconds(1), Delivery.CONTROL);
    }

    private static Map<Integer, Long> counted(Collector collector) {
        var all = new HashMap<Integer, Long>();
        for (Registry.Known known : collector.registry().streams(Interest.ALL)) {
            assertThat(known.state()).isEqualTo(StreamState.RETIRED);
            all.put(known.info().number(), known.heard() + known.gaps());
        }
        return all;
    }

    private static Streams played(long seed, Line line, boolean forOthersToo) {
        var random = Seeded.random(seed);
        var streams = new Streams(line, random, forOthersToo);
        for (int i = 0; i < 300; i++) {
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> line.send(1 + random.nextInt(4));
                case 3, 4 -> line.arrive(1 + random.nextInt(4));
                case 5 -> line.breakAndBeginAnew();
                default -> streams.step();
            }
        }
        streams.endAll();
        line.breakAndBeginAnew();
        line.send(1_000);
        line.arrive(1_000);
        return streams;
    }

    @Test
    void allThatIsNotHeardIsCounted() {
        Seeded.forAll(2_000, seed -> {
            var line = new Line(4 + (int) (seed % 40));
            var streams = played(seed, line, false);
            assertThat(counted(line.collector)).as("heard and missing of each stream").containsAllEntriesOf(streams.taken);
        });
    }

    @Test
    void andOfStreamsThatWereMeasuredForOthersMeanwhileNotMoreThanThatIsCountedToo() {
        Seeded.forAll(2_000, seed -> {
            var line = new Line(4 + (int) (seed % 40));
            var streams = played(seed, line, true);
            var counted = counted(line.collector);
            streams.taken.forEach((number, taken) -> assertThat(counted.get(number)).as("heard and missing of stream %d", number).isBetween(taken, streams.reached.get(number)));
        });
    }
}
