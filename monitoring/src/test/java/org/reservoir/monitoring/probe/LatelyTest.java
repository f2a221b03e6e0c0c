package org.reservoir.monitoring.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;

class LatelyTest {
    private static final Schema LOAD = Schema.of("load", Schema.Attribute.of("load", ValueType.DOUBLE));
    private static final ProbeSettings RARELY = ProbeSettings.every(Duration.ofMinutes(1));

    private final DataSource source = new DataSource(new SourceId(1), 0);
    private final Heard heard = new Heard();
    private long now;

    private void pass(long millis) {
        for (long until = now + millis; now < until; ) {
            now += 10;
            source.turn(now, 1_000_000 + now);
        }
    }

    @Test
    void whatIsNewIsToldOnceMoreAMomentLaterForWordsMayBeLost() {
        source.subscribe(Interest.ALL, heard);
        for (int i = 0; i < 1_200; i++) {
            source.add("a.b.c", Subject.of(new VeeId(1)), Labels.NONE, new Constant(), RARELY.switched(false));
        }
        heard.told.clear();
        pass(Lately.QUIET_MILLIS);
        assertThat(heard.told).isEmpty();
        pass(10);
        assertThat(heard.told).as("no burst again").hasSize(Lately.AT_ONCE);
        pass(11 * 10);
        assertThat(heard.told).hasSize(1_200).doesNotHaveDuplicates();
        source.change(7, RARELY);
        source.remove(8);
        heard.told.clear();
        pass(2 * Lately.QUIET_MILLIS);
        assertThat(heard.told).containsExactly("7 ON");
    }

    private static final class Constant implements Probe {
        @Override
        public Schema schema() {
            return LOAD;
        }

        @Override
        public void measure(Row row) {
            row.set(0, 1.0);
        }
    }
}
