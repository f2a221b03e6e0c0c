package org.reservoir.veeh.libvirt;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostFailure.Kind;

/** Bytes that travel beside calls on a connection: volumes, consoles, channels. What arrives waits in a bounded queue; a full one holds the connection up. */
final class RpcStream implements Daemon.Stream {
    private static final int PAYLOAD = 256_000;
    private static final Duration FINISH = Duration.ofMinutes(10);
    private static final ByteBuffer END = ByteBuffer.allocate(0);
    private static final int OK = 0;
    private static final int CONTINUE = 2;

    private final Wire wire;
    private final int procedure;
    private final int serial;
    private final BlockingQueue<ByteBuffer> arrived;
    private volatile String broken = "";
    private volatile boolean ended;
    private ByteBuffer current = END;
    private boolean atEnd;

    RpcStream(Wire wire, int procedure, int serial, int bound) {
        this.wire = wire;
        this.procedure = procedure;
        this.serial = serial;
        this.arrived = new LinkedBlockingDeque<>(bound);
    }

    /** A packet of this stream; waits while the reader is behind. */
    void take(Wire.Packet packet) throws InterruptedException {
        if (packet.status() == CONTINUE) {
            put(packet.payload().hasRemaining() ? packet.payload() : END);
        } else {
            try {
                packet.reader();
            } catch (LibvirtError error) {
                broken = error.getMessage();
            }
            ended = true;
            put(END);
        }
    }

    private void put(ByteBuffer bytes) throws InterruptedException {
        while (!ended && !arrived.offer(bytes, 1, TimeUnit.SECONDS)) {
            Thread.onSpinWait();
        }
        if (ended) {
            arrived.offer(bytes);
        }
    }

    void end(String why) {
        broken = broken.isEmpty() && !ended ? why : broken;
        ended = true;
        arrived.offer(END);
    }

    // ---- reading

    @Override
    public InputStream in() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                var one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                return RpcStream.this.read(buffer, offset, length);
            }

            @Override
            public void close() {
                RpcStream.this.close();
            }
        };
    }

    private int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!current.hasRemaining() && !atEnd) {
            next();
        }
        if (atEnd) {
            if (!broken.isEmpty()) {
                throw new IOException(broken);
            }
            return -1;
        }
        int count = Math.min(length, current.remaining());
        current.get(buffer, offset, count);
        return count;
    }

    private void next() throws IOException {
        try {
            ByteBuffer arrival = null;
            while (arrival == null) {
                arrival = arrived.poll(1, TimeUnit.SECONDS);
                if (arrival == null && ended) {
                    arrival = END;
                }
            }
            current = arrival;
            atEnd = !arrival.hasRemaining();
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interruption);
        }
    }

    // ---- writing

    @Override
    public OutputStream out() {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                RpcStream.this.write(bytes, offset, length);
            }
        };
    }

    private void write(byte[] bytes, int offset, int length) throws IOException {
        for (int at = 0; at < length; at += PAYLOAD) {
            if (ended) {
                throw new IOException(broken.isEmpty() ? "the stream has ended" : broken);
            }
            wire.sendStream(procedure, serial, false, bytes, offset + at, Math.min(PAYLOAD, length - at));
        }
    }

    /** Says that all was written and waits until the host has it. */
    void finish() {
        wire.sendStream(procedure, serial, true, new byte[0], 0, 0);
        var deadline = Deadline.in(FINISH);
        try {
            while (!ended && !deadline.isOver()) {
                arrived.poll(1, TimeUnit.SECONDS);
            }
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        }
        wire.forget(serial);
        if (!ended || !broken.isEmpty()) {
            throw new HostFailure(Kind.UNREACHABLE, "The transfer broke: " + (broken.isEmpty() ? "no answer" : broken));
        }
    }

    @Override
    public void close() {
        if (!ended) {
            ended = true;
            arrived.offer(END);
            try {
                if (atEnd) {
                    wire.sendStream(procedure, serial, true, new byte[0], 0, 0);
                } else {
                    wire.abortStream(procedure, serial);
                }
            } catch (HostFailure _) {
                // the connection is gone, and the stream with it
            }
        }
        wire.forget(serial);
    }
}
