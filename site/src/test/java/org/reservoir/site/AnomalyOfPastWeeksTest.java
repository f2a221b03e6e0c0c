package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.alarms.Alarms;
import org.reservoir.alarms.InternetPost;
import org.reservoir.history.HistoryPolicy;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Roster;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.alarm.AlarmRule;
import org.reservoir.monitoring.history.History;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.testing.TestDatabase;

/** An alarm that looks at this hour in past weeks, with a history that was written in them and of which the hours alone are left. */
class AnomalyOfPastWeeksTest {
    private static final Subject VEE = Subject.of(new VeeId(7));
    private static final Instant TODAY = Instant.parse("2026-11-24T10:05:00Z");

    @TempDir
    private Path folder;
    private Instant now = TODAY;
    private final Measurements measurements = new Measurements(Measurements.Bounds.USUAL, new Roster());

    private History history() {
        return new HistoryChoice.Folder(folder, HistoryPolicy.USUAL).open(() -> now).orElseThrow();
    }

    /** Whole hours between a low and a high, each in another process than the one before, as it were. */
    private void weekAgo(int week, double low, double high) throws InterruptedException {
        now = TODAY.minus(Duration.ofDays(7L * week)).minusSeconds(300);
        try (var history = history()) {
            var pen = history.pen(VEE, List.of("load"), Labels.NONE);
            for (int minute = 0; minute < 60; minute++) {
                assertThat(pen.write(now.plusSeconds(minute * 60L).toEpochMilli(), minute % 2 == 0 ? low : high)).isTrue();
            }
            now = now.plus(Duration.ofHours(2));
            for (int i = 0; i < 3_000 && history.health().kept() < 60; i++) {
                Thread.sleep(10);
            }
        }
    }

    private List<String> toldAt(Alarms alarms, SiteDatabase database, double value) {
        for (int i = 0; i < 60; i++) {
            now = now.plusSeconds(1);
            measurements.take(VEE, "load", value, now);
        }
        alarms.turn(now);
        return TestDatabase.told(database, Set.of(Alarms.TOPIC)).stream().map(event -> event.type() + " " + event.subject()).toList();
    }

    @Test
    void whatIsNotAsInThisHourOfPastWeeksFiresAndWhatIsDoesNot() throws Exception {
        for (int week = 4; week >= 1; week--) {
            weekAgo(week, 40 + week, 60 + week);
        }
        now = TODAY;
        try (var database = SiteDatabase.open(TestDatabase.settings("db/store", Alarms.MIGRATIONS), Site.MIGRATIONS, InstantSource.system()); var history = history()) {
            var alarms = new Alarms("server-1", database, measurements, Optional.of(history), new InternetPost(Optional.empty()));
            alarms.set("odd", new AlarmRule("load", Optional.empty(), AlarmRule.Kind.ANOMALY, Optional.empty(), Duration.ofSeconds(30), 1, Optional.empty(), Duration.ZERO, Duration.ZERO, 4, List.of(), List.of()));
            assertThat(toldAt(alarms, database, 70)).as("less than its spread from the mean").isEmpty();
            assertThat(toldAt(alarms, database, 95)).containsExactly("FIRING vee-7");
            assertThat(toldAt(alarms, database, 52)).containsExactly("FIRING vee-7", "QUIET vee-7");
            now = now.plus(Duration.ofHours(3)); // an hour of which nothing is known
            assertThat(toldAt(alarms, database, 95)).hasSize(2);
        }
    }
}
