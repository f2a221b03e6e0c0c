package org.reservoir.gateways.rest;

import java.io.IOException;
import java.time.Duration;

import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * The close of a connection whose client was answered before all of its body came (RFC 9112 §9.6). The answer says {@code Connection:
 * close}, since the rest would be read as a request; but to close a socket with unread bytes in it resets it, and a client that still
 * sends would lose the answer. So what it still sends is read for a moment and forgotten.
 */
final class Lingering {
    private static final int MOST_CHUNKS = 16;
    private static final long MOST_BYTES = 64L << 20;
    private static final Duration LONGEST = Duration.ofSeconds(3);
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(1);

    private Lingering() {
    }

    /** Whether the whole body came; what of it lies here is read and forgotten. Jetty's own consumeAvailable ends the body, so nothing could be read after. */
    static boolean isWhole(Request request) {
        for (int i = 0; i < MOST_CHUNKS; i++) {
            var chunk = request.read();
            if (chunk == null || Content.Chunk.isFailure(chunk)) {
                return false;
            }
            chunk.release();
            if (chunk.isLast()) {
                return true;
            }
        }
        return false;
    }

    /** Reads what still comes, until it ends, is too much, takes too long or the client falls silent. */
    static void read(Request request) {
        request.getConnectionMetaData().getConnection().getEndPoint().setIdleTimeout(LONGEST_SILENCE.toMillis());
        var begin = System.nanoTime();
        var buffer = new byte[16 << 10];
        long bytes = 0;
        try (var in = Content.Source.asInputStream(request)) {
            for (int read = in.read(buffer); read >= 0 && bytes < MOST_BYTES && System.nanoTime() - begin < LONGEST.toNanos(); read = in.read(buffer)) {
                bytes += read;
            }
        } catch (IOException _) {
            // The client is gone, or silent: the connection is closed anyway.
        }
    }
}
