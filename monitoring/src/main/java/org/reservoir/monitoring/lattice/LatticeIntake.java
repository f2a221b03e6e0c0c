package org.reservoir.monitoring.lattice;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongSupplier;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.monitoring.probe.Outlet;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/**
 * Hears Lattice's producers over UDP, with names or without, and passes on what they measure as streams of ours. Within one
 * machine only: Lattice's messages prove nothing. Streams that Lattice stops to send fall stale by themselves; it does not say.
 */
public final class LatticeIntake implements AutoCloseable {
    private static final int MOST_PROBES = 10_000;
    /** Who is silent for longer may have been given up and forgotten meanwhile. */
    private static final long TOLD_AGAIN_NANOS = 10_000_000_000L;

    private static final class Known {
        final StreamInfo stream;
        final Row row;
        long toldAt;

        Known(StreamInfo stream) {
            this.stream = stream;
            this.row = new Row(stream.schema());
        }
    }

    private final DatagramSocket socket;
    private final Outlet outlet;
    private final Function<UUID, Optional<ServiceId>> services;
    private final Map<UUID, Known> probes = new LinkedHashMap<>();
    private final LongSupplier nanos;
    private final LongAdder messages = new LongAdder();
    private final LongAdder senseless = new LongAdder();

    /**
     * @param outlet   where to: a collector
     * @param services which service an id of Lattice's stands for
     * @throws Refused {@code LOOPBACK_ONLY}, {@code PORT_TAKEN}
     */
    public LatticeIntake(InetSocketAddress at, Outlet outlet, Function<UUID, Optional<ServiceId>> services) {
        this(at, outlet, services, System::nanoTime);
    }

    LatticeIntake(InetSocketAddress at, Outlet outlet, Function<UUID, Optional<ServiceId>> services, LongSupplier nanos) {
        this.nanos = nanos;
        if (!at.getAddress().isLoopbackAddress()) {
            throw Refused.invalid("LOOPBACK_ONLY", "Lattice's messages are not protected, so they are not heard on %s.".formatted(at), "Listen on loopback, and have a source of ours bring them to another machine.");
        }
        this.outlet = outlet;
        this.services = services;
        try {
            socket = new DatagramSocket(at);
            socket.setReceiveBufferSize(4 << 20);
        } catch (IOException e) {
            throw Refused.unavailable("PORT_TAKEN", "Lattice cannot be heard on %s: %s".formatted(at, e.getMessage()), "");
        }
        Thread.ofPlatform().daemon().name("lattice-" + at).start(this::listen);
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    public long messages() {
        return messages.sum();
    }

    /** Datagrams that were no messages of Lattice's, or said what cannot be said in our words. */
    public long senseless() {
        return senseless.sum();
    }

    @Override
    public void close() {
        socket.close();
    }

    private void listen() {
        var packet = new DatagramPacket(new byte[1 << 16], 1 << 16);
        while (!socket.isClosed()) {
            try {
                packet.setLength(1 << 16);
                socket.receive(packet);
                var message = LatticeMessage.read(packet.getData(), packet.getLength());
                message.ifPresentOrElse(this::heard, senseless::increment);
            } catch (IOException _) { // of one datagram, or closed
                LockSupport.parkNanos(10_000_000); // whatever it is, it must not become a busy loop
            }
        }
    }

    private void heard(LatticeMessage message) {
        try {
            var known = probes.get(message.probe());
            if (known == null || !Translation.fits(known.stream.schema(), message)) {
                if (known == null && probes.size() >= MOST_PROBES) {
                    senseless.increment();
                    return;
                }
                known = new Known(Translation.stream(message, known == null ? probes.size() + 1 : known.stream.number(), services));
                probes.put(message.probe(), known);
                tell(known);
            }
            if (nanos.getAsLong() - known.toldAt > TOLD_AGAIN_NANOS) {
                tell(known);
            }
            Translation.fill(known.row, message);
            messages.increment();
            outlet.take(known.stream, message.sequence() + 1, known.row); // Lattice may count from 0
            outlet.alive(known.stream.source());
        } catch (Refused _) {
            senseless.increment();
        }
    }

    private void tell(Known known) {
        known.toldAt = nanos.getAsLong();
        outlet.tell(known.stream, StreamState.ON, "");
    }
}
