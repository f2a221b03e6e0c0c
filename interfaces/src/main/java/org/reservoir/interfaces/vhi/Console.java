package org.reservoir.interfaces.vhi;

import java.io.InputStream;
import java.io.OutputStream;

/** A text console, both ways. */
public interface Console extends AutoCloseable {
    InputStream output();

    OutputStream input();

    @Override
    void close();
}
