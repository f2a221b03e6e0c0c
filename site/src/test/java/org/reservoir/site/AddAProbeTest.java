package org.reservoir.site;

import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
class AddAProbeTest {
    @TempDir
    private Path data;
    @TempDir
    private Path desk;

    @Test
    void whoeverDoesWhatThePageSaysHasAProbeOfTheirOwn() throws Exception {
        new PlayedPage(Path.of("../docs/how-to-add/a-probe.md"), data, desk).play("RunQueue.java",
                text -> text.replaceAll("(?m)^(site +threads.*?) +[0-9.]+ ", "$1 N ").replaceAll("\\b\\d+\\.\\d+% +\\d+", "N% N"));
    }
}
