package org.reservoir.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.kernel.Interval;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.ValueType;
import org.reservoir.monitoring.wire.Spool;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.testing.TestDatabase;

@Tag("long")
class MeteredUsageTest {
    private static final Instant T = Instant.parse("2026-11-20T10:30:00Z");
    private static final Interval DAY = new Interval(T.minusSeconds(86_400), T.plusSeconds(86_400));
    private static final Schema NET = Schema.of("net", Schema.Attribute.of("net.bytes", ValueType.LONG), Schema.Attribute.of("note", ValueType.STRING));

    @TempDir
    Path folder;
    private final SiteDatabase database = TestDatabase.fresh(() -> T, "db/store", Accounting.MIGRATIONS);
    private final MeteredUsage metered = new MeteredUsage(database);

    @AfterEach
    void close() {
        database.close();
    }

    private static void keep(Spool inbox, int vee, Instant at, long bytes) {
        var stream = new StreamInfo(new SourceId(1), vee, "net." + vee, Subject.of(new VeeId(vee)), Labels.NONE, NET, Duration.ofSeconds(1), Duration.ofSeconds(9), Delivery.ACCOUNTING);
        assertThat(inbox.keep(stream, 1, new Row(NET).begin(at.toEpochMilli()).set(0, bytes).set(1, "texts count for nothing"))).isTrue();
    }

    @Test
    void whatIsMeasuredCountsOnceInTheHourInWhichItWasMeasured() throws Exception {
        try (var inbox = Spool.open(folder.resolve("inbox"), 64 << 20)) {
            for (int i = 0; i < 30_000; i++) { // more than are taken at once
                keep(inbox, 1 + i % 2, T.plusMillis(100L * i), i);
            }
            long taken = 0;
            while (taken < inbox.last()) {
                taken = metered.take(inbox);
            }
            assertThat(metered.take(inbox)).isEqualTo(30_000);
            inbox.settle(30_000);
            keep(inbox, 1, T, 7); // late, by hours perhaps
            assertThat(metered.take(inbox)).isEqualTo(30_001);
        }
        try (var inbox = Spool.open(folder.resolve("inbox"), 64 << 20)) {
            assertThat(metered.take(inbox)).as("also after a restart").isEqualTo(30_001);
        }
        var hours = metered.metered(new Metered.Which(Optional.of("vee-1"), "net."), DAY);
        assertThat(hours).extracting(Metered::hour).containsExactly(Instant.parse("2026-11-20T10:00:00Z"), Instant.parse("2026-11-20T11:00:00Z"));
        assertThat(hours.getFirst().count()).isEqualTo(9_001);
        assertThat(hours.get(1).count()).isEqualTo(6_000);
        assertThat(hours.getFirst().sum() + hours.get(1).sum()).isEqualTo(7 + 14_999.0 * 15_000);
        assertThat(hours.get(1).high()).isEqualTo(29_998);
        assertThat(metered.metered(new Metered.Which(Optional.empty(), "disk."), DAY)).isEmpty();
        assertThat(metered.metered(new Metered.Which(Optional.empty(), ""), DAY)).hasSize(4);
    }

    @Test
    void whatWasLetGoSinceABackupIsToldAndHoldsUpNothing() throws Exception {
        try (var inbox = Spool.open(folder.resolve("inbox"), 64 << 20)) {
            for (int i = 1; i <= 60_000; i++) {
                keep(inbox, 1, T, 1);
            }
            assertThat(metered.gone(inbox)).isZero();
            inbox.settle(60_000); // by a database of which the one here is an older backup
            keep(inbox, 1, T, 5);
            long gone = inbox.first() - 1;
            assertThat(gone).isGreaterThan(20_000);
            assertThat(metered.gone(inbox)).isEqualTo(gone);
            for (long taken = 0, before = -1; taken > before; ) {
                before = taken;
                taken = metered.take(inbox);
            }
            assertThat(metered.take(inbox)).isEqualTo(60_001);
            assertThat(metered.gone(inbox)).isZero();
            assertThat(metered.metered(new Metered.Which(Optional.of("vee-1"), "net."), DAY)).singleElement().satisfies(hour -> assertThat(hour.count()).isEqualTo(60_001 - gone));
        }
    }
}
