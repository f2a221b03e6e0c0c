package org.reservoir.libvirtrpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Bytes that travel beside calls, both ways, until closed: a console, a channel. */
public interface ByteStream extends AutoCloseable {
    /** Waits for bytes; ends when the host ends the stream; fails with an IOException when the connection or the stream breaks. */
    InputStream in();

    OutputStream out();

    /** Says that all was written and waits until the host has it. @throws IOException when it does not say so */
    void finish() throws IOException;

    /** Ends both directions; what was written and not finished may be lost. */
    @Override
    void close();
}
