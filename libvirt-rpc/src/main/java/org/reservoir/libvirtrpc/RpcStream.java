package org.reservoir.libvirtrpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A stream on a {@link Wire}. What arrives waits in a bounded queue; a full one holds the whole connection up, which is why bulk transfers
 * and consoles get a connection of their own.
 */
final class RpcStream implements ByteStream {
    /** Below VIR_NET_MESSAGE_LEGACY_PAYLOAD_MAX, which every libvirtd takes. */
    static final int PAYLOAD = 256_000;
    private static final Duration FINISH = Duration.ofMinutes(10);
    private static final ByteBuffer END = ByteBuffer.allocate(0);

    private final Wire wire;
    private final Procedure procedure;
    private final int serial;
    private final BlockingQueue<ByteBuffer> arrived;
    private volatile String broken = "";
    private volatile boolean ended;
    private ByteBuffer current = END;
    private boolean atEnd;

    RpcStream(Wire wire, Procedure procedure, int serial, int bound) {
        this.wire = wire;
        this.procedure = procedure;
        this.serial = serial;
        this.arrived = new ArrayBlockingQueue<>(bound);
    }

    /** A packet of this stream; waits while the reader is behind. */
    void take(Packet packet) throws InterruptedException {
        if (packet.status() == Packet.CONTINUE) {
            put(packet.payload().hasRemaining() ? packet.payload() : END);
            return;
        }
        try {
            packet.result();
        } catch (LibvirtError error) {
            broken = error.getMessage();
        }
        ended = true;
        arrived.offer(END);
    }

    private void put(ByteBuffer bytes) throws InterruptedException {
        boolean taken = false;
        while (!taken && !ended) {
            taken = arrived.offer(bytes, 1, TimeUnit.SECONDS);
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
                arrival = ended ? arrived.poll() : arrived.poll(1, TimeUnit.SECONDS);
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
            int until = offset + Math.min(length, at + PAYLOAD);
            send(Packet.CONTINUE, Arrays.copyOfRange(bytes, offset + at, until));
        }
    }

    private void send(int status, byte[] bytes) throws IOException {
        try {
            wire.send(packet(status, bytes));
        } catch (LibvirtFailure gone) {
            throw new IOException(broken.isEmpty() ? gone.getMessage() : broken, gone);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interruption);
        }
    }

    private Packet packet(int status, byte[] bytes) {
        return Packet.of(procedure.program(), procedure.number(), Packet.STREAM, serial, status, bytes);
    }

    @Override
    public void finish() throws IOException {
        send(Packet.OK, new byte[0]);
        long deadline = System.nanoTime() + FINISH.toNanos();
        try {
            while (!ended && System.nanoTime() - deadline < 0) {
                arrived.poll(1, TimeUnit.SECONDS);
            }
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interruption);
        } finally {
            wire.forget(serial);
        }
        if (!ended || !broken.isEmpty()) {
            throw new IOException(broken.isEmpty() ? "the host did not say that it has all" : broken);
        }
    }

    @Override
    public void close() {
        if (!ended) {
            ended = true;
            arrived.offer(END);
            wire.sendSoon(packet(atEnd ? Packet.OK : Packet.ERROR, new byte[0]));
        }
        wire.forget(serial);
    }
}
