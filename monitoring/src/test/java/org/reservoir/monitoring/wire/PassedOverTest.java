package org.reservoir.monitoring.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Registry;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.probe.ValueType;
import org.reservoir.kernel.VeeId;

/** What is heard and cannot be used is counted where people look, and costs no more than itself. */
class PassedOverTest {
    private static final SourceId SOURCE = new SourceId(5);
    private static final Schema OTHER = Schema.of("other", Schema.Attribute.of("a", ValueType.INTEGER));

    private final UdpTest.Noted noted = new UdpTest.Noted();
    private long now;
    private final Collector collector = new Collector(noted, () -> now);
    private final Collector.Ear ear = collector.new Ear(SOURCE, Scope.ALL);
    private final FrameWriter ordered = FrameWriter.ordered(Frame.LARGEST);

    private static StreamInfo stream(int number, Schema schema) {
        return new StreamInfo(SOURCE, number, "s" + number, Subject.of(new VeeId(1)), Labels.NONE, schema, java.time.Duration.ofSeconds(1), java.time.Duration.ofSeconds(1), Delivery.CONTROL);
    }

    private static Row other(int value) {
        return new Row(OTHER).begin(value).set(0, value);
    }

    private void tell(StreamInfo stream, StreamState state) {
        var out = new Cursor().over(new byte[Frame.LARGEST + Cursor.SLACK], Frame.HEADER, Frame.LARGEST);
        Words.put(out, new Words.Told(stream, state, ""));
        assertThat(ear.hear(Frame.TELL, out.bytes, Frame.HEADER, out.at)).isTrue();
    }

    private void measure(int stream, long sequence, Row row) {
        ordered.clear();
        assertThat(ordered.add(stream, sequence, row)).isTrue();
        assertThat(ear.hear(Frame.DELTA, ordered.frame(), Frame.HEADER, ordered.end())).isTrue();
    }

    private Registry.KnownSource source() {
        collector.turn();
        return collector.registry().sources().getFirst();
    }

    /** The source lives all the time. */
    private void tenMinutesPass() {
        for (long until = now + 620_000; now < until; now += 10_000) {
            collector.alive(SOURCE);
            collector.turn();
        }
    }

    @Test
    void aStreamOnAConnectionMakesSenseAgainAsSoonAsItIsToldOf() {
        tell(stream(1, UdpTest.COUNT), StreamState.ON);
        measure(2, 1, SpoolTest.row(40));
        measure(2, 2, SpoolTest.row(41));
        measure(1, 1, SpoolTest.row(7));
        tell(stream(2, UdpTest.COUNT), StreamState.ON);
        measure(2, 3, SpoolTest.row(42));
        assertThat(noted.values).containsExactly(7L, 42L);
        assertThat(collector.passedOver()).isEqualTo(2);
    }

    @Test
    void aStreamThatIsOfOtherTypesThanItSaidMakesSenseAgainWhenItSaysSo() {
        tell(stream(1, UdpTest.COUNT), StreamState.ON);
        measure(1, 1, SpoolTest.row(1));
        measure(1, 2, other(5));
        measure(1, 3, other(6));
        assertThat(collector.registry().stream(stream(1, OTHER).key()).orElseThrow().gaps()).as("missing in its own numbers, at once").isEqualTo(2);
        tell(stream(1, UdpTest.COUNT), StreamState.RETIRED);
        tenMinutesPass();
        tell(stream(1, OTHER), StreamState.ON);
        measure(1, 4, other(7));
        assertThat(noted.values).containsExactly(1L, 7L);
        assertThat(source().gaps()).as("counted once, and also after the stream's numbers were forgotten").isEqualTo(2);
        assertThat(collector.registry().gaps()).isEqualTo(2);
    }

    @Test
    void whatIsPassedOverIsCountedWithItsSourceAndToldForAMinute() {
        tell(stream(1, UdpTest.COUNT), StreamState.ON);
        collector.turn();
        measure(9, 1, SpoolTest.row(1));
        measure(9, 2, SpoolTest.row(2));
        assertThat(source().gaps()).isEqualTo(2);
        assertThat(source().problem()).isEqualTo("2 measurements passed over: it has not told what they are of");
        assertThat(collector.registry().gaps()).isEqualTo(2);
        now += 61_000;
        assertThat(source().problem()).isEmpty();
        assertThat(source().gaps()).isEqualTo(2);
    }

    @Test
    void aStreamThatComesAgainAfterItWasForgottenIsKnownAgain() {
        tell(stream(1, UdpTest.COUNT), StreamState.ON);
        tell(stream(2, UdpTest.COUNT), StreamState.ON);
        measure(1, 1, SpoolTest.row(1));
        tell(stream(1, UdpTest.COUNT), StreamState.RETIRED);
        tenMinutesPass();
        tell(stream(1, UdpTest.COUNT), StreamState.ON);
        measure(1, 2, SpoolTest.row(2));
        measure(1, 4, SpoolTest.row(4));
        var known = collector.registry().stream(stream(1, UdpTest.COUNT).key()).orElseThrow();
        assertThat(List.of(known.heard(), known.gaps())).containsExactly(2L, 1L);
    }

    @Test
    void streamsOfASourceThatHasHadMillionsAreHeard() {
        for (int number : new int[]{1, 262_144, 5_000_000, Integer.MAX_VALUE}) {
            tell(stream(number, UdpTest.COUNT), StreamState.ON);
            measure(number, 1, SpoolTest.row(number));
            measure(number, 2, SpoolTest.row(number));
        }
        assertThat(noted.values).hasSize(8);
        assertThat(collector.passedOver()).isZero();
    }

    @Test
    void whoIsLostForLongIsSaidToHaveEndedSoThatNobodyKeepsSomethingByIt() {
        tell(stream(1, UdpTest.COUNT), StreamState.ON);
        now = 40_000;
        collector.turn();
        now = 700_000;
        collector.turn();
        assertThat(noted.states).containsExactly("s1 ON", "s1 LOST", "s1 RETIRED");
    }

    @Test
    void aStrangerMakesNobodyRememberStreamsWithoutEnd() {
        var memory = new DeltaMemory();
        for (int i = 1; i <= 10_000; i++) {
            assertThat(memory.follow(i, new byte[]{1}, 2)).isPresent();
        }
        assertThat(memory.follow(10_001, new byte[]{1}, 2)).isEqualTo(Optional.empty());
        memory.keep(1, SpoolTest.row(1));
        assertThat(memory.follow(10_001, new byte[]{1}, 2)).as("one of them is told of now").isPresent();
    }
}
