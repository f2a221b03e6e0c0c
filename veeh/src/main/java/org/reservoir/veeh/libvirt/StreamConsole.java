package org.reservoir.veeh.libvirt;

import java.io.InputStream;
import java.io.OutputStream;

import org.reservoir.interfaces.vhi.Console;
import org.reservoir.libvirtrpc.ByteStream;

/** A guest's console as libvirt streams it. */
record StreamConsole(ByteStream stream) implements Console {
    @Override
    public InputStream output() {
        return stream.in();
    }

    @Override
    public OutputStream input() {
        return stream.out();
    }

    @Override
    public void close() {
        stream.close();
    }
}
