package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Optional;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;

/**
 * Sends a source's measurements in datagrams, to one listener or to all who joined a multicast group. What the network loses is
 * counted where it is missed. Off loopback a key is required.
 */
public final class UdpOutlet extends FramedOutlet implements AutoCloseable {
    private static final int HOPS = 8;

    private final DatagramChannel channel;
    private final FrameOutlet frames;
    private ByteBuffer last = ByteBuffer.allocate(0);

    /**
     * @param key shared with the listener; required when the listener is not on this machine's loopback
     * @throws Refused {@code KEY_REQUIRED}, {@code NO_ROUTE}
     */
    public UdpOutlet(SourceId source, InetSocketAddress listener, Optional<byte[]> key) {
        this(source, listener, Optional.empty(), key);
    }

    /**
     * @param group a multicast address
     * @param by    the interface through which the group is reached
     * @throws Refused {@code KEY_REQUIRED}, {@code NO_ROUTE}
     */
    public static UdpOutlet toGroup(SourceId source, InetSocketAddress group, NetworkInterface by, byte[] key) {
        return new UdpOutlet(source, group, Optional.of(by), Optional.of(key));
    }

    private UdpOutlet(SourceId source, InetSocketAddress listener, Optional<NetworkInterface> by, Optional<byte[]> key) {
        if (key.isEmpty() && !listener.getAddress().isLoopbackAddress()) {
            throw Refused.invalid("KEY_REQUIRED", "Measurements do not leave this machine unsealed (to %s).".formatted(listener), "Give both ends the same key.");
        }
        try {
            channel = DatagramChannel.open(family(listener.getAddress()));
            channel.setOption(StandardSocketOptions.SO_SNDBUF, 1 << 20);
            if (by.isPresent()) {
                channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, by.get());
                channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, HOPS);
            }
            channel.connect(listener);
            channel.configureBlocking(false);
        } catch (IOException e) {
            throw Refused.unavailable("NO_ROUTE", "Measurements cannot be sent to %s: %s".formatted(listener, e.getMessage()), "");
        }
        frames = new FrameOutlet(source, key, false, Frame.DATAGRAM, Optional.empty(), this::carry);
    }

    static StandardProtocolFamily family(InetAddress address) {
        return address instanceof java.net.Inet6Address ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    }

    @Override
    protected FrameOutlet frames() {
        return frames;
    }

    /** Datagrams sent. */
    public long sent() {
        return frames.sent();
    }

    @Override
    public void close() throws IOException {
        frames.close();
        channel.close();
    }

    private boolean carry(Optional<StreamInfo> stream, byte[] frame, int length) {
        if (last.array() != frame) { // nearly always the same few arrays: no garbage
            last = ByteBuffer.wrap(frame);
        }
        try {
            return channel.write(last.clear().limit(length)) == length;
        } catch (IOException _) { // nobody listens there now, or no route: the listener sees the gap
            return false;
        }
    }
}
