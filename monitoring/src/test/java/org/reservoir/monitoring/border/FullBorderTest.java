package org.reservoir.monitoring.border;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.probe.ValueType;
import org.reservoir.monitoring.wire.KeepingOutlet;
import org.reservoir.monitoring.wire.Spool;

/** A border has room for so many streams; what of others does not cross is counted. */
class FullBorderTest {
    private static final int ROOM = 100_000;
    private static final ServiceId OURS = new ServiceId(5);
    private static final Schema LOAD = Schema.of("load", Schema.Attribute.of("load", ValueType.LONG));

    @TempDir
    private Path folder;
    private final Line line = new Line();

    /** What crossed, and what ended. */
    private static final class Line implements KeepingOutlet {
        long taken;
        long relayed;
        long retired;
        boolean full;

        @Override
        public void take(StreamInfo stream, long sequence, Row row) {
            taken++;
        }

        @Override
        public void tell(StreamInfo stream, StreamState state, String why) {
            retired += state == StreamState.RETIRED ? 1 : 0;
        }

        @Override
        public boolean relay(long origin, long number, StreamInfo stream, long sequence, Row row) {
            relayed += full ? 0 : 1;
            return !full;
        }

        @Override
        public long relayed(long origin) {
            return 0;
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    private static StreamInfo stream(int number, long service, Delivery delivery, Duration period) {
        return new StreamInfo(new SourceId(9), number, "vee." + number, Subject.of(new VeeId(number)), Labels.of(new ServiceId(service), "web"), LOAD, period, Duration.ofSeconds(9), delivery);
    }

    private static StreamInfo stream(int number, long service) {
        return stream(number, service, Delivery.CONTROL, Duration.ofSeconds(1));
    }

    private static Row row(long value) {
        return new Row(LOAD).begin(value).set(0, value);
    }

    @Test
    void whatIsBeyondItsRoomIsCountedAndEndsNothingThatCrosses() throws Exception {
        try (var inbox = Spool.open(folder.resolve("inbox"), 1 << 20); var borders = new Borders(Optional.of(inbox))) {
            borders.open("home", Terms.sameIds(OURS), _ -> line);
            for (int i = 1; i <= ROOM + 3; i++) {
                borders.measured(stream(i, 5), 1, row(i));
            }
            assertThat(line.taken).isEqualTo(ROOM);
            borders.measured(stream(ROOM + 9, 6), 1, row(1)); // another service's
            borders.changed(stream(ROOM + 1, 5), StreamState.OFF, "");
            assertThat(borders.list()).containsExactly(new Borders.Status(OURS, "home", ROOM, ROOM, 3));

            inbox.keep(stream(ROOM + 20, 5, Delivery.ACCOUNTING, Duration.ofSeconds(1)), 1, row(1));
            inbox.keep(stream(ROOM + 21, 6, Delivery.ACCOUNTING, Duration.ofSeconds(1)), 1, row(1));
            borders.turn(0);
            assertThat(borders.list()).containsExactly(new Borders.Status(OURS, "home", ROOM, ROOM, 4));

            borders.measured(stream(1, 5, Delivery.CONTROL, Duration.ofSeconds(2)), 2, row(2)); // measured less often now
            assertThat(line.retired).isZero();
            borders.changed(stream(2, 5), StreamState.RETIRED, "");
            borders.measured(stream(ROOM + 1, 5), 2, row(2));
            assertThat(borders.list()).as("there is room again").containsExactly(new Borders.Status(OURS, "home", ROOM, ROOM + 2, 4));
        }
    }

    @Test
    void whatWaitsForRoomOnTheDiskHasNotCrossed() throws Exception {
        try (var inbox = Spool.open(folder.resolve("inbox"), 1 << 20); var borders = new Borders(Optional.of(inbox))) {
            borders.open("home", Terms.sameIds(OURS), _ -> line);
            inbox.keep(stream(1, 5, Delivery.ACCOUNTING, Duration.ofSeconds(1)), 1, row(1));
            line.full = true;
            borders.turn(0);
            borders.turn(0);
            assertThat(borders.list()).extracting(Borders.Status::passed).containsExactly(0L);
            line.full = false;
            borders.turn(0);
            assertThat(line.relayed).isEqualTo(1);
            assertThat(borders.list()).extracting(Borders.Status::passed).containsExactly(1L);
        }
    }
}
