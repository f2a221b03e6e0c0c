package org.reservoir.libvirtrpc;

/** Bytes that are not what the protocol says stands there. */
public final class MalformedXdr extends RuntimeException {
    public MalformedXdr(String message) {
        super(message);
    }
}
