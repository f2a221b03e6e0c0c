package org.reservoir.veem.image.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;

import org.reservoir.interfaces.Wire;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.Refused;

/**
 * {@code qemu-img}, run on files that strangers made, after {@link ImageHeader} has found nothing against them: in the folder of the file,
 * with bounds on memory, processor time, open files and the size of what it writes ({@code prlimit}, of util-linux), a time-out, no
 * environment, and always told the format so that it guesses nothing.
 */
public final class QemuImg {
    private static final DataSize MEMORY = DataSize.gibibytes(2);
    private static final int FILES = 64;
    /** More than the tables of the largest disk come to. */
    private static final DataSize TABLES = DataSize.mebibytes(64);
    private static final DataSize NOTHING = new DataSize(1 << 20);
    /** What {@code qemu-img check} ends with when clusters are lost to nobody: wasteful, not wrong. */
    private static final int LEAKS_ONLY = 3;
    /** 128 and SIGXFSZ: it was ended for writing too much. */
    private static final int WROTE_TOO_MUCH = 128 + 25;

    private final Duration patience;
    private final DataSize memory;

    public QemuImg(Duration patience) {
        this(patience, MEMORY);
    }

    QemuImg(Duration patience, DataSize memory) {
        this.patience = patience;
        this.memory = memory;
    }

    /** @param unpacked what its clusters come to when none is compressed; @param leaks whether it holds clusters for nobody */
    public record Sound(DataSize unpacked, boolean leaks) {}

    /** Walks over every table. @throws Refused {@code IMAGE_BAD} when one leads beyond the end, or to what is used already */
    public Sound check(Path image) {
        var result = run(NOTHING, image, List.of("check", "--output=json", "-f", "qcow2", "--", image.toString()));
        if (result.code() != 0 && result.code() != LEAKS_ONLY) {
            throw damaged("check", result);
        }
        return new Sound(new DataSize(json(result).path("allocated-clusters").asLong() * clusterSize(image)), result.code() == LEAKS_ONLY);
    }

    private long clusterSize(Path image) {
        return json(info(image, "qcow2")).path("cluster-size").asLong();
    }

    /** The size that a guest would see, in the tool's own opinion. @throws Refused {@code IMAGE_BAD} when it cannot open it */
    public DataSize virtualSize(Path image, String format) {
        return new DataSize(json(info(image, format)).path("virtual-size").asLong());
    }

    private Result info(Path image, String format) {
        var result = run(NOTHING, image, List.of("info", "--output=json", "-f", format, "--", image.toString()));
        if (result.code() != 0) {
            throw damaged("info", result);
        }
        return result;
    }

    private static JsonNode json(Result result) {
        try {
            return Wire.json().readTree(result.output());
        } catch (IOException e) {
            throw new IllegalStateException("qemu-img answers no JSON: " + result.output(), e);
        }
    }

    /** Writes it anew as a plain qcow2. @throws Refused {@code IMAGE_HOSTILE} when that would take more than {@code largest} */
    public void convert(Path from, String format, Path to, DataSize largest) {
        var result = run(largest, from, List.of("convert", "-f", format, "-O", "qcow2", "--", from.toString(), to.toString()));
        if (result.code() != 0 && (result.code() == WROTE_TOO_MUCH || result.output().contains("File too large"))) {
            throw unpacksTooFar(largest);
        }
        if (result.code() != 0) {
            throw damaged("convert", result);
        }
    }

    public static Refused unpacksTooFar(DataSize largest) {
        return ImageBytes.hostile("It would unpack to more than %s.".formatted(largest), "Unpack it yourself, and import what comes of it.");
    }

    /** Gives a plain qcow2 a larger disk, in place; its file grows by its tables only. */
    public void grow(Path image, DataSize size) {
        var result = run(new DataSize(image.toFile().length() + TABLES.bytes()), image, List.of("resize", "-q", "-f", "qcow2", "--", image.toString(), Long.toString(size.bytes())));
        if (result.code() != 0) {
            throw damaged("resize", result);
        }
    }

    private static Refused damaged(String what, Result result) {
        return ImageBytes.bad("qemu-img %s says: %s.".formatted(what, result.lastLine()), "Check the file, and transfer it again.");
    }

    // ---- running it

    private record Result(int code, String output) {
        String lastLine() {
            return output.isEmpty() ? "nothing, and ended with %d (out of time, memory or space)".formatted(code) : output.substring(output.lastIndexOf('\n') + 1);
        }
    }

    private Result run(DataSize largest, Path image, List<String> arguments) {
        var command = new ArrayList<>(List.of("prlimit", "--as=" + memory.bytes(), "--cpu=" + patience.toSeconds(), "--fsize=" + largest.bytes(), "--nofile=" + FILES, "--core=0",
                "nice", "qemu-img"));
        command.addAll(arguments);
        var builder = new ProcessBuilder(command).redirectErrorStream(true).directory(image.getParent().toFile());
        builder.environment().keySet().retainAll(List.of("PATH"));
        try {
            var process = builder.start();
            try {
                return result(process);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw Refused.unavailable("QEMU_IMG_MISSING", "qemu-img cannot be run: " + e.getMessage(), "Install it on the site's machine: apt install qemu-utils util-linux");
        }
    }

    private Result result(Process process) throws IOException {
        process.getOutputStream().close();
        var watch = Thread.startVirtualThread(() -> endInTime(process));
        try {
            var output = new String(process.getInputStream().readNBytes(1 << 20), StandardCharsets.UTF_8).strip();
            return new Result(process.waitFor(), output);
        } catch (InterruptedException e) {
            throw Interrupted.now(e);
        } finally {
            watch.interrupt();
        }
    }

    /** By its handle: the process itself would close the stream that is being read, too, and what was ended would look as if it could not be run. */
    private void endInTime(Process process) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.toHandle().destroyForcibly();
            }
        } catch (InterruptedException _) {
            // it ended by itself
        }
    }
}
