package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.Optional;

import org.reservoir.kernel.Refused;

/**
 * Hears datagrams of measurements, sent to it or to a multicast group, and gives them to a {@link Collector}. With a key only
 * sealed frames of its holders are taken, each once; without one it binds to loopback alone. What is dropped is counted by reason.
 */
public final class UdpIntake implements AutoCloseable {
    private static final int RECEIVE_BUFFER = 4 << 20;

    private final DatagramChannel channel;
    private final FrameHearing hearing;
    private final Thread thread;

    /**
     * @param at where to listen; port 0 for any free one
     * @throws Refused {@code KEY_REQUIRED}, {@code PORT_TAKEN}
     */
    public UdpIntake(InetSocketAddress at, Optional<byte[]> key, Collector collector) {
        this(at, Optional.empty(), key.isPresent(), new FrameHearing(collector, key, Optional.empty(), (_, _) -> { }));
    }

    /**
     * @param voices who may speak, all of whom have keys
     * @throws Refused {@code PORT_TAKEN}
     */
    public UdpIntake(InetSocketAddress at, Voices voices) {
        this(at, Optional.empty(), true, new FrameHearing(voices, Optional.empty(), (_, _) -> { }));
    }

    /**
     * @param group a multicast address
     * @param by    the interface through which the group is reached
     * @throws Refused {@code PORT_TAKEN}
     */
    public static UdpIntake ofGroup(InetSocketAddress group, NetworkInterface by, byte[] key, Collector collector) {
        return new UdpIntake(group, Optional.of(by), true, new FrameHearing(collector, Optional.of(key), Optional.empty(), (_, _) -> { }));
    }

    private UdpIntake(InetSocketAddress at, Optional<NetworkInterface> group, boolean sealed, FrameHearing hearing) {
        if (!sealed && !at.getAddress().isLoopbackAddress()) {
            throw Refused.invalid("KEY_REQUIRED", "Unsealed measurements are heard on loopback alone, not on %s.".formatted(at), "Give both ends the same key.");
        }
        this.hearing = hearing;
        try {
            channel = DatagramChannel.open(UdpOutlet.family(at.getAddress()));
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
            if (group.isPresent()) {
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true); // several listeners of a group on one machine
                channel.bind(at);
                channel.join(at.getAddress(), group.get());
            } else {
                channel.bind(at);
            }
        } catch (IOException e) {
            throw Refused.unavailable("PORT_TAKEN", "Measurements cannot be heard on %s: %s".formatted(at, e.getMessage()), "");
        }
        thread = Thread.ofPlatform().daemon().name("measurements-" + at).start(this::listen);
    }

    public InetSocketAddress address() throws IOException {
        return (InetSocketAddress) channel.getLocalAddress();
    }

    public FrameHearing.Counts counts() {
        return hearing.counts();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        thread.interrupt();
    }

    private void listen() {
        var frame = FrameHearing.buffer();
        var buffer = ByteBuffer.wrap(frame, 0, Frame.LARGEST);
        while (channel.isOpen()) {
            try {
                buffer.clear();
                channel.receive(buffer);
                hearing.hear(frame, buffer.position());
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException _) { // of one datagram; the next may be well
                hearing.unheard();
            }
        }
    }
}
