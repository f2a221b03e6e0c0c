package org.reservoir.veem.host;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A program of the site's administrator that does something to a host: called as {@code program HOST URI}, it exits with 0 when it has. */
final class HostProgram {
    private static final Logger LOG = LoggerFactory.getLogger(HostProgram.class);

    private HostProgram() {}

    static boolean succeeds(Path program, Duration patience, String host, String uri) {
        try {
            var process = new ProcessBuilder(program.toString(), host, uri).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            process.getOutputStream().close();
            if (process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue() == 0;
            }
            process.destroyForcibly();
        } catch (IOException trouble) {
            LOG.warn("{} cannot be run: {}", program, trouble.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
