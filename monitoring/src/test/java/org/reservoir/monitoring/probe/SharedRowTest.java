package org.reservoir.monitoring.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;

/** All probes of a schema fill one row. */
class SharedRowTest {
    private static final Schema SCHEMA = Schema.of("number", Schema.Attribute.of("n", ValueType.LONG));

    private static Probe always(long value) {
        return new Probe() {
            @Override
            public Schema schema() {
                return SCHEMA;
            }

            @Override
            public void measure(Row row) {
                row.set(0, value);
            }
        };
    }

    @Test
    void whoListensMayHaveAnotherOfThemMeasuredMeanwhileAndEachListenerHearsWhatWasMeasured() {
        try (var source = new DataSource(new SourceId(1), 0)) {
            var heard = new ArrayList<String>();
            int other = source.add("b", Subject.site(), Labels.NONE, always(2), ProbeSettings.every(ProbeSettings.ON_EVENT)).number();
            for (var listener : List.of("first", "second")) {
                source.subscribe(Interest.ALL, new Outlet() {
                    @Override
                    public void take(StreamInfo stream, long sequence, Row row) {
                        heard.add(listener + " " + stream.name() + " " + row.whole(0));
                        if (listener.equals("first") && stream.name().equals("a")) {
                            source.inform(other);
                        }
                    }

                    @Override
                    public void tell(StreamInfo stream, StreamState state, String why) {
                        // only measurements matter here
                    }
                });
            }
            source.add("a", Subject.site(), Labels.NONE, always(1), ProbeSettings.every(Duration.ofMillis(10)));
            source.turn(10, 10);
            assertThat(heard).containsExactly("first a 1", "first b 2", "second b 2", "second a 1");
        }
    }

    @Test
    void aSourceRestsUntilSomethingIsDueAndNeverLong() {
        try (var source = new DataSource(new SourceId(1), 0)) {
            assertThat(source.quietMillis()).isEqualTo(200);
            source.subscribe(Interest.ALL, (NoWords) (_, _, _) -> { });
            source.add("a", Subject.site(), Labels.NONE, always(1), ProbeSettings.every(Duration.ofMillis(20)));
            source.turn(10, 10);
            source.turn(20, 20);
            assertThat(source.quietMillis()).isBetween(10L, 20L);
        }
    }

    private interface NoWords extends Outlet {
        @Override
        default void tell(StreamInfo stream, StreamState state, String why) {}
    }
}
