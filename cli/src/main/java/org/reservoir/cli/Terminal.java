package org.reservoir.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/**
 * All that a command sees of the process it runs in.
 *
 * @param interactive whether a person looks at {@code out}
 * @param home        below which the configuration is
 * @param pause       lets time pass; gives {@code false} when the command is to end
 */
record Terminal(PrintStream out, PrintStream err, InputStream in, boolean interactive, Map<String, String> environment, Path home, InstantSource clock,
                Pause pause) {
    @FunctionalInterface
    interface Pause {
        boolean pause(Duration time);
    }

    static Terminal ofProcess() {
        return new Terminal(System.out, System.err, System.in, System.console() != null && System.console().isTerminal(), System.getenv(),
                Path.of(System.getProperty("user.home")), InstantSource.system(), Terminal::sleep);
    }

    /** Nobody looks; no file of a user is read. */
    static Terminal without(Map<String, String> environment, InputStream in, PrintStream out, PrintStream err) {
        return new Terminal(out, err, in, false, environment, Path.of("/nonexistent"), InstantSource.system(), Terminal::sleep);
    }

    private static boolean sleep(Duration time) {
        try {
            Thread.sleep(time);
            return true;
        } catch (InterruptedException _) {
            return false;
        }
    }

    void note(String line) {
        err.println(line);
    }
}
