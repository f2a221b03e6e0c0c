package org.reservoir.site;

import java.nio.file.Path;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
class AddAPolicyTest {
    @TempDir
    private Path data;
    @TempDir
    private Path desk;

    @Test
    void whoeverDoesWhatThePageSaysHasAPolicyOfTheirOwn() throws Exception {
        new PlayedPage(Path.of("../docs/how-to-add/a-policy.md"), data, desk).play("Coolest.java", UnaryOperator.identity());
    }
}
