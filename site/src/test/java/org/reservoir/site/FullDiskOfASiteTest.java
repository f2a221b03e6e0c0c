package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.history.HistoryPolicy;
import org.reservoir.kernel.VeeId;
import org.reservoir.kernel.testing.SmallDisk;
import org.reservoir.store.DatabaseSettings;

/** The disk of a site runs full and has room again: a real file system of a few megabytes, which needs root to be mounted. */
@Tag("real")
class FullDiskOfASiteTest {
    private static final Pattern LOST = Pattern.compile("inbox.lost: (\\d+)");

    @TempDir
    private Path folder;
    @TempDir
    private Path host;
    private SmallDisk disk;
    private MeteredSite site;

    @BeforeEach
    void mount() throws Exception {
        disk = SmallDisk.mount(folder, 400);
    }

    @AfterEach
    void end() throws Exception {
        site.close();
        disk.close();
    }

    private HistoryChoice history() {
        return new HistoryChoice.Folder(disk.resolve("site/history"), HistoryPolicy.USUAL.within(1L << 30, 1 << 20));
    }

    private long webs() {
        return site.say("vee list --service shop --tag component=web").lines().filter(line -> line.contains("RUNNING")).count();
    }

    private long lost() {
        var found = LOST.matcher(site.done("site status"));
        assertThat(found.find()).isTrue();
        return Long.parseLong(found.group(1));
    }

    @Test
    void aSiteWhoseDiskIsFullServesAndRulesAndLosesNothingUncounted() throws Exception {
        var ends = new AgentLink.Ends(MeteredSite.freePort(), host.resolve("agent.secret"), Optional.empty());
        site = new MeteredSite("full", disk.resolve("site"), measuring -> measuring.hearing(ends).keeping(history()));
        site.begin("h1");
        var key = MeteredSite.secret(host.resolve("key"), site.done("agent add host-3"));
        try (var guests = new SpeakingGuests(site.world);
             var agent = AgentProcess.start(host, "--host", "host-3", "--site", "127.0.0.1:" + ends.listen().getPort(), "--over", "tcp", "--key", key.toString())) {
            site.done("service submit shop ../examples/two-tier.ovf --wait");
            site.done("probe rate site.disk --every 500ms");
            site.done("alarm set disk --metric site.disk.trouble --when above --threshold 0.5 --of last --window 10s");
            site.until("source list", list -> list.contains("agent-host-3"));
            site.done("probe add far test.signal --every 50ms --accounting --source agent-host-3 --subject host-3");
            site.done("probe add near test.signal --every 50ms --accounting --subject site");
            site.meteredMoreThan("host-3", 20);
            site.meteredMoreThan("site", 20);

            var foreign = disk.fill();
            site.until("site status", status -> status.contains("nearly full") && lost() > 0);
            site.until("alarm list", "site firing");
            assertThat(site.get("/metrics")).contains("reservoir_disk_trouble 1").containsPattern("reservoir_inbox_lost_total [1-9]");
            long before = site.metered("host-3").count();
            var web = site.done("vee list --service shop --tag component=web").lines().skip(1).findFirst().orElseThrow();
            guests.load(VeeId.parse(web.split(" ")[0]), 140);
            site.until("vee list --service shop --tag component=web", _ -> webs() == 3);

            Files.delete(foreign);
            site.until("site status", "disk.trouble: none");
            site.until("alarm list", list -> !list.contains("firing"));
            site.meteredMoreThan("host-3", before + 50);
            site.done("probe remove far --source agent-host-3");
            site.done("probe remove near");
            site.meteredWhen("host-3", "all that the agent told counts once: " + agent.said(), MeteredSite.Metered::isWhole);
            site.meteredWhen("site", "what is missing of this server's own was counted", metered -> metered.count() + lost() == metered.high());
            assertThat(site.get("/api/monitoring/v1/history/health")).contains("\"trouble\":\"\"");
            writtenAgain();
        }
    }

    /** Until a sample of now is found in the history. */
    private void writtenAgain() throws Exception {
        var now = java.time.Instant.now();
        site.done("probe rate site.disk --every 500ms");
        long end = System.nanoTime() + 120_000_000_000L;
        for (var shown = ""; !shown.contains("\"value\""); Thread.sleep(100)) {
            assertThat(System.nanoTime()).as("history is written again: " + shown).isLessThan(end);
            shown = site.get("/api/monitoring/v1/history?subject=site&metric=site.disk.free.bytes&from=" + now);
        }
    }

    @Test
    void aSiteStartedWhileItsDiskIsFullHasWhatWasSafeAndWritesAgainWhenThereIsRoom() throws Exception {
        site = new MeteredSite("full", disk.resolve("site"), measuring -> measuring.keeping(history()));
        site.begin("h1");
        var begin = java.time.Instant.now();
        writtenAgain();
        site.done("probe add near test.signal --every 50ms --accounting --subject site");
        long before = site.meteredMoreThan("site", 20).count();
        var foreign = disk.fill();
        site.until("site status", status -> status.contains("nearly full"));
        var safe = java.time.Instant.now();

        site.close();
        site.open();
        site.until("site status", status -> status.contains("nearly full"));
        assertThat(site.get("/api/monitoring/v1/history?subject=site&metric=site.disk.free.bytes&from=%s&to=%s".formatted(begin, safe))).contains("\"value\"");
        assertThat(site.done("host list")).contains("h1");

        Files.delete(foreign);
        site.until("site status", "disk.trouble: none");
        writtenAgain();
        site.meteredMoreThan("site", before + 20);
        site.close();
        site.open();
        assertThat(site.get("/api/monitoring/v1/history?subject=site&metric=site.disk.free.bytes&from=%s&to=%s".formatted(begin, safe))).contains("\"value\"");
        assertThat(site.get("/api/monitoring/v1/history/health")).contains("\"trouble\":\"\"");
        try (var files = Files.list(site.data)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.contains("damaged"));
        }
    }

    @Test
    void aSiteWhoseDatabaseHasNoRoomSaysSoAndGoesOnWhenItHas() throws Exception {
        var database = DatabaseSettings.Managed.in(disk.resolve("site/database"), Path.of(System.getProperty("java.io.tmpdir"), "reservoir-test-cache"));
        site = new MeteredSite("full", disk.resolve("site"), database, UnaryOperator.identity());
        site.begin("h1");
        var foreign = disk.fill();
        var said = "";
        for (int i = 0; i < 2_000 && !said.contains("DATABASE_FULL"); i++) {
            said = site.say("alarm set full-%d --metric x --when above --threshold 1 --mail %s@example.org".formatted(i, "x".repeat(60)));
        }
        assertThat(said).contains("DATABASE_FULL", "make room");
        assertThat(site.done("host list")).contains("h1");
        site.until("site status", "nearly full");
        Files.delete(foreign);
        site.until("alarm set after --metric x --when above --threshold 1", answer -> answer.contains("after"));
        site.until("site status", "disk.trouble: none");
    }
}
