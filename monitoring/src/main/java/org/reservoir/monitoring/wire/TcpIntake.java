package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.probe.Registry;

/**
 * Hears measurements over connections (see {@link TcpOutlet}) and gives them to a {@link Collector}, each connection on its own
 * thread. What is for accounting goes into the inbox first and is acknowledged when it is on its disk. A connection that sends
 * what makes no sense is closed; its sender makes a new one and begins with what each stream is.
 */
public final class TcpIntake implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 2_000;
    /** Who has not said by then who he is must go. */
    private static final int HELLO_MILLIS = 10_000;

    private final ServerSocket server;
    private final FrameSocket.Door door;
    private final KeptHearing.Marks marks;
    private final Refusals refusals;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final LongAdder frames = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder senseless = new LongAdder();

    /** Port: told of each connection that was refused, and why. Must be done with it at once: strangers come as often as they like. */
    @FunctionalInterface
    public interface Refusals {
        void refused(InetAddress from, String why);
    }

    /**
     * @param inbox where measurements for accounting are put; without one they are known as taken for as long as the process lives
     * @throws Refused {@code KEY_REQUIRED}, {@code PORT_TAKEN}
     */
    public TcpIntake(InetSocketAddress at, Protection protection, Collector collector, Optional<Spool> inbox) {
        this(checked(at, protection), new FrameSocket.Door(protection.tls(), protection instanceof Protection.Certificates, Voices.sharing(protection.secret(), collector)), inbox, (_, _) -> { });
    }

    private static InetSocketAddress checked(InetSocketAddress at, Protection protection) {
        protection.check(at);
        return at;
    }

    /**
     * @param tls    by which it shows who it is; empty to rely on keys alone
     * @param voices who may speak, all of whom have keys
     */
    public TcpIntake(InetSocketAddress at, Optional<SSLContext> tls, Voices voices, Optional<Spool> inbox) {
        this(at, tls, voices, inbox, (_, _) -> { });
    }

    /** The same, with somebody who is told of who was refused. */
    public TcpIntake(InetSocketAddress at, Optional<SSLContext> tls, Voices voices, Optional<Spool> inbox, Refusals refusals) {
        this(at, new FrameSocket.Door(tls, false, voices), inbox, refusals);
    }

    private TcpIntake(InetSocketAddress at, FrameSocket.Door door, Optional<Spool> inbox, Refusals refusals) {
        this.door = door;
        this.refusals = refusals;
        this.marks = new KeptHearing.Marks(inbox);
        try {
            server = new ServerSocket();
            server.setReuseAddress(true);
            server.bind(at, 128);
        } catch (IOException e) {
            throw Refused.unavailable("PORT_TAKEN", "Measurements cannot be heard on %s: %s".formatted(at, e.getMessage()), "");
        }
        Thread.ofVirtual().name("measurements-" + at).start(this::accept);
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    /**
     * @param refused     connections of those who could not show that they may, or too many
     * @param senseless   connections closed because what came made no sense or was out of turn
     * @param connections there are now
     */
    public record Counts(long frames, long refused, long senseless, int connections) {}

    public Counts counts() {
        return new Counts(frames.sum(), refused.sum(), senseless.sum(), connections.size());
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (var socket : connections) {
            socket.close();
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                if (connections.size() >= MOST_CONNECTIONS) {
                    refuse(socket, "there are as many connections as may be");
                    socket.close();
                    continue;
                }
                connections.add(socket);
                Thread.ofVirtual().name("measurements-from-" + socket.getRemoteSocketAddress()).start(() -> serve(socket));
            } catch (IOException _) { // of one connection, or closed
                LockSupport.parkNanos(10_000_000); // whatever it is, it must not become a busy loop
            }
        }
    }

    private void serve(Socket socket) {
        try (socket; var connection = FrameSocket.accept(socket, door, HELLO_MILLIS)) {
            hear(connection, socket);
        } catch (FrameSocket.Forged stranger) {
            refuse(socket, stranger.getMessage());
        } catch (SSLException stranger) {
            refuse(socket, "not under TLS as it is spoken here: " + stranger.getMessage());
        } catch (IOException _) {
            // it is gone; who sends knows, and comes again
        } finally {
            connections.remove(socket);
        }
    }

    private void hear(FrameSocket connection, Socket socket) throws IOException {
        var voice = door.voices().of(connection.source()).orElseThrow(() -> new FrameSocket.Forged("nobody has its key"));
        var ear = voice.collector().new Ear(connection.source(), voice.scope());
        var kept = new KeptHearing(voice, connection.source().value(), marks);
        boolean known = false;
        var frame = new byte[Frame.LARGEST + Cursor.SLACK];
        try {
            while (true) {
                int end = connection.receive(frame);
                if (door.voices().of(connection.source()).filter(still -> still == voice).isEmpty()) {
                    refuse(socket, "its key was taken away");
                    return;
                }
                known = true;
                frames.increment();
                if (!heard(connection, frame, end, ear, kept)) {
                    throw new SenselessFrame();
                }
            }
        } catch (FrameSocket.Forged | SSLException | SenselessFrame trouble) {
            if (known) {
                senseless.increment();
                ear.troubled(Registry.FrameTrouble.SENSELESS, 1);
                return;
            }
            voice.scope().forge();
            ear.troubled(Registry.FrameTrouble.FORGED, 1);
            throw new FrameSocket.Forged("what it sends is not sealed with its key");
        }
    }

    private static final class SenselessFrame extends IOException {
        SenselessFrame() {
            super("a frame that makes no sense");
        }
    }

    private void refuse(Socket socket, String why) {
        refused.increment();
        refusals.refused(socket.getInetAddress(), why);
    }

    private boolean heard(FrameSocket connection, byte[] frame, int end, Collector.Ear ear, KeptHearing kept) throws IOException {
        switch (Frame.kind(frame)) {
            case Frame.HELLO -> connection.send(frame, Frame.HELLO, Frame.HEADER);
            case Frame.KEPT -> {
                var acknowledged = kept.hear(new Cursor().over(frame, Frame.HEADER, end));
                if (acknowledged.isEmpty()) {
                    return false;
                }
                var out = new Cursor().over(frame, Frame.HEADER, Frame.LARGEST);
                out.putLong(acknowledged.get().origin());
                out.putVar(acknowledged.get().number());
                connection.send(frame, Frame.ACK, out.at);
            }
            default -> {
                return ear.hear(Frame.kind(frame), frame, Frame.HEADER, end);
            }
        }
        connection.flush();
        return true;
    }
}
