package org.reservoir.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
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

    /** As a container begins that has no init: who is left behind there becomes a child of process 1. */
    @Test
    @Tag("real")
    void aScriptThatIsProcessOneTakesNoteOfTheEndOfThoseThatOthersLeftBehindAndHeedsSignals() throws Exception {
        var alone = List.of("unshare", "--pid", "--fork", "--mount-proc");
        var orphan = "become perl -e 'if (!fork) { exit if fork; sleep 1; exit } wait; sleep 3; print \"process $$\\n\", `ps -eo stat=,comm=`; exit 7'";
        assertThat(bash(alone, orphan, 7)).doesNotContain("process 1\n", "Z").contains("perl");
        assertThat(bash(alone, "(sleep 1; kill -TERM 1) & become perl -e '$SIG{TERM} = sub { print \"told to end\\n\"; exit 3 }; sleep 60'", 3)).contains("told to end");
    }

    private String bash(String script, int exit) throws Exception {
        return bash(List.of(), script, exit);
    }

    private String bash(List<String> within, String script, int exit) throws Exception {
        var command = Stream.concat(within.stream(), Stream.of("bash", "-c", "set -euo pipefail\nsource ../bin/lib/common.sh\nlog_dir=$0\n" + script, folder.toString())).toList();
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(said).isEqualTo(exit);
        return said;
    }
}
