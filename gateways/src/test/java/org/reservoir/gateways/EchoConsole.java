package org.reservoir.gateways;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.util.Set;

import org.reservoir.interfaces.vhi.Console;

/** A console whose guest says again what it is told. */
final class EchoConsole implements Console {
    private final PipedInputStream output = new PipedInputStream(64 << 10);
    private final PipedOutputStream input = new PipedOutputStream();
    private final Set<EchoConsole> open;

    /** @param open counts those that are open */
    EchoConsole(Set<EchoConsole> open) {
        this.open = open;
        open.add(this);
        try {
            input.connect(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public InputStream output() {
        return output;
    }

    @Override
    public OutputStream input() {
        return input;
    }

    @Override
    public void close() {
        open.remove(this);
        try {
            input.close();
            output.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
