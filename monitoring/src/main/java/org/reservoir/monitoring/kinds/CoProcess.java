package org.reservoir.monitoring.kinds;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A program that runs beside and is spoken with in lines. What it says is kept bounded: it waits when nobody hears it, and a line that
 * is too long ends the conversation. Its errors go nowhere, its environment holds little. Its children end with it as far as they let themselves.
 */
final class CoProcess {
    static final int LONGEST_LINE = 1024;
    private static final int LINES_KEPT = 256;
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    /** What {@link #line} finds when nothing more comes; no line has a line feed. */
    private static final String OVER = "\n";

    private final List<String> command;
    private final Path folder;
    private volatile Optional<Running> running = Optional.empty();

    private record Running(Process process, BlockingQueue<String> lines) {}

    CoProcess(List<String> command, Path folder) {
        this.command = List.copyOf(command);
        this.folder = folder;
    }

    boolean runs() {
        return running.filter(now -> now.process().isAlive()).isPresent();
    }

    void start() throws IOException {
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().put("PATH", PATH);
        builder.environment().put("LANG", "C.UTF-8");
        var process = builder.start();
        var lines = new LinkedBlockingQueue<String>(LINES_KEPT);
        running = Optional.of(new Running(process, lines));
        Thread.ofPlatform().daemon().name("script-" + process.pid()).start(() -> read(process, lines));
    }

    void say(String line) throws IOException {
        var to = running.orElseThrow(() -> new IOException("it does not run")).process().getOutputStream();
        to.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        to.flush();
    }

    /** The next line that it says; waits for it. @throws IllegalStateException when it has ended or said too long a line */
    String line() throws InterruptedException {
        var now = running.orElseThrow(() -> new IllegalStateException("it was ended"));
        var line = now.lines().take();
        if (line.equals(OVER)) {
            now.lines().clear();
            now.lines().offer(OVER);
            throw new IllegalStateException("it ended, or said a line of more than %d characters".formatted(LONGEST_LINE));
        }
        return line;
    }

    void end() {
        running.ifPresent(now -> {
            now.process().descendants().forEach(ProcessHandle::destroyForcibly);
            now.process().destroyForcibly();
            now.lines().clear();
            now.lines().offer(OVER);
        });
        running = Optional.empty();
    }

    private static void read(Process process, BlockingQueue<String> lines) {
        try (InputStream in = process.getInputStream()) {
            var line = new StringBuilder();
            var bytes = new byte[4096];
            for (int count = in.read(bytes); count >= 0 && line.length() <= LONGEST_LINE; count = in.read(bytes)) {
                for (int i = 0; i < count; i++) {
                    if (bytes[i] != '\n') {
                        line.append((char) (bytes[i] & 0xff)); // names and numbers are ASCII; anything else is refused as such
                    } else if (line.length() <= LONGEST_LINE) {
                        put(lines, line.toString());
                        line.setLength(0);
                    } else {
                        break;
                    }
                }
            }
        } catch (IOException | InterruptedException _) {
            // its pipe broke: it is over
        } finally {
            process.destroyForcibly();
            if (!lines.offer(OVER)) {
                lines.clear();
                lines.offer(OVER);
            }
        }
    }

    private static void put(BlockingQueue<String> lines, String line) throws InterruptedException {
        lines.put(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
    }
}
