package org.reservoir.monitoring.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/** Over a connection, which carries differences, a measurement that came before its stream's introduction would cost all that follow. */
class ToldBeforeMeasuredTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final Protection NONE = new Protection.None();
    private static final SourceId SOURCE = new SourceId(91);

    private final UdpTest.Noted noted = new UdpTest.Noted();
    private final Collector collector = new Collector(noted, () -> System.nanoTime() / 1_000_000);

    private static StreamInfo stream(int number) {
        return new StreamInfo(SOURCE, number, "s" + number, Subject.of(new VeeId(number)), Labels.NONE, UdpTest.COUNT, Duration.ofMillis(10), Duration.ofSeconds(9), Delivery.CONTROL);
    }

    @Test
    void streamsThatBeginWhileTheConnectionIsBusyLoseNothing() throws Exception {
        int streams = 3_000;
        var random = new Random(1);
        try (var intake = new TcpIntake(ANY, NONE, collector, Optional.empty()); var outlet = new TcpOutlet(SOURCE, intake.address(), NONE, Optional.empty(), 4 * streams)) {
            for (int number = 1; number <= streams; number++) {
                outlet.tell(stream(number), StreamState.ON, "");
                outlet.take(stream(number), 1, SpoolTest.row(1));
                outlet.take(stream(number), 2, SpoolTest.row(2));
                LockSupport.parkNanos(random.nextInt(300_000));
            }
            UdpTest.await(() -> collector.measured() + collector.passedOver() == 2 * streams);
            assertThat(collector.passedOver()).isZero();
        }
    }

    @Test
    void aStreamThatEndedBeforeThereWasAConnectionIsHeardAndThenEnds() throws Exception {
        try (var intake = new TcpIntake(ANY, NONE, collector, Optional.empty()); var tap = new Tap(intake.address(), new ByteArrayOutputStream())) {
            var nowhere = tap.address();
            tap.lead(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
            try (var outlet = new TcpOutlet(SOURCE, nowhere, NONE, Optional.empty(), 100)) {
                outlet.tell(stream(1), StreamState.ON, "");
                outlet.take(stream(1), 1, SpoolTest.row(7));
                outlet.tell(stream(1), StreamState.RETIRED, "");
                tap.lead(intake.address());
                UdpTest.await(() -> collector.registry().stream(stream(1).key()).filter(known -> known.state() == StreamState.RETIRED).isPresent());
                assertThat(noted.values).containsExactly(7L);
                assertThat(collector.passedOver()).isZero();
            }
        }
    }
}
