package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.accounting.Metered;
import org.reservoir.accounting.MeteredUsage;
import org.reservoir.kernel.Interval;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.border.Borders;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.ValueType;
import org.reservoir.monitoring.wire.Spool;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.testing.TestDatabase;

class InboxReadingTest {
    private static final Schema NET = Schema.of("net", Schema.Attribute.of("bytes", ValueType.LONG));

    @TempDir
    private Path folder;

    private static void keep(Spool inbox, int rows) {
        var stream = new StreamInfo(new SourceId(1), 1, "net.1", Subject.of(new VeeId(1)), Labels.NONE, NET, Duration.ofSeconds(1), Duration.ofSeconds(9), Delivery.ACCOUNTING);
        for (int i = 0; i < rows; i++) {
            assertThat(inbox.keep(stream, 1, new Row(NET).begin(1).set(0, 1L))).isTrue();
        }
    }

    @Test
    void whatABackupDoesNotKnowAndTheInboxNoLongerHoldsIsTold() throws Exception {
        try (var database = SiteDatabase.open(TestDatabase.settings("db/store"), Site.MIGRATIONS, InstantSource.system()); var inbox = Spool.open(folder.resolve("inbox"), 64 << 20);
             var kept = new KeptOnDisk(folder, inbox, Optional.empty()); var borders = new Borders(Optional.of(inbox))) {
            keep(inbox, 40_000);
            inbox.settle(40_000); // by the database of which this one is a backup
            keep(inbox, 1);
            long gone = inbox.first() - 1;
            assertThat(gone).isPositive();
            assertThat(kept.facts()).containsEntry("inbox.gone", "0");
            try (var reading = new InboxReading(inbox, new MeteredUsage(database), borders, kept::gone)) {
                reading.start();
                for (int i = 0; i < 6_000 && inbox.settled() < inbox.last(); i++) {
                    Thread.sleep(10);
                }
            }
            assertThat(inbox.settled()).as("it goes on behind them").isEqualTo(40_001);
            assertThat(kept.facts()).containsEntry("inbox.gone", Long.toString(gone));
            assertThat(kept.exposition()).contains("reservoir_inbox_gone " + gone);
        }
    }

    @Test
    void anInboxOlderThanItsDatabasePassesNothingOver() throws Exception {
        var home = folder.resolve("inbox");
        var net = Optional.of("vee-1");
        var ever = new Interval(Instant.EPOCH, Instant.EPOCH.plus(Duration.ofHours(1)));
        try (var database = SiteDatabase.open(TestDatabase.settings("db/store", "db/accounting"), Site.MIGRATIONS, InstantSource.system())) {
            var usage = new MeteredUsage(database);
            try (var inbox = InboxReading.open(home, usage)) {
                keep(inbox, 10);
                usage.take(inbox);
            }
            var backup = folder.resolve("backup");
            copy(home, backup);
            try (var inbox = InboxReading.open(home, usage)) {
                keep(inbox, 500);
                usage.take(inbox);
            }
            for (int opened = 0; opened < 2; opened++) { // and again, for nothing may hang on the process
                try (var inbox = InboxReading.open(backup, usage)) {
                    keep(inbox, 7);
                    assertThat(usage.take(inbox)).isEqualTo(inbox.last());
                    assertThat(usage.gone(inbox)).isZero();
                }
            }
            assertThat(usage.metered(new Metered.Which(net, ""), ever)).singleElement().extracting(Metered::count).isEqualTo(10L + 500 + 7 + 7);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var files = Files.list(from)) {
            for (var file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }
}
