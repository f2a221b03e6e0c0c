package org.reservoir.veem.image.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Image files for tests, sound ones made by {@code qemu-img} and others made of those by changing bytes. */
public final class ImageFiles {
    /** What a guest would read from every disk made here: a few bytes that do not compress, then nothing. */
    public static final int CONTENT = 3 << 20;
    private final Path folder;
    private int count;

    public ImageFiles(Path folder) {
        this.folder = folder;
    }

    public Path raw(long size) {
        var bytes = new byte[(int) Math.min(CONTENT, size)];
        new Random(7).nextBytes(bytes);
        return raw(size, bytes);
    }

    public Path raw(long size, byte[] content) {
        var file = next("raw");
        try (var out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(content));
            if (size > content.length) {
                out.write(ByteBuffer.allocate(1), size - 1);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    /** A sound image of 16 MiB with {@link #CONTENT}. @param options as {@code subformat=fixed}; {@code compress} for compressed clusters */
    public Path of(String format, String... options) {
        return convert(raw(16 << 20), format, options);
    }

    public Path convert(Path raw, String format, String... options) {
        var made = next(format);
        var command = new ArrayList<>(List.of("convert", "-f", "raw", "-O", format));
        for (var option : options) {
            command.addAll(option.equals("compress") ? List.of("-c") : List.of("-o", option));
        }
        command.addAll(List.of(raw.toString(), made.toString()));
        qemuImg(command.toArray(String[]::new));
        return made;
    }

    public Path text(String text) {
        return raw(0, text.getBytes(StandardCharsets.UTF_8));
    }

    public Path next(String ending) {
        return folder.resolve("file-%d.%s".formatted(++count, ending));
    }

    public static String qemuImg(String... arguments) {
        var command = new ArrayList<>(List.of("qemu-img"));
        command.addAll(List.of(arguments));
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- changing bytes

    public static Path put(Path file, long offset, byte[] bytes) {
        try (var out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(bytes), offset);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    public static Path put(Path file, long offset, String text) {
        return put(file, offset, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public static Path putInt(Path file, long offset, int value, ByteOrder order) {
        return put(file, offset, ByteBuffer.allocate(4).order(order).putInt(value).array());
    }

    public static Path putLong(Path file, long offset, long value, ByteOrder order) {
        return put(file, offset, ByteBuffer.allocate(8).order(order).putLong(value).array());
    }

    public static Path replace(Path file, String old, String other) {
        if (old.length() != other.length()) {
            throw new IllegalArgumentException("'%s' and '%s' differ in length".formatted(old, other));
        }
        try {
            var text = Files.readString(file, StandardCharsets.ISO_8859_1);
            if (!text.contains(old)) {
                throw new IllegalStateException("'%s' is not in %s".formatted(old, file));
            }
            Files.writeString(file, text.replace(old, other), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    public static long find(Path file, byte[] wanted) {
        try {
            var text = Files.readString(file, StandardCharsets.ISO_8859_1);
            int at = text.indexOf(new String(wanted, StandardCharsets.ISO_8859_1));
            if (at < 0) {
                throw new IllegalStateException("not found in " + file);
            }
            return at;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Path cut(Path file, long length) {
        try (var out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            out.truncate(length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    public static long length(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
