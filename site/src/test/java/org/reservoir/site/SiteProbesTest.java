package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.monitoring.Feed;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.plane.Memory;
import org.reservoir.monitoring.plane.Order;
import org.reservoir.monitoring.plane.Selection;
import org.reservoir.monitoring.probe.ProbeKind;
import org.reservoir.monitoring.wire.FrameHearing;
import org.reservoir.monitoring.wire.Spool;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.testing.TestDatabase;

class SiteProbesTest {
    private static final Path PAGE = Path.of("../docs/reference/site-probes.md");

    @TempDir
    Path folder;

    @Test
    void theSiteMeasuresWhatWaitsWhatLagsAndWhatItHas() throws Exception {
        try (var database = SiteDatabase.open(TestDatabase.settings("db/store"), Site.MIGRATIONS, InstantSource.system())) {
            database.run(tx -> tx.sql().execute("insert into work (kind, subject, lane, payload, run_at, last_error) values ('test.none', 'x', 'x', '{}', now() - interval '1 hour', 'broke')"));
            database.run(tx -> tx.publish("test", "vee-1", "test.happened", "{}"));
            database.outbox().consume("reader", Set.of("other"), 1, (_, _) -> { });
            var frames = new AtomicLong();
            var measurements = new Measurements(Measurements.Bounds.USUAL, new Roster());
            try (var inbox = Spool.open(folder.resolve("inbox"), 1 << 20);
                 var sensors = new Sensors("server-1", new Feed(measurements, InstantSource.system()), inbox, Memory.NONE, (_, _, _, _) -> { }, InstantSource.system())) {
                SiteKinds.all(database, measurements, sensors, new SiteKinds.Outside(Stream::empty, () -> Stream.of(new FrameHearing.Counts(0, frames.addAndGet(1_000), 0, 0, Math.max(0, 1_000_000 - frames.get())))), new KeptOnDisk(folder, inbox, Optional.empty()), folder).forEach(kind -> sensors.kinds().offer(kind, "built in"));
                SiteKinds.begin(sensors.station());
                sensors.station().apply(new Order.Rate(Selection.prefix("site."), Duration.ofMillis(200)), "a test");
                sensors.start();
                var seen = awaited(measurements, Set.of("site.work.waiting", "site.events.kept", "site.placement.waiting", "site.images", "site.networks", "site.database.bytes",
                        "site.database.commits_per_second", "site.monitoring.samples_per_second", "site.monitoring.passed_over_per_second", "site.monitoring.forged_frames_per_second", "site.monitoring.senseless_frames_per_second", "site.monitoring.missing_frames_per_second", "site.monitoring.cost.ppm", "site.server.cpu.percent", "site.server.memory.bytes", "site.disk.free.bytes"));
                assertThat(seen).containsEntry("site.work.waiting", 1.0).containsEntry("site.work.due", 1.0).containsEntry("site.work.failed", 1.0).containsEntry("site.images", 0.0);
                assertThat(seen.get("site.work.lag.seconds")).isBetween(3600.0, 7200.0);
                assertThat(seen.get("site.events.kept")).isPositive();
                assertThat(seen.get("site.database.bytes")).isGreaterThan(1e6);
                assertThat(seen.get("site.monitoring.forged_frames_per_second")).isPositive();
                assertThat(seen).as("missing frames come late").containsEntry("site.monitoring.missing_frames_per_second", 0.0).containsEntry("site.monitoring.senseless_frames_per_second", 0.0);
                assertThat(seen.get("site.monitoring.probes")).isEqualTo(9);
                assertThat(seen).containsEntry("site.inbox.lost", 0.0).containsEntry("site.inbox.waiting", 0.0);
            }
        }
    }

    @Test
    void thePageSaysWhatASiteMeasuresOfItself() throws Exception {
        try (var database = SiteDatabase.open(TestDatabase.settings("db/store"), Site.MIGRATIONS, InstantSource.system()); var inbox = Spool.open(folder.resolve("inbox"), 1 << 20);
             var sensors = new Sensors("server-1", new Feed(new Measurements(Measurements.Bounds.USUAL, new Roster()), InstantSource.system()), inbox, Memory.NONE, (_, _, _, _) -> { }, InstantSource.system())) {
            var kinds = SiteKinds.all(database, new Measurements(Measurements.Bounds.USUAL, new Roster()), sensors, new SiteKinds.Outside(Stream::empty, Stream::empty),
                    new KeptOnDisk(folder, inbox, Optional.empty()), folder);
            var page = new StringBuilder("""
                    # What a site measures of itself

                    Each server has these probes by itself, every 15 s, with the subject `site`; besides, what its process uses (kind `process`, `site.server.…`, see [probes.md](probes.md)).
                    They can be seen, plotted and alarmed on like all else: `reservoir measurement list --subject site`.
                    """);
            kinds.stream().filter(kind -> kind.name().startsWith("site.")).sorted(java.util.Comparator.comparing(ProbeKind::name)).forEach(kind -> {
                page.append("\n### `").append(kind.name()).append("` — ").append(kind.purpose()).append("\n\n| series | unit |\n|---|---|\n");
                kind.make(Map.of()).schema().attributes().forEach(series -> page.append("| `").append(series.name()).append("` | ").append(series.unit()).append(" |\n"));
            });
            if ("write".equals(System.getProperty("golden"))) {
                Files.writeString(PAGE, page);
            }
            assertThat(PAGE).as("write it anew with -Dgolden=write").content().isEqualTo(page.toString());
        }
    }

    private static Map<String, Double> awaited(Measurements measurements, Set<String> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (true) {
            var seen = new HashMap<String, Double>();
            measurements.latest(java.time.Instant.EPOCH, latest -> seen.put(latest.key().name(), latest.value()));
            if (seen.keySet().containsAll(wanted)) {
                return seen;
            }
            assertThat(System.nanoTime() - deadline).as("not in a minute: %s of %s", seen.keySet(), wanted).isNegative();
            Thread.sleep(20);
        }
    }
}
