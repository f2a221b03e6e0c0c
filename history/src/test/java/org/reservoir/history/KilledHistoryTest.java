package org.reservoir.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Span;
import org.reservoir.monitoring.history.Wanted;

/** A real process writes and is killed with SIGKILL at many moments: while it appends, seals, rolls up. */
@Tag("long")
class KilledHistoryTest {
    private static final int KILLS = 24;
    private static final Span EVER = new Span(0, Long.MAX_VALUE - 1);

    @TempDir
    private Path folder;

    @Test
    void whatWasSaidToBeSafeIsThereAfterEveryKillAndNothingIsCorrupt() throws Exception {
        var random = Seeded.random(Long.getLong("seed", 1));
        long rows = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            long safe = killed(rows, rows + random.nextInt(40_000));
            rows = whole();
            assertThat(rows).as("rows found after kill %d", kill).isGreaterThanOrEqualTo(safe);
        }
        assertThat(rows).isGreaterThan(KILLS);
    }

    /** @return the last number of rows that the process said were safe */
    private long killed(long from, long until) throws IOException, InterruptedException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process = new ProcessBuilder(java, "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), Recorder.class.getName(),
                folder.resolve("history").toString(), Long.toString(from)).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        long safe = from;
        try (var said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = said.readLine(); line != null && safe <= until; line = said.readLine()) {
                safe = Long.parseLong(line);
            }
            process.toHandle().destroyForcibly(); // which, unlike the process's own, leaves what it said to be read
            process.waitFor();
            for (var line = said.readLine(); line != null && line.matches("[0-9]+"); line = said.readLine()) {
                safe = Long.parseLong(line);
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        return safe;
    }

    /** Opens what is left: of both series the same rows, from the first without a gap, each with its own values, and roll-ups that know of exactly these. */
    private long whole() {
        long rows = 0;
        try (var history = TsFileHistory.open(folder.resolve("history"), Recorder.policy(), InstantSource.system())) {
            for (int vee = 0; vee < Recorder.VEES; vee++) {
                var a = new Wanted.One(new SeriesKey(Recorder.vee(vee), "a"));
                var whole = history.points(a, EVER, Integer.MAX_VALUE).stream().findFirst().orElse(new Points(null, new long[0], new double[0]));
                var sevenths = history.points(new Wanted.One(new SeriesKey(Recorder.vee(vee), "b")), EVER, Integer.MAX_VALUE);
                for (int i = 0; i < whole.count(); i++) {
                    long row = (long) i * Recorder.VEES + vee;
                    assertThat(whole.times()[i]).isEqualTo(Recorder.BEGIN + row * 100);
                    assertThat(whole.values()[i]).isEqualTo(row);
                    assertThat(sevenths.getFirst().values()[i]).isEqualTo(row / 7.0);
                }
                rows += whole.count();
                double inMinutes = history.buckets(a, new Span(0, Recorder.BEGIN * 2), Duration.ofMinutes(1), Integer.MAX_VALUE).stream()
                        .flatMapToDouble(buckets -> java.util.Arrays.stream(buckets.counts())).sum();
                assertThat(inMinutes).isEqualTo(whole.count());
            }
        }
        return rows;
    }
}
