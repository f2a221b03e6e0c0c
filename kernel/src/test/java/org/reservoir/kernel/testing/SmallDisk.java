package org.reservoir.kernel.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;

/** A file system of a few megabytes (tmpfs), to be filled. It needs root. Everybody may enter it. */
public final class SmallDisk implements AutoCloseable {
    private final Path root;

    private SmallDisk(Path root) {
        this.root = root;
    }

    /** Mounts one at {@code within/disk}. */
    public static SmallDisk mount(Path within, int megabytes) throws IOException, InterruptedException {
        var root = Files.createDirectory(within.resolve("disk"));
        run("mount", "-t", "tmpfs", "-o", "size=%dm".formatted(megabytes), "reservoir-small-disk", root.toString());
        for (var folder : new Path[] {within, root}) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return new SmallDisk(root);
    }

    public Path resolve(String name) {
        return root.resolve(name);
    }

    /** Takes all room that is left, by one file; deleting it gives the room back. */
    public Path fill() throws IOException {
        var file = resolve("foreign");
        var block = new byte[4096];
        try (var out = Files.newOutputStream(file)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            if (!String.valueOf(full.getMessage()).contains("No space left")) {
                throw full;
            }
        }
        return file;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        run("umount", "-l", root.toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes());
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IOException("%s: %s".formatted(String.join(" ", command), said));
        }
    }
}
