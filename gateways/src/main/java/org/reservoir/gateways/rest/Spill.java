package org.reservoir.gateways.rest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.Blocker;

/** Collects an answer; what is larger than a bound goes out in pieces as it is made, so that no answer is held in memory whole. */
final class Spill extends OutputStream {
    private static final int FIRST = 4 << 10;
    private static final int BOUND = 64 << 10;

    private final Content.Sink sink;
    private byte[] buffer = new byte[FIRST];
    private int length;
    private boolean spilled;

    Spill(Content.Sink sink) {
        this.sink = sink;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        if (length + count > BOUND) {
            spill(false);
        }
        if (count > BOUND) {
            send(ByteBuffer.wrap(bytes, offset, count), false);
            return;
        }
        if (length + count > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.min(BOUND, Math.max(2 * buffer.length, length + count)));
        }
        System.arraycopy(bytes, offset, buffer, length, count);
        length += count;
    }

    boolean spilled() {
        return spilled;
    }

    ByteBuffer buffered() {
        return ByteBuffer.wrap(buffer, 0, length);
    }

    @Override
    public void close() throws IOException {
        spill(true);
    }

    private void spill(boolean last) throws IOException {
        if (length > 0 || last) {
            send(buffered(), last);
            length = 0;
        }
    }

    private void send(ByteBuffer bytes, boolean last) throws IOException {
        spilled = true;
        try (var blocker = new Blocker.Shared().callback()) {
            sink.write(last, bytes, blocker);
            blocker.block();
        }
    }
}
