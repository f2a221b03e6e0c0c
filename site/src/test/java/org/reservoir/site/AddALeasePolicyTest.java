package org.reservoir.site;

import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
class AddALeasePolicyTest {
    @TempDir
    private Path data;
    @TempDir
    private Path desk;

    @Test
    void whoeverDoesWhatThePageSaysHasALeasePolicyOfTheirOwn() throws Exception {
        new PlayedPage(Path.of("../docs/how-to-add/a-lease-policy.md"), data, desk).play("SmallOnly.java",
                text -> text.replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME"));
    }
}
