package org.reservoir.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a bench has made goes also when it is ended, whether by a signal or by force. */
class EndedBenchTest {
    @TempDir
    Path parent;

    @Test
    void aBenchThatIsToldToEndTakesAwayWhatItHasMadeBeforeTheProcessEnds() throws Exception {
        var made = new CompletableFuture<Path>();
        var ending = new AtomicReference<Ending>();
        var bench = Thread.ofPlatform().start(() -> {
            ending.set(new Ending(() -> true));
            try {
                ending.get().during(() -> {
                    try (var scratch = Scratch.in(parent)) {
                        Files.writeString(scratch.resolve("file"), "x");
                        made.complete(scratch.folder());
                        new CountDownLatch(1).await();
                    }
                });
            } catch (Exception trouble) {
                throw new IllegalStateException("that it was interrupted is no trouble", trouble);
            }
        });
        var folder = made.get(1, TimeUnit.MINUTES);
        ending.get().order();
        assertThat(folder).doesNotExist();
        assertThat(bench.join(java.time.Duration.ofMinutes(1))).isTrue();
    }

    @Test
    void aBenchThatOnlyComputesOrHasEndedIsNotWaitedFor() throws Exception {
        new Ending(() -> false).order();
        var done = new Ending(() -> true);
        done.during(() -> {});
        done.order();
        assertThat(Thread.interrupted()).as("nobody was interrupted").isFalse();
    }

    @Test
    void whatGoesWrongInABenchThatNobodyEndsIsTold() {
        assertThatThrownBy(() -> new Ending(() -> true).during(() -> {
            throw new IOException("disk full");
        })).hasMessage("disk full");
    }

    @Test
    void theNextBenchTakesAwayWhatOneThatWasKilledLeftBehindAndWhatRunsThere() throws Exception {
        var gone = new ProcessBuilder("true").start();
        gone.waitFor();
        var left = Files.createDirectories(parent.resolve("reservoir-bench-%d-1".formatted(gone.pid())).resolve("database"));
        var postgres = new ProcessBuilder("sleep", "600").directory(left.toFile()).start();
        try (var own = Scratch.in(parent); var next = Scratch.in(parent)) {
            assertThat(left.getParent()).doesNotExist();
            assertThat(postgres.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(own.folder()).as("of one that lives").exists();
            assertThat(next.folder()).isNotEqualTo(own.folder()).isEmptyDirectory();
        } finally {
            postgres.destroyForcibly();
        }
        assertThat(parent).isEmptyDirectory();
    }
}
