package org.reservoir.monitoring.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Has Jazzer look for bytes that break a reader, each reader in a process of its own for the time that {@link FrameFuzzTest} says. */
@Tag("long")
class FuzzingTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"framesOfEveryKind", "wordsOfEveryKind", "messagesOfLattice"})
    void nothingThatJazzerTriesBreaksAReader(String reader) throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process = new ProcessBuilder(List.of(java, "-Xmx512m", "-XX:+EnableDynamicAgentLoading", "-cp", System.getProperty("java.class.path"), FuzzingTest.class.getName(), reader))
                .directory(directory.toFile()).redirectErrorStream(true);
        process.environment().put("JAZZER_FUZZ", "1");
        var running = process.start();
        var said = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(running.waitFor()).as(said).isZero();
        assertThat(said).as("it did try").contains("DONE").contains("cov:");
    }

    /** In the process of its own: runs one fuzz test. */
    public static void main(String[] arguments) {
        var summary = new SummaryGeneratingListener();
        LauncherFactory.create().execute(LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectMethod(FrameFuzzTest.class, arguments[0], "byte[]")).build(), summary);
        summary.getSummary().printFailuresTo(new java.io.PrintWriter(System.out));
        System.exit(summary.getSummary().getTotalFailureCount() == 0 && summary.getSummary().getTestsSucceededCount() > 0 ? 0 : 1);
    }
}
