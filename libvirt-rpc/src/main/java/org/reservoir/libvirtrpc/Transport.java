package org.reservoir.libvirtrpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Bytes both ways to a libvirtd, however they travel. Reading and writing happen on two threads at once. */
public interface Transport extends AutoCloseable {
    InputStream in();

    OutputStream out();

    /** Threads that may block on it. */
    default Thread.Builder threads() {
        return Thread.ofVirtual();
    }

    /** What is known about why it broke, beyond the exception; may be empty. */
    default String complaint() {
        return "";
    }

    /** Wakes whoever reads or writes. */
    @Override
    void close() throws IOException;
}
