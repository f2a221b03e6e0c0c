package org.reservoir.veeh.libvirt;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostFailure.Kind;

/**
 * A POSIX shell on the host, for the few things that libvirt does not do (overlays). Named by the option {@code shell}:
 * {@code local}, {@code ssh:user@host}, or {@code exec:prefix words} for anything else that ends in running {@code sh} there.
 * Scripts go in by standard input and hold no text from people.
 */
record Shell(List<String> prefix) {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int LONGEST_OUTPUT = 1 << 20;

    Shell {
        prefix = List.copyOf(prefix);
    }

    /** @throws HostFailure REFUSED when the option is none of the three forms */
    static Optional<Shell> of(Optional<String> option) {
        return option.map(text -> {
            if (text.equals("local")) {
                return new Shell(List.of());
            }
            if (text.startsWith("ssh:")) {
                return new Shell(List.of("ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "--", text.substring(4)));
            }
            if (text.startsWith("exec:")) {
                return new Shell(List.of(text.substring(5).strip().split("\\s+")));
            }
            throw new HostFailure(Kind.REFUSED, "Option shell=%s is neither local, ssh:user@host nor exec:prefix.".formatted(text));
        });
    }

    String run(String script) {
        try {
            var command = new java.util.ArrayList<>(prefix);
            command.add("sh");
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            try {
                return finish(process, script);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException broken) {
            throw new HostFailure(Kind.UNREACHABLE, "No shell on the host: " + broken.getMessage(), broken);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new HostFailure(Kind.TIMED_OUT, "Interrupted in a shell on the host.", interruption);
        }
    }

    private static String finish(Process process, String script) throws IOException, InterruptedException {
        var watchdog = Thread.ofVirtual().start(() -> endLate(process));
        try (var in = process.getOutputStream()) {
            in.write(("set -e\n" + script).getBytes(StandardCharsets.UTF_8));
        }
        var output = new String(process.getInputStream().readNBytes(LONGEST_OUTPUT), StandardCharsets.UTF_8);
        int code = process.waitFor();
        watchdog.interrupt();
        if (code != 0) {
            throw new HostFailure(code > 128 ? Kind.TIMED_OUT : Kind.REFUSED, "A command on the host ended with %d: %s".formatted(code, output.strip()));
        }
        return output;
    }

    private static void endLate(Process process) {
        try {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            // it ended in time
        }
    }
}
