package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.probe.Outlet;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/**
 * Sends a source's measurements in datagrams, to one listener or a multicast group. Measurements share a datagram until it
 * is full or the oldest has waited for {@link #PATIENCE}. Nothing waits and nothing is sent twice; what the network loses is
 * counted where it is missed. Off loopback a key is required.
 */
public final class UdpOutlet implements Outlet, AutoCloseable {
    /** A measurement waits so long for others to share its datagram. */
    public static final Duration PATIENCE = Duration.ofMillis(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final DatagramChannel channel;
    private final SourceId source;
    private final Optional<Seal> seal;
    private final FrameWriter data = FrameWriter.selfContained(Frame.DATAGRAM);
    private final byte[] words = new byte[Frame.DATAGRAM + Cursor.SLACK];
    private final Cursor cursor = new Cursor();
    private final ByteBuffer dataBuffer = ByteBuffer.wrap(data.frame());
    private final ByteBuffer wordBuffer = ByteBuffer.wrap(words);
    private final Thread flusher;
    private long number;
    private long firstAt;
    private long sent;
    private long unsent;
    private volatile boolean closed;

    /**
     * @param key shared with the listener; required when the listener is not on this machine's loopback
     * @throws Refused {@code KEY_REQUIRED}, {@code NO_ROUTE}
     */
    public UdpOutlet(SourceId source, InetSocketAddress listener, Optional<byte[]> key) {
        if (key.isEmpty() && !listener.getAddress().isLoopbackAddress()) {
            throw Refused.invalid("KEY_REQUIRED", "Measurements do not leave this machine unsealed (to %s).".formatted(listener), "Give both ends the same key.");
        }
        this.source = source;
        this.seal = key.map(shared -> new Seal(shared, source.value(), Frame.TO_LISTENER));
        try {
            channel = DatagramChannel.open();
            channel.setOption(StandardSocketOptions.SO_SNDBUF, 1 << 20);
            channel.connect(listener);
            channel.configureBlocking(false);
        } catch (IOException e) {
            throw Refused.unavailable("NO_ROUTE", "Measurements cannot be sent to %s: %s".formatted(listener, e.getMessage()), "");
        }
        flusher = Thread.ofPlatform().daemon().name("measurements-to-" + listener).start(this::flushLoop);
    }

    @Override
    public void take(StreamInfo stream, long sequence, Row row) {
        lock.lock();
        try {
            if (data.rows() == 0) {
                firstAt = System.nanoTime();
            }
            if (!data.add(stream.number(), sequence, row)) {
                flush();
                firstAt = System.nanoTime();
                if (!data.add(stream.number(), sequence, row)) {
                    unsent++; // larger than a datagram: it will be missed and counted
                    return;
                }
            }
            if (data.rows() == 1) {
                LockSupport.unpark(flusher);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void tell(StreamInfo stream, StreamState state, String why) {
        word(Frame.TELL, Optional.of(new Words.Told(stream, state, why)));
    }

    @Override
    public void alive(SourceId alive) {
        word(Frame.ALIVE, Optional.empty());
    }

    /** Datagrams sent. */
    public long sent() {
        lock.lock();
        try {
            return sent;
        } finally {
            lock.unlock();
        }
    }

    /** Datagrams and measurements that the network did not take. */
    public long unsent() {
        lock.lock();
        try {
            return unsent;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            flush();
            closed = true;
        } finally {
            lock.unlock();
        }
        LockSupport.unpark(flusher);
        channel.close();
    }

    private void word(int kind, Optional<Words.Told> told) {
        lock.lock();
        try {
            flush(); // in order: what was measured before a word goes before it
            cursor.over(words, Frame.HEADER, Frame.DATAGRAM - Frame.SEAL);
            if (told.isPresent() && !Words.put(cursor, told.get())) {
                unsent++;
                return;
            }
            send(kind, words, wordBuffer, cursor.at);
        } finally {
            lock.unlock();
        }
    }

    private void flush() {
        if (data.rows() > 0) {
            send(Frame.DATA, data.frame(), dataBuffer, data.end());
            data.clear();
        }
    }

    private void send(int kind, byte[] frame, ByteBuffer buffer, int end) {
        if (closed) {
            return;
        }
        Frame.putHeader(frame, kind, source.value(), ++number);
        int sealed = seal.isPresent() ? seal.get().close(frame, end) : end;
        try {
            buffer.clear().limit(sealed);
            if (channel.write(buffer) == sealed) {
                sent++;
            } else {
                unsent++;
            }
        } catch (IOException _) { // nobody listens there now, or no route: the listener sees the gap
            unsent++;
        }
    }

    private void flushLoop() {
        while (!closed) {
            long wait;
            lock.lock();
            try {
                wait = data.rows() == 0 ? Long.MAX_VALUE : firstAt + PATIENCE.toNanos() - System.nanoTime();
                if (wait <= 0) {
                    flush();
                    wait = Long.MAX_VALUE;
                }
            } finally {
                lock.unlock();
            }
            LockSupport.parkNanos(this, Math.min(wait, Duration.ofSeconds(1).toNanos()));
        }
    }
}
