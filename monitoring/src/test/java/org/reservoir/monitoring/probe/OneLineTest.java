package org.reservoir.monitoring.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;

/** Several subscriptions of one listener over one line, by which it hears each number of a stream once. */
class OneLineTest {
    private static final Schema LOAD = Schema.of("load", Schema.Attribute.of("load", ValueType.DOUBLE), Schema.Attribute.of("jobs", ValueType.LONG));

    private final DataSource source = new DataSource(new SourceId(1), 0);
    private final Registry registry = new Registry((_, _, _) -> { });
    private final Heard heard = new Heard();
    private long now;

    private final Outlet line = new Outlet() {
        @Override
        public void take(StreamInfo stream, long sequence, Row row) {
            if (registry.heard(stream.key(), sequence, now) == Registry.Heard.NEW) {
                heard.take(stream, sequence, row);
            }
        }

        @Override
        public void tell(StreamInfo stream, StreamState state, String why) {
            throw new IllegalStateException("it is said how far the stream is");
        }

        @Override
        public void tell(StreamInfo stream, StreamState state, String why, long sequence) {
            registry.tell(stream, state, why, Reached.exactly(sequence), now);
            heard.tell(stream, state, why);
        }
    };

    @BeforeEach
    void measure() {
        var probe = new Probe() {
            @Override
            public Schema schema() {
                return LOAD;
            }

            @Override
            public void measure(Row row) {
                row.set(0, 0.5).set(1, 2);
            }
        };
        source.add("a.b.c", Subject.of(new VeeId(1)), Labels.of(new ServiceId(1), "web"), probe, ProbeSettings.every(Duration.ofSeconds(1)));
    }

    private static Interest only(String attribute) {
        return new Interest(Optional.empty(), "", Optional.empty(), Optional.empty(), Set.of(attribute), Optional.empty());
    }

    private void pass(long millis) {
        for (long until = now + millis; now < until; ) {
            now += 10;
            source.turn(now, 1_000_000 + now);
        }
    }

    private void nothingWasLostOrTwice() {
        assertThat(registry.streams(Interest.ALL)).singleElement().satisfies(stream -> {
            assertThat(stream.heard()).isEqualTo(heard.items.size());
            assertThat(stream.gaps()).isZero();
            assertThat(stream.twice()).isZero();
        });
    }

    @Test
    void whatTheyWantTogetherComesOnce() {
        source.subscribe(only("load"), line);
        source.subscribe(only("jobs"), line);
        pass(10_000);
        assertThat(heard.items).hasSize(10).allMatch(item -> item.row().has(0) && item.row().has(1));
        nothingWasLostOrTwice();
    }

    @Test
    void eachGetsItsAttributesAsOftenAsItWants() {
        source.subscribe(Interest.ALL.atMostEvery(Duration.ofSeconds(5)), line);
        source.subscribe(only("jobs"), line);
        pass(20_000);
        assertThat(heard.items).hasSize(20).allMatch(item -> item.row().has(1));
        assertThat(heard.items).filteredOn(item -> item.row().has(0)).hasSize(4);
        nothingWasLostOrTwice();
    }

    @Test
    void whoComesLaterGoesOnWithTheNumbersOfTheLineAndThoseOfOtherLinesAreTheirOwn() {
        var other = new Heard();
        source.subscribe(only("load").atMostEvery(Duration.ofSeconds(2)), line);
        source.subscribe(Interest.ALL, other);
        pass(10_000);
        source.subscribe(only("jobs"), line);
        pass(10_000);
        assertThat(heard.items).hasSize(15);
        assertThat(other.sequences()).hasSize(20).doesNotHaveDuplicates();
        nothingWasLostOrTwice();
    }

    @Test
    void aStreamEndsWithTheLastOfThem() {
        int often = source.subscribe(Interest.ALL, line);
        int seldom = source.subscribe(Interest.ALL.atMostEvery(Duration.ofSeconds(5)), line);
        pass(20_000);
        source.unsubscribe(often);
        assertThat(heard.news()).containsExactly("1 ON");
        int before = heard.items.size();
        pass(20_000);
        assertThat(heard.items.size() - before).isEqualTo(4);
        nothingWasLostOrTwice();

        source.unsubscribe(seldom);
        assertThat(heard.news()).containsExactly("1 ON", "1 RETIRED unsubscribed");
    }
}
