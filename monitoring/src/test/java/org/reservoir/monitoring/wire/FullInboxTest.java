package org.reservoir.monitoring.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.reservoir.monitoring.wire.SpoolTest.row;
import static org.reservoir.monitoring.wire.SpoolTest.stream;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.monitoring.Listener;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/** What is for accounting is heard by rules while the inbox has no room, and stands in it once when it has. */
class FullInboxTest {
    private static final long ROOM = 3 * Spool.SEGMENT;

    @TempDir
    private Path directory;
    private final List<String> told = new ArrayList<>();
    private long now;
    private final Collector collector = new Collector(new Listener() {
        @Override
        public void measured(StreamInfo stream, Row row) {
            told.add("kept " + row.whole(0));
        }

        @Override
        public void unkept(StreamInfo stream, long sequence, Row row) {
            told.add("unkept " + row.whole(0));
        }

        @Override
        public void changed(StreamInfo stream, StreamState state, String why) {
            told.add(state.name());
        }
    }, () -> now);

    /** All that waits, from the first that is not acknowledged. */
    private long sent(Pump pump, KeptHearing hearing) throws IOException {
        pump.rewind();
        var body = new byte[Frame.LARGEST + Cursor.SLACK];
        long acknowledged = 0;
        while (pump.hasMore()) {
            var out = new Cursor().over(body, Frame.HEADER, Frame.LARGEST);
            assertThat(pump.fill(out)).isTrue();
            acknowledged = hearing.hear(new Cursor().over(body, Frame.HEADER, out.at)).orElseThrow().number();
        }
        return acknowledged;
    }

    @Test
    void itsStreamIsNotSilentAndNothingIsToldTwice() throws IOException {
        try (var sender = Spool.open(directory.resolve("sender"), ROOM); var inbox = Spool.open(directory.resolve("inbox"), ROOM)) {
            var hearing = new KeptHearing(new Voices.Voice(Optional.empty(), false, collector, Scope.ALL), 1, new KeptHearing.Marks(Optional.of(inbox)));
            var pump = new Pump(sender);
            collector.tell(stream(1, 1), StreamState.ON, "");
            long others = 0;
            while (inbox.keep(stream(2, 2), others + 1, row(0))) {
                others++;
            }
            for (int i = 1; i <= 8; i++, now += 1_000) {
                sender.keep(stream(1, 1), i, row(i));
                assertThat(sent(pump, hearing)).as("nothing is acknowledged").isZero();
                collector.turn();
            }
            assertThat(told).containsExactly("ON", "unkept 1", "unkept 2", "unkept 3", "unkept 4", "unkept 5", "unkept 6", "unkept 7", "unkept 8");
            told.clear();
            inbox.settle(others);
            sender.keep(stream(1, 1), 9, row(9));
            assertThat(sent(pump, hearing)).isEqualTo(9);
            assertThat(told).containsExactly("kept 9");
            assertThat(SpoolTest.read(inbox, others)).hasSize(9).first().isEqualTo(others + 1 + ":usage.of.vee-1#1=1");
        }
    }
}
