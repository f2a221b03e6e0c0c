package org.reservoir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Set;

import org.junit.jupiter.api.Test;

class TrainingTest {
    /** A line that ended the run left commands without their cache, and slower by half, with one line in the build's output to tell of it. */
    @Test
    void everyLineOfTheTrainingEndsAsItWouldForAUser() throws IOException {
        var codes = Training.run();
        assertThat(codes).hasSizeGreaterThan(10).containsEntry("fly", Failure.Exit.USAGE.code).containsEntry("vee", Failure.Exit.USAGE.code);
        codes.keySet().removeAll(Set.of("fly", "vee"));
        assertThat(codes.values()).containsOnly(Failure.Exit.OK.code);
    }
}
