package org.reservoir.interfaces.vhi;

import java.io.IOException;
import java.io.InputStream;

/** Bytes that can be read again from any place, as resumable transfers need. */
public interface ByteSource {
    long length();

    /** The bytes from {@code offset} on. */
    InputStream openAt(long offset) throws IOException;
}
