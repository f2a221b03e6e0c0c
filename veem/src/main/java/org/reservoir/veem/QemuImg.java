package org.reservoir.veem;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.reservoir.interfaces.Wire;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;

/**
 * {@code qemu-img}, run on files that strangers made: with a bound on memory, processor time and the size of what it writes
 * ({@code prlimit}, of util-linux), a time-out, no environment, and always told the format so that it guesses nothing.
 */
final class QemuImg {
    private static final long MEMORY = 2L << 30;

    private final Duration patience;

    QemuImg(Duration patience) {
        this.patience = patience;
    }

    /** The size that a guest would see. @throws Refused {@code IMAGE_BAD} when the file is none of that format, or damaged */
    DataSize virtualSize(Path image, String format) {
        var info = run(DataSize.gibibytes(1), List.of("info", "--output=json", "-f", format, "--", image.toString()));
        try {
            return new DataSize(Wire.json().readTree(info).path("virtual-size").asLong());
        } catch (IOException e) {
            throw new IllegalStateException("qemu-img info answers no JSON: " + info, e);
        }
    }

    /** Finds damage: references beyond the end of a file that was cut off, among others. */
    void check(Path image) {
        run(DataSize.gibibytes(1), List.of("check", "-f", "qcow2", "--", image.toString()));
    }

    void convert(Path from, String format, Path to, DataSize largest) {
        run(largest, List.of("convert", "-f", format, "-O", "qcow2", "--", from.toString(), to.toString()));
    }

    private String run(DataSize largest, List<String> arguments) {
        var command = new ArrayList<>(List.of("prlimit", "--as=" + MEMORY, "--cpu=" + patience.toSeconds(), "--fsize=" + largest.bytes(), "qemu-img"));
        command.addAll(arguments);
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().retainAll(List.of("PATH"));
        try {
            var process = builder.start();
            process.getOutputStream().close();
            var killer = Thread.startVirtualThread(() -> endInTime(process));
            var output = new String(process.getInputStream().readNBytes(1 << 20), StandardCharsets.UTF_8).strip();
            int code = process.waitFor();
            killer.interrupt();
            if (code != 0) {
                throw Refused.invalid("IMAGE_BAD", "qemu-img %s says: %s".formatted(arguments.getFirst(), lastLine(output, code)), "Check the file, and transfer it again.");
            }
            return output;
        } catch (IOException e) {
            throw Refused.unavailable("QEMU_IMG_MISSING", "qemu-img cannot be run: " + e.getMessage(), "Install it on the site's machine: apt install qemu-utils");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refused.unavailable("INTERRUPTED", "The work on the image was interrupted.", "");
        }
    }

    private void endInTime(Process process) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            // it ended by itself
        }
    }

    private static String lastLine(String output, int code) {
        return output.isEmpty() ? "nothing, and ended with %d (out of time, memory or space)".formatted(code) : output.substring(output.lastIndexOf('\n') + 1);
    }
}
