package org.reservoir.monitoring.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcFileTest {
    /** What is more is not seen. */
    private static final int MOST = 1 << 18;

    @ParameterizedTest
    @ValueSource(strings = {"/proc/kallsyms", "/proc/self/limits", "/proc/filesystems", "/proc/version"})
    void aFileThatTheKernelHandsOutByPagesIsReadToItsEnd(Path file) throws IOException {
        isReadTwice(file);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2047, 2048, 8191, 8192, 8193, 10_000, 16_384, MOST - 1, MOST, MOST + 1})
    void aFileOfAnyLengthIsReadToItsEnd(int length, @TempDir Path folder) throws IOException {
        var bytes = new byte[length];
        Arrays.fill(bytes, (byte) '7');
        isReadTwice(Files.write(folder.resolve("file"), bytes));
    }

    private static void isReadTwice(Path path) throws IOException {
        byte[] expected;
        try (var in = Files.newInputStream(path)) {
            expected = in.readNBytes(MOST);
        }
        var file = ProcFile.open(path);
        for (int turn = 0; turn < 2; turn++) {
            assertThat(file.read().take(expected)).as("what it says").isTrue();
            assertThat(file.ended()).as("and nothing more").isTrue();
        }
        ProcFile.close(file);
    }
}
