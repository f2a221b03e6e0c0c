package org.reservoir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.gateways.FakeVmi;
import org.reservoir.gateways.MeasurementsView.Reading;
import org.reservoir.gateways.MeasurementsView.Told;
import org.reservoir.gateways.rest.TestSite;

/** What is watched comes from the site by itself, and goes on after the way there broke. */
class LiveMeasurementsTest {
    @TempDir
    private Path home;
    private final TestSite site = new TestSite();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @AfterEach
    void close() {
        site.close();
    }

    private int run(boolean interactive, Terminal.Pause pause, String words) {
        var printed = new PrintStream(out, true, StandardCharsets.UTF_8);
        var environment = Map.of("RESERVOIR_URL", site.uri().toString(), "RESERVOIR_TOKEN", site.token, "COLUMNS", "80", "LINES", "24");
        return new Reservoir(new Terminal(printed, printed, InputStream.nullInputStream(), interactive, environment, home, InstantSource.system(), pause)).run(List.of(words.split(" ")));
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private static void await(BooleanSupplier condition) {
        for (long end = System.nanoTime() + 60_000_000_000L; !condition.getAsBoolean(); Thread.onSpinWait()) {
            assertThat(System.nanoTime()).isLessThan(end);
        }
    }

    private void tell(double value, long missed) {
        site.site.followed.tell(new Told(List.of(new Reading("vee-1", "load", value, FakeVmi.NOW.plusMillis((long) value), Map.of())), missed, false));
    }

    @Test
    void watchPrintsWhatTheSiteStreamsAlsoAfterTheStreamBroke() throws Exception {
        assertThat(run(false, _ -> true, "vee create web --memory 64MiB -q")).isZero();
        var watching = Thread.ofVirtual().start(() -> run(false, _ -> true, "measurement watch vee-1 --metric load --count 3"));
        await(() -> site.site.followed.count() == 1);
        assertThat(site.site.followed.wanted.element().metric()).contains("load");
        tell(17, 0);
        await(() -> said().contains("17"));
        site.site.followed.end();
        await(() -> site.site.followed.wanted.size() == 2);
        tell(17, 0); // the same once more
        tell(18, 5);
        tell(19, 0);
        assertThat(watching.join(Duration.ofMinutes(1))).isTrue();
        assertThat(said()).contains("5 values came too fast").containsOnlyOnce(" 17").containsOnlyOnce(" 18").containsOnlyOnce(" 19");
    }

    /** It ends when it is told to, though nothing more is measured: the site's next sign of life may be far. */
    @Test
    @Timeout(value = 12, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void topShowsInPlaceWhatIsStreamed() {
        var told = new AtomicBoolean();
        assertThat(run(true, _ -> {
            await(() -> site.site.followed.count() == 1);
            if (!told.getAndSet(true)) {
                tell(99, 0);
            }
            LockSupport.parkNanos(5_000_000); // else it draws as fast as it can, and what is drawn grows and grows
            return !said().contains("99");
        }, "measurement top load")).isZero();
        assertThat(site.site.followed.wanted).hasSize(1);
    }
}
