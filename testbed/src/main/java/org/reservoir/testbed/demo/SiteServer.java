package org.reservoir.testbed.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.reservoir.testbed.Checkout;

/**
 * The demo's site server: {@code bin/site} as a process of its own, so that it can outlive the demo. It runs in a session of its own, or a
 * Ctrl-C for the demo would end it before it has cleaned up.
 */
record SiteServer(long pid, String url, Path data) {
    private static final int USUAL_PORT = 8470;
    private static final Duration START = Duration.ofSeconds(90);
    /** One that is still starting starts to the end before it ends. */
    private static final Duration STOP = START.plusSeconds(30);

    /** What people start a site server with. */
    static Path program() {
        return Checkout.directory().resolve("bin/site");
    }

    /** Starts it; it answers only after {@link #awaitListening}. */
    static SiteServer launch(Path program, Path data, Path images, boolean spanning) {
        try {
            Files.createDirectories(data);
            var url = "http://127.0.0.1:" + freePort();
            var command = new ArrayList<>(List.of("setsid", program.toString(), "--data", data.toString(), "--name", "demo", "--listen",
                    URI.create(url).getAuthority(), "--import-from", images.toString()));
            if (spanning) {
                command.add("--span-hosts");
            }
            var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log(data).toFile()).start();
            process.getOutputStream().close();
            return new SiteServer(process.pid(), url, data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path log(Path data) {
        return data.resolve("site.log");
    }

    /** @throws Demo.Failed with what it said, when it does not come to that */
    SiteServer awaitListening() {
        try {
            var end = System.nanoTime() + START.toNanos();
            while (!Files.readString(log(data)).contains(" listens on ")) {
                if (ProcessHandle.of(pid).isEmpty() || System.nanoTime() > end) {
                    throw new Demo.Failed("the site server did not start:\n" + Files.readString(log(data)).strip());
                }
                Pause.of(Duration.ofMillis(20));
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The usual one when nobody has it, so that what the demo prints is what people will type later. */
    private static int freePort() throws IOException {
        for (var port : List.of(USUAL_PORT, 0)) {
            try (var probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return probe.getLocalPort();
            } catch (IOException taken) {
                if (port == 0) {
                    throw taken;
                }
            }
        }
        throw new IllegalStateException();
    }

    Shell shell(Screen screen) {
        try {
            return new Shell(url, Files.readString(data.resolve("admin.token")).strip(), screen);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it is still the process that was started; a pid is given again. */
    boolean lives() {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline")).contains(data.toString());
        } catch (IOException gone) {
            return false;
        }
    }

    void stop() {
        if (!lives()) {
            return;
        }
        var process = ProcessHandle.of(pid);
        process.ifPresent(ProcessHandle::destroy);
        try {
            if (process.isPresent()) {
                process.get().onExit().get(STOP.toSeconds(), TimeUnit.SECONDS);
            }
        } catch (TimeoutException | ExecutionException stuck) {
            process.get().destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
