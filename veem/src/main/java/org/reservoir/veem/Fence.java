package org.reservoir.veem;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes sure that a silent host runs nothing any more: switches it off, or cuts it from storage and network. */
@FunctionalInterface
public interface Fence {
    /** Can do nothing about a host, so that nothing of it starts elsewhere. */
    Fence NONE = (_, _) -> false;

    /** Whether the host certainly runs nothing now. May take its time: each host is looked after on a thread of its own. */
    boolean fence(String host, String uri);

    /**
     * A program of the site's administrator, called as {@code program HOST URI}: it switches the host off by its own means (IPMI, a
     * power socket, a storage array) and exits with 0 when that has certainly worked.
     */
    static Fence by(Path program, Duration patience) {
        return (host, uri) -> {
            try {
                var process = new ProcessBuilder(program.toString(), host, uri).redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
                process.getOutputStream().close();
                if (process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                    return process.exitValue() == 0;
                }
                process.destroyForcibly();
            } catch (IOException trouble) {
                Log.LOG.warn("{} cannot be run: {}", program, trouble.getMessage());
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            return false;
        };
    }

    /** An interface has no private constants. */
    final class Log {
        private static final Logger LOG = LoggerFactory.getLogger(Fence.class);

        private Log() {}
    }
}
