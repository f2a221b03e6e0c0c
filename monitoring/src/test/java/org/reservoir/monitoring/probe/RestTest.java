package org.reservoir.monitoring.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.Guard;
import org.reservoir.kernel.HostId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;

class RestTest {
    private static final long HOUR = Duration.ofHours(1).toMillis();

    @Test
    void whoRestsIsWokenBySomethingThatIsDueSoonerAndByNothingElse() throws InterruptedException {
        var lock = new Guard();
        var rest = new Rest(lock);
        var resting = Thread.startVirtualThread(() -> {
            lock.lock();
            try {
                rest.last(HOUR);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                lock.unlock();
            }
        });
        while (resting.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        lock.hold(() -> rest.dueIn(2 * HOUR));
        assertThat(resting.getState()).isEqualTo(Thread.State.TIMED_WAITING);
        lock.hold(() -> rest.dueIn(HOUR / 2));
        assertThat(resting.join(Duration.ofMinutes(1))).isTrue();
    }

    @Test
    void whatASourceIsFedBetweenItsTurnsCarriesTheTimeOfThatMoment() {
        try (var source = new DataSource(new SourceId(1), 0)) {
            var heard = new Heard();
            source.subscribe(Interest.ALL, heard);
            var info = source.add("a", Subject.of(new HostId(1)), Labels.NONE, Fed.PROBE, ProbeSettings.every(Duration.ofMillis(100)));
            source.turn(1_000, 1_000_000);
            source.inform(info.number(), 1_020);
            source.inform(info.number(), 1_040);
            source.inform(info.number(), 1_120);
            assertThat(heard.items).as("the second came too soon").extracting(Heard.Item::at).containsExactly(1_000_020L, 1_000_120L);
            assertThat(source.wanted(info.number())).contains(Duration.ofMillis(100));
            source.remove(info.number());
            assertThat(source.wanted(info.number())).isEmpty();
        }
    }

    private enum Fed implements Probe {
        PROBE;

        private static final Schema SCHEMA = Schema.of("fed", Schema.Attribute.of("level", ValueType.LONG));

        @Override
        public Schema schema() {
            return SCHEMA;
        }

        @Override
        public void measure(Row row) {
            row.set(0, 1L);
        }

        @Override
        public boolean fed() {
            return true;
        }
    }
}
