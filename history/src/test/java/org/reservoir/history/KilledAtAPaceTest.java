package org.reservoir.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Span;
import org.reservoir.monitoring.history.Wanted;

/**
 * A real process records at a real pace and is killed with SIGKILL at any moment, again and again in one folder. What it was given more than a second before
 * is there, once; what is missing is the newest, of each series; nothing is there that it was not given.
 */
@Tag("long")
class KilledAtAPaceTest {
    private static final int KILLS = 12;
    private static final long MOST_LOST_MILLIS = 1_000;
    private static final int LEAST_LIFE_MILLIS = 1_200;
    private static final int MORE_LIFE_MILLIS = 2_500;
    private static final Span EVER = new Span(0, PacedRecorder.BEGIN * 2);

    @TempDir
    private Path folder;

    /** What the process told last. @param old rows below this were given to the history more than a second before it was killed @param most no row from here on was given to it */
    private record Told(long old, long most) {}

    @Test
    void aKillCostsAtMostTheNewestSecondOfEachSeriesAndNothingElse() throws Exception {
        var random = Seeded.random(Long.getLong("seed", 1));
        var rows = new long[PacedRecorder.VEES]; // of each VEE, how many
        long begun = 0;
        long kept = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            var told = killed(begun, LEAST_LIFE_MILLIS + random.nextInt(MORE_LIFE_MILLIS));
            assertThat(told.old()).as("before kill %d it recorded for more than a second", kill).isGreaterThan(begun);
            kept = lookAt(kill, rows, begun, told);
            begun = told.most() + PacedRecorder.VEES - told.most() % PacedRecorder.VEES; // what was lost stays a gap that is known
        }
        assertThat(kept).isGreaterThan(KILLS * 1_000L);
    }

    private Told killed(long from, int life) throws IOException, InterruptedException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process = new ProcessBuilder(java, "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), PacedRecorder.class.getName(),
                folder.resolve("history").toString(), Long.toString(from)).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (var said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            var lines = new java.util.ArrayDeque<long[]>();
            lines.add(line(said.readLine())); // from here on it records
            var killedAt = new AtomicLong(Long.MAX_VALUE);
            var killer = Thread.ofPlatform().start(() -> {
                pause(life);
                killedAt.set(System.currentTimeMillis());
                process.toHandle().destroyForcibly();
            });
            for (var line = said.readLine(); line != null; line = said.readLine()) {
                if (line.matches("[0-9]+ [0-9]+ [0-9]{13}")) {
                    lines.add(line(line));
                }
            }
            killer.join();
            long bar = killedAt.get() - MOST_LOST_MILLIS;
            long old = lines.stream().filter(line -> line[2] <= bar).mapToLong(line -> line[0]).max().orElse(from);
            return new Told(old, lines.getLast()[1]);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static long[] line(String text) {
        return Arrays.stream(text.split(" ")).mapToLong(Long::parseLong).toArray();
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * @param rows of each VEE before; changed to what it is now
     * @param from where the process that was killed began
     * @return how many there are of all
     */
    private long lookAt(int kill, long[] rows, long from, Told told) {
        long all = 0;
        try (var history = TsFileHistory.open(folder.resolve("history"), PacedRecorder.policy(), InstantSource.system())) {
            for (int vee = 0; vee < PacedRecorder.VEES; vee++) {
                var what = "VEE %d after kill %d".formatted(vee, kill);
                var a = points(history, vee, "a");
                var b = points(history, vee, "b");
                assertThat(a.times()).as(what).isSorted().doesNotHaveDuplicates();
                assertThat(b.times()).as(what).containsExactly(a.times());
                long news = a.count() - rows[vee];
                assertThat(news).as(what).isNotNegative();
                for (int i = 0; i < a.count(); i++) {
                    long row = (long) a.values()[i];
                    assertThat(a.times()[i]).as(what).isEqualTo(PacedRecorder.at(row));
                    assertThat(b.values()[i]).as(what).isEqualTo(row / 7.0);
                    assertThat(row % PacedRecorder.VEES).as(what).isEqualTo(vee);
                    if (i >= rows[vee]) {
                        assertThat(row).as("%s: from its begin on, without a gap", what).isEqualTo(from + vee + (i - rows[vee]) * PacedRecorder.VEES).isLessThan(told.most());
                    }
                }
                assertThat(from + vee + news * PacedRecorder.VEES).as("%s: the first row that is missing is none of a second before", what).isGreaterThanOrEqualTo(told.old());
                assertThat(minutes(history, vee)).as(what).isEqualTo(a.count());
                rows[vee] = a.count();
                all += a.count();
            }
        }
        return all;
    }

    private static Points points(TsFileHistory history, int vee, String name) {
        return history.points(new Wanted.One(new SeriesKey(PacedRecorder.subject(vee), name)), EVER, Integer.MAX_VALUE).getFirst();
    }

    /** Roll-ups and what is not yet in them hold each sample once. */
    private static double minutes(TsFileHistory history, int vee) {
        return history.buckets(new Wanted.One(new SeriesKey(PacedRecorder.subject(vee), "a")), EVER, Duration.ofMinutes(1), Integer.MAX_VALUE).stream()
                .flatMapToDouble(buckets -> Arrays.stream(buckets.counts())).sum();
    }
}
