package org.reservoir.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The terminal with every key handed on as it is pressed; as it was before when closed, also when the process is ended. */
final class RawTerminal implements AutoCloseable {
    private static final File TERMINAL = new File("/dev/tty");

    private final String before;
    private final Thread atExit = new Thread(this::restore);

    private RawTerminal(String before) {
        this.before = before;
    }

    static RawTerminal enter() throws IOException {
        var raw = new RawTerminal(stty("-g"));
        Runtime.getRuntime().addShutdownHook(raw.atExit);
        stty("raw", "-echo");
        return raw;
    }

    private static String stty(String... words) throws IOException {
        var command = new java.util.ArrayList<>(java.util.List.of("stty"));
        command.addAll(java.util.List.of(words));
        var process = new ProcessBuilder(command).redirectInput(TERMINAL).redirectErrorStream(true).start();
        var told = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        try {
            if (process.waitFor() != 0) {
                throw new IOException("stty: " + told);
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
        return told;
    }

    private void restore() {
        try {
            stty(before);
        } catch (IOException _) {
            // the terminal has gone
        }
    }

    @Override
    public void close() {
        restore();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
