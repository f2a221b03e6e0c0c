package org.reservoir.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every script in bin/ shares never hides a failure. */
class ScriptsTest {
    @TempDir
    Path folder;

    @Test
    void aStepEndsAtTheFirstCommandThatFailsAndTheScriptWithIt() throws Exception {
        var said = bash("""
                halfway() { echo begun; false; echo went on regardless; }
                step "Halfway" halfway
                echo the script went on
                """, 1);
        assertThat(said).contains("begun", "Halfway failed (exit code 1)").doesNotContain("went on");
    }

    @Test
    void aStepThatSucceedsSaysHowLongItTook() throws Exception {
        assertThat(bash("step Whole true; echo the script went on", 0)).contains("• Whole …", "done in", "the script went on");
    }

    @Test
    void aStepThatIsInterruptedIsNoFailure() throws Exception {
        assertThat(bash("step Compiling exit 130; echo the script went on", 130)).contains("Interrupted: Compiling was not ended").doesNotContain("failed", "went on");
    }

    private String bash(String script, int exit) throws Exception {
        var process = new ProcessBuilder("bash", "-c", "set -euo pipefail\nsource ../bin/lib/common.sh\nlog_dir=$0\n" + script, folder.toString()).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(said).isEqualTo(exit);
        return said;
    }
}
