package org.reservoir.monitoring.lattice;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.probe.Outlet;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/**
 * Sends measurements to a consumer of Lattice's over UDP, one to a message, as Lattice does; within one machine only. States are
 * not told: Lattice has no words for them.
 */
public final class LatticeOutlet implements Outlet, AutoCloseable {
    private final DatagramSocket socket;
    private final InetSocketAddress consumer;
    private final boolean names;
    private final Map<Integer, Long> before = new HashMap<>();
    private int number;
    private long unsent;

    /** @throws Refused {@code LOOPBACK_ONLY}, {@code NO_ROUTE} */
    public LatticeOutlet(InetSocketAddress consumer, boolean names) {
        if (!consumer.getAddress().isLoopbackAddress()) {
            throw Refused.invalid("LOOPBACK_ONLY", "Lattice's messages are not protected, so none are sent to %s.".formatted(consumer), "Run a collector of ours beside the consumer.");
        }
        this.consumer = consumer;
        this.names = names;
        try {
            socket = new DatagramSocket();
        } catch (IOException e) {
            throw Refused.unavailable("NO_ROUTE", "Nothing can be sent to Lattice: %s".formatted(e.getMessage()), "");
        }
    }

    @Override
    public synchronized void take(StreamInfo stream, long sequence, Row row) {
        long delta = Math.max(0, row.at() - before.getOrDefault(stream.number(), row.at()));
        before.put(stream.number(), row.at());
        var bytes = Translation.message(stream, sequence, row, delta, ++number, names).write(Padding.NONE);
        try {
            socket.send(new DatagramPacket(bytes, bytes.length, consumer));
        } catch (IOException _) { // too large, or nobody there
            unsent++;
        }
    }

    @Override
    public synchronized void tell(StreamInfo stream, StreamState state, String why) {
        if (state == StreamState.RETIRED) {
            before.remove(stream.number());
        }
    }

    public synchronized long unsent() {
        return unsent;
    }

    @Override
    public void close() {
        socket.close();
    }
}
