package org.reservoir.monitoring.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.DataSource;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.Outlet;
import org.reservoir.monitoring.probe.ProbeSettings;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.SourceInfo;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/** While streams begin and end, listeners come and go and the way between loses what it likes: each measurement is heard or counted as missing. */
class NothingLostUncountedTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final Protection NONE = new Protection.None();
    private static final SourceId SOURCE = new SourceId(91);

    /** Counts what a source hands to an outlet. */
    private static final class Counted implements Outlet {
        final Outlet outlet;
        volatile long taken;

        Counted(Outlet outlet) {
            this.outlet = outlet;
        }

        @Override
        public void take(StreamInfo stream, long sequence, Row row) {
            taken++;
            outlet.take(stream, sequence, row);
        }

        @Override
        public void tell(StreamInfo stream, StreamState state, String why) {
            outlet.tell(stream, state, why);
        }

        @Override
        public void tell(StreamInfo stream, StreamState state, String why, long sequence) {
            outlet.tell(stream, state, why, sequence);
        }

        @Override
        public void burst() {
            outlet.burst();
        }

        @Override
        public void rest() {
            outlet.rest();
        }

        @Override
        public void alive(SourceInfo source) {
            outlet.alive(source);
        }
    }

    /** A source whose streams and listener change all the time. */
    private static final class Restless implements AutoCloseable {
        final DataSource source = new DataSource(SOURCE, 0);
        private final RandomGenerator random;
        private final Outlet outlet;
        private final List<Integer> streams = new ArrayList<>();
        private int subscription;
        private long now;

        Restless(RandomGenerator random, Outlet outlet) {
            this.random = random;
            this.outlet = outlet;
            subscription = source.subscribe(Interest.ALL, outlet);
        }

        void step() {
            switch (random.nextInt(12)) {
                case 0, 1 -> streams.add(source.add("s" + random.nextInt(1_000_000), Subject.of(new VeeId(1 + random.nextInt(9))), Labels.NONE, UdpTest.counter(),
                        ProbeSettings.every(Duration.ofMillis(10 * (1 + random.nextInt(3))))).number());
                case 2, 3 -> {
                    if (streams.size() > 10) {
                        source.remove(streams.remove(random.nextInt(streams.size())));
                    }
                }
                case 4 -> {
                    if (random.nextInt(4) == 0) {
                        source.unsubscribe(subscription);
                        subscription = source.subscribe(Interest.ALL, outlet);
                    }
                }
                case 5 -> {
                    if (!streams.isEmpty()) {
                        source.change(streams.get(random.nextInt(streams.size())), ProbeSettings.every(Duration.ofMillis(10 * (1 + random.nextInt(5)))));
                    }
                }
                default -> {
                    now += 10;
                    source.turn(now, now);
                }
            }
        }

        @Override
        public void close() {
            source.close();
        }
    }

    /** Datagrams of measurements are lost, doubled and overtaken by the next frame; words come. */
    private static List<byte[]> carried(List<byte[]> frames, RandomGenerator random) {
        var carried = new ArrayList<byte[]>();
        var late = new ArrayDeque<byte[]>();
        for (var frame : frames) {
            int luck = Frame.kind(frame) == Frame.DATA ? random.nextInt(20) : 20;
            if (luck == 0 && late.isEmpty()) {
                late.add(frame);
                continue;
            }
            if (luck > 2) {
                carried.add(frame);
            }
            if (luck == 3) {
                carried.add(frame);
            }
            carried.addAll(late);
            late.clear();
        }
        carried.addAll(late);
        return carried;
    }

    @Test
    void overDatagramsThatAreLostDoubledAndLate() {
        for (boolean apart : List.of(false, true)) {
            Seeded.forAll(8, seed -> {
                var random = Seeded.random(seed);
                var frames = new ArrayList<byte[]>();
                var noted = new UdpTest.Noted();
                var collector = new Collector(noted, () -> 0);
                long taken;
                try (var outlet = new FrameOutlet(SOURCE, Optional.empty(), apart, Frame.DATAGRAM, Optional.empty(), (_, frame, length) -> frames.add(Arrays.copyOf(frame, length)))) {
                    var counted = new Counted(outlet);
                    try (var source = new Restless(random, counted)) {
                        for (int i = 0; i < 400; i++) {
                            source.step();
                        }
                    }
                    taken = counted.taken;
                }
                var hearing = new FrameHearing(collector, Optional.empty(), Optional.empty(), (_, _) -> { });
                var buffer = FrameHearing.buffer();
                for (var frame : carried(frames, random)) {
                    System.arraycopy(frame, 0, buffer, 0, frame.length);
                    hearing.hear(buffer, frame.length);
                }
                assertThat(taken).isGreaterThan(100);
                assertThat(counted(collector)).as("heard and missing, of those sent (apart: %s)", apart).isGreaterThanOrEqualTo(taken).isLessThan(taken + taken / 20);
            });
        }
    }

    private void overAConnectionThatIsCut(long seed, int steps) throws Exception {
        var random = Seeded.random(seed);
        var noted = new UdpTest.Noted();
        var collector = new Collector(noted, () -> System.nanoTime() / 1_000_000);
        try (var intake = new TcpIntake(ANY, NONE, collector, Optional.empty()); var tap = new Tap(intake.address(), new ByteArrayOutputStream());
                var outlet = new TcpOutlet(SOURCE, tap.address(), NONE, Optional.empty(), 2_000)) {
            var counted = new Counted(outlet);
            try (var source = new Restless(random, counted)) {
                for (int i = 0; i < steps; i++) {
                    source.step();
                    Thread.sleep(0, random.nextInt(500_000));
                    if (i % (steps / 4) == steps / 5) { // not often: with each short connection it is more patient
                        tap.cut();
                    }
                }
            }
            // all have ended for a moment too when the listener hears that nobody listens, and not yet that somebody does again
            UdpTest.await(() -> counted(collector) >= counted.taken && collector.registry().streams(Interest.ALL).stream().allMatch(known -> known.state() == StreamState.RETIRED));
            assertThat(counted(collector)).as("heard and missing, of those sent (seed %d)", seed).isEqualTo(counted.taken);
            assertThat(collector.passedOver()).as("seed %d", seed).isZero();
        }
    }

    private static long counted(Collector collector) {
        return collector.measured() + collector.registry().gaps();
    }

    @Test
    void overAConnectionThatIsCutAgainAndAgain() throws Exception {
        overAConnectionThatIsCut(7, 1_000);
    }

    @Test
    @Tag("long")
    void overConnectionsThatAreCutAgainAndAgainWhateverTheOrder() throws Exception {
        for (int seed = 100; seed < 110; seed++) {
            overAConnectionThatIsCut(seed, 3_000);
        }
    }
}
