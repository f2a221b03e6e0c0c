package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.probe.SourceId;

/**
 * Hears datagrams of measurements and gives them to a {@link Collector}. With a key only sealed frames of its holders are
 * taken, each once; without one it binds to loopback alone. What is dropped is counted by reason.
 */
public final class UdpIntake implements AutoCloseable {
    private static final int MOST_SOURCES = 10_000;
    private static final int RECEIVE_BUFFER = 4 << 20;

    private record Source(Collector.Ear ear, ReplayGuard guard, Optional<Seal> seal) {}

    private final DatagramChannel channel;
    private final Collector collector;
    private final Optional<byte[]> key;
    private final Collector.Bounded<Long, Source> sources = new Collector.Bounded<>(MOST_SOURCES);
    private final Thread thread;
    private final LongAdder frames = new LongAdder();
    private final LongAdder forged = new LongAdder();
    private final LongAdder repeated = new LongAdder();
    private final LongAdder senseless = new LongAdder();

    /**
     * @param at where to listen; port 0 for any free one
     * @throws Refused {@code KEY_REQUIRED}, {@code PORT_TAKEN}
     */
    public UdpIntake(InetSocketAddress at, Optional<byte[]> key, Collector collector) {
        if (key.isEmpty() && !at.getAddress().isLoopbackAddress()) {
            throw Refused.invalid("KEY_REQUIRED", "Unsealed measurements are heard on loopback alone, not on %s.".formatted(at), "Give both ends the same key.");
        }
        this.collector = collector;
        this.key = key;
        try {
            channel = DatagramChannel.open();
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
            channel.bind(at);
        } catch (IOException e) {
            throw Refused.unavailable("PORT_TAKEN", "Measurements cannot be heard on %s: %s".formatted(at, e.getMessage()), "");
        }
        thread = Thread.ofPlatform().daemon().name("measurements-" + at).start(this::listen);
    }

    public InetSocketAddress address() throws IOException {
        return (InetSocketAddress) channel.getLocalAddress();
    }

    /** @param forged not sealed with the key, or no frames at all; @param repeated heard before; @param senseless genuine, yet not understood */
    public record Counts(long frames, long forged, long repeated, long senseless) {}

    public Counts counts() {
        return new Counts(frames.sum(), forged.sum(), repeated.sum(), senseless.sum());
    }

    @Override
    public void close() throws IOException {
        channel.close();
        thread.interrupt();
    }

    private void listen() {
        var frame = new byte[Frame.LARGEST + Cursor.SLACK];
        var buffer = ByteBuffer.wrap(frame, 0, Frame.LARGEST);
        while (channel.isOpen()) {
            try {
                buffer.clear();
                channel.receive(buffer);
                hear(frame, buffer.position());
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException _) { // of one datagram; the next may be well
                senseless.increment();
            }
        }
    }

    private void hear(byte[] frame, int length) {
        if (!Frame.isFrame(frame, length)) {
            forged.increment();
            return;
        }
        long id = Frame.source(frame);
        var source = sources.find(id).orElseGet(() -> new Source(collector.new Ear(new SourceId(id)), new ReplayGuard(),
                key.map(shared -> new Seal(shared, id, Frame.TO_LISTENER))));
        int end = source.seal().isPresent() ? source.seal().get().open(frame, length) : length;
        if (end < 0) {
            forged.increment();
            return;
        }
        sources.put(id, source); // only who has the key takes room
        if (!source.guard().passes(Frame.number(frame))) {
            repeated.increment();
            return;
        }
        frames.increment();
        if (!source.ear().hear(Frame.kind(frame), frame, Frame.HEADER, end)) {
            senseless.increment();
        }
    }
}
