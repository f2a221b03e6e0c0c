package org.reservoir.monitoring.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;

class RegistryTest {
    private static final SourceId SOURCE = new SourceId(9);
    private static final Schema LOAD = Schema.of("load", Schema.Attribute.of("load", ValueType.DOUBLE));

    private final List<String> changes = new ArrayList<>();
    private final Registry registry = new Registry((stream, state, _) -> changes.add(stream.number() + " " + state));

    private static StreamInfo stream(int number, Duration silence) {
        return new StreamInfo(SOURCE, number, "s" + number, Subject.of(new VeeId(number)), Labels.of(new ServiceId(1), "web"), LOAD,
                Duration.ofSeconds(1), silence, Delivery.CONTROL);
    }

    private static StreamInfo stream(int number) {
        return stream(number, Duration.ofSeconds(1));
    }

    private Registry.Known known() {
        return registry.stream(stream(1).key()).orElseThrow();
    }

    @Test
    void aStreamThatFallsSilentIsStaleThenHeardAgain() {
        registry.tell(stream(1), StreamState.ON, "", 0);
        registry.heard(stream(1).key(), 1, 1000);
        registry.turn(3900);
        assertThat(known().state()).isEqualTo(StreamState.ON);
        registry.turn(4100);
        assertThat(known().state()).isEqualTo(StreamState.STALE);
        registry.tell(stream(1), StreamState.ON, "", 4200);
        assertThat(known().state()).as("a living source does not make a silent stream speak").isEqualTo(StreamState.STALE);
        registry.heard(stream(1).key(), 2, 5000);

        assertThat(changes).containsExactly("1 ON", "1 STALE", "1 ON");
    }

    @Test
    void aStreamThatIsOffIsNotStale() {
        registry.tell(stream(1), StreamState.ON, "", 0);
        registry.tell(stream(1), StreamState.OFF, "", 100);
        registry.turn(20_000);

        assertThat(changes).containsExactly("1 ON", "1 OFF");
    }

    @Test
    void aStreamThatSendsOnlyChangesMayBeSilentForLong() {
        registry.tell(stream(1, Duration.ofSeconds(60)), StreamState.ON, "", 0);
        for (long at = 10_000; at < 170_000; at += 10_000) {
            registry.tell(stream(1, Duration.ofSeconds(60)), StreamState.ON, "", at);
            registry.turn(at);
        }

        assertThat(changes).containsExactly("1 ON");
    }

    @Test
    void aSourceThatIsHeardNoMoreLosesAllItsStreams() {
        registry.tell(stream(1), StreamState.ON, "", 0);
        registry.tell(stream(2), StreamState.OFF, "", 0);
        registry.turn(31_000);

        assertThat(changes).containsExactlyInAnyOrder("1 ON", "2 OFF", "1 LOST", "2 LOST");
        registry.turn(700_000);
        assertThat(registry.streams(Interest.ALL)).isEmpty();
    }

    @Test
    void aStreamOfALivingSourceThatIsSilentAndNotToldOfHasEnded() {
        for (long at = 0; at <= 200_000; at += 10_000) {
            registry.tell(stream(2), StreamState.OFF, "", at);
            if (at == 0) {
                registry.tell(stream(1), StreamState.ON, "", at);
            }
            registry.turn(at);
        }

        assertThat(changes).containsExactly("2 OFF", "1 ON", "1 STALE", "1 LOST");
    }

    @Test
    void whatWasLostBeforeTheFirstAndAfterTheLastIsMissing() {
        registry.tell(stream(1), StreamState.ON, "", Reached.exactly(70_000), 0);
        registry.heard(stream(1).key(), registry.tally(stream(1).key()).orElseThrow().sequence(70_003 & 0xffff), 1);
        assertThat(known().gaps()).isEqualTo(2);
        registry.tell(stream(1), StreamState.ON, "", Reached.exactly(70_010), 2);
        assertThat(known().gaps()).isEqualTo(9);
        assertThat(registry.heard(stream(1).key(), 70_008, 3)).as("it was only late").isEqualTo(Registry.Heard.LATE);
        registry.tell(stream(1), StreamState.RETIRED, "", Reached.exactly(70_012), 4);
        assertThat(known().gaps()).isEqualTo(10);
    }

    @Test
    void aStreamThatWasCutOffForSoLongThatItsNumberCameRoundIsHeard() {
        registry.tell(stream(1), StreamState.ON, "", Reached.exactly(0), 0);
        registry.heard(stream(1).key(), 1, 1);
        registry.tell(stream(1), StreamState.ON, "", Reached.exactly(50_000).butFor(10), 2);
        var tally = registry.tally(stream(1).key()).orElseThrow();
        assertThat(tally.heard(tally.sequence(49_995), 3)).isEqualTo(Registry.Heard.NEW);
        assertThat(known().gaps()).isEqualTo(49_993);
    }

    @Test
    void aRetiredStreamStaysRetired() {
        registry.tell(stream(1), StreamState.ON, "", 0);
        registry.tell(stream(1), StreamState.RETIRED, "", 10);
        registry.turn(60_000);

        assertThat(changes).containsExactly("1 ON", "1 RETIRED");
    }

    @Test
    void aStreamThatComesAgainAfterItWasUnsubscribedHasNoGap() {
        registry.tell(stream(1), StreamState.ON, "", 0);
        registry.heard(stream(1).key(), 1, 1);
        registry.tell(stream(1), StreamState.RETIRED, "unsubscribed", 2);
        registry.tell(stream(1), StreamState.ON, "", 3);
        registry.heard(stream(1).key(), 90, 4);

        assertThat(known().gaps()).isZero();
    }

    @Test
    void aMeasurementOfAnUnknownStreamIsNotTaken() {
        assertThat(registry.heard(stream(7).key(), 1, 1)).isEqualTo(Registry.Heard.UNKNOWN);
    }

    @Test
    void whateverIsLostDoubledOrReorderedIsCountedExactly() {
        Seeded.forAll(300, seed -> {
            var random = Seeded.random(seed);
            registry.tell(stream((int) seed), StreamState.ON, "", 0);
            var key = stream((int) seed).key();
            int first = 1 + random.nextInt(1000);
            var sent = new ArrayList<Integer>();
            for (int i = first; i < first + 200; i++) {
                sent.add(i);
            }
            int lost = 0;
            int doubled = 0;
            var arrived = new ArrayList<Integer>();
            for (int sequence : sent) {
                if (sequence != first && sequence != first + 199 && random.nextInt(10) == 0) {
                    lost++;
                    continue;
                }
                int place = sequence == first ? 0 : Math.max(1, arrived.size() - random.nextInt(5)); // up to four late
                arrived.add(Math.min(place, arrived.size()), sequence);
                if (random.nextInt(10) == 0 && sequence != first) {
                    arrived.add(sequence);
                    doubled++;
                }
            }
            int taken = 0;
            for (int sequence : arrived) {
                var heard = registry.heard(key, sequence, 1);
                taken += heard == Registry.Heard.NEW || heard == Registry.Heard.LATE ? 1 : 0;
            }
            var known = registry.stream(key).orElseThrow();
            assertThat(taken).isEqualTo(200 - lost);
            assertThat(known.heard()).isEqualTo(200 - lost);
            assertThat(known.gaps()).isEqualTo(lost);
            assertThat(known.twice()).isEqualTo(doubled);
        });
    }

    private static StreamInfo stream(SourceId source, int number, Schema schema) {
        return new StreamInfo(source, number, "s" + number, Subject.site(), Labels.NONE, schema, Duration.ofSeconds(1), Duration.ofSeconds(1), Delivery.CONTROL);
    }

    @Test
    void aTypeHasOneSchemaForAsLongAsAStreamOfItIsThere() {
        var other = Schema.of("load", Schema.Attribute.of("load", ValueType.LONG));
        var second = new SourceId(10);
        registry.alive(new SourceInfo(second, "second", java.util.Optional.empty(), "", 1, 0, 0), 0);
        assertThat(registry.tell(stream(1), StreamState.ON, "", 0)).isTrue();
        assertThat(registry.tell(stream(2), StreamState.ON, "", 0)).as("the same").isTrue();
        assertThat(registry.tell(stream(second, 1, other), StreamState.ON, "", 0)).isFalse();
        assertThat(registry.schemas()).containsExactly(LOAD);
        assertThat(registry.sources()).filteredOn(source -> source.info().id().equals(second)).extracting(Registry.KnownSource::problem)
                .containsExactly("s1 tells type load with a schema that is not the known one");

        assertThat(registry.tell(stream(SOURCE, 1, other), StreamState.ON, "", 0)).as("a stream stays what it is").isFalse();
        registry.tell(stream(1), StreamState.RETIRED, "", 10);
        assertThat(registry.tell(stream(second, 1, other), StreamState.ON, "", 0)).as("one of the first is left").isFalse();
        registry.tell(stream(2), StreamState.RETIRED, "", 10);
        assertThat(registry.tell(stream(second, 1, other), StreamState.ON, "", 0)).isTrue();
        assertThat(registry.schemas()).containsExactly(other);
        assertThat(registry.heard(stream(second, 1, other).key(), 1, 20)).isEqualTo(Registry.Heard.NEW);
    }

    @Test
    void aSourceIsShownWithItsStreamsAndGoesWhenNothingIsHeardOfIt() {
        var self = new SourceInfo(SOURCE, "server-1", java.util.Optional.empty(), "127.0.0.1:9", 2, 0.25, 3);
        registry.alive(self, 0);
        registry.tell(stream(1), StreamState.ON, "", 0);
        registry.tell(stream(2), StreamState.OFF, "", 0);
        registry.heard(stream(1).key(), 1, 100);
        registry.heard(stream(1).key(), 4, 200);
        registry.turn(1000);
        assertThat(registry.sources()).containsExactly(new Registry.KnownSource(self, Duration.ofMillis(1000), false,
                java.util.Map.of(StreamState.ON, 1, StreamState.OFF, 1), 2, ""));

        registry.turn(31_000);
        assertThat(registry.sources()).extracting(Registry.KnownSource::lost).containsExactly(true);
        assertThat(changes).endsWith("1 LOST", "2 LOST");
        registry.turn(700_000);
        registry.turn(700_001);
        assertThat(registry.sources()).as("its lease is over").isEmpty();
        assertThat(registry.streams(Interest.ALL)).isEmpty();
        assertThat(registry.schemas()).isEmpty();
    }

    @Test
    void newVersionsOfASourceTakeTheTypeOverWhenTheOldOnesAreLost() {
        var newer = Schema.of("load", Schema.Attribute.of("load", ValueType.DOUBLE), Schema.Attribute.of("jobs", ValueType.LONG));
        var second = new SourceId(10);
        registry.tell(stream(1), StreamState.ON, "", 0);
        assertThat(registry.tell(stream(second, 1, newer), StreamState.ON, "", 1000)).isFalse();
        registry.turn(31_000);
        assertThat(registry.tell(stream(second, 1, newer), StreamState.ON, "", 31_000)).isTrue();
        assertThat(registry.tell(stream(1), StreamState.ON, "", 32_000)).as("the old one comes back").isFalse();
        assertThat(known().state()).as("and is not believed").isEqualTo(StreamState.LOST);
        assertThat(registry.heard(stream(1).key(), 9, 32_000)).isEqualTo(Registry.Heard.UNKNOWN);
    }
}
