package org.reservoir.libvirtrpc;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * One connection of libvirt's RPC: many calls under way at once, streams that share their call's serial, events, keep-alive. One thread
 * writes and one reads, so that a peer that takes or sends nothing holds up nobody but the calls made to it, and those end at their
 * deadline. Whatever breaks the protocol ends the connection: after a garbled packet no other can be trusted.
 */
final class Wire implements AutoCloseable {
    private static final int OUTGOING = 16;
    private static final int STREAM_QUEUE = 32;
    /** While so many answers are awaited, each read waits a moment for several of them: to be woken costs more than to read one. */
    private static final int MANY = 8;
    private static final Duration A_MOMENT = Duration.ofMillis(1);
    private static final Duration LATEST = Duration.ofMinutes(10);
    private static final int PING = 1;
    private static final int PONG = 2;

    private final Transport transport;
    private final Calls calls = new Calls(this);
    private final Map<Integer, RpcStream> streams = new ConcurrentHashMap<>();
    private final List<Consumer<String>> closers = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Packet> outgoing = new ArrayBlockingQueue<>(OUTGOING);
    private final Thread writer;
    private final KeepAlive keepAlive;
    private volatile BiConsumer<Integer, XdrReader> events = (_, _) -> {};
    private volatile boolean open = true;
    private volatile String end = "";

    Wire(Transport transport, String name, Duration pingEvery, Duration silence) {
        this.transport = transport;
        this.keepAlive = new KeepAlive(pingEvery, silence, () -> offer(keepAlive(PING)), this::end);
        this.writer = transport.threads().name("libvirt-write-" + name).start(this::write);
        transport.threads().name("libvirt-read-" + name).start(this::read);
        Thread.ofVirtual().name("libvirt-ping-" + name).start(() -> keepAlive.run(() -> open));
    }

    void onEvent(BiConsumer<Integer, XdrReader> listener) {
        events = listener;
    }

    void onClosed(Consumer<String> listener) {
        closers.add(listener);
        if (!open && closers.remove(listener)) {
            listener.accept(end);
        }
    }

    boolean isOpen() {
        return open;
    }

    Calls calls() {
        return calls;
    }

    // ---- streams

    /** A call that opens a stream. */
    RpcStream stream(Procedure procedure, byte[] arguments, Duration patience) {
        int serial = calls.next();
        var stream = new RpcStream(this, procedure, serial, STREAM_QUEUE);
        streams.put(serial, stream);
        var answer = calls.expect(serial);
        try {
            calls.ask(procedure, serial, arguments, patience, answer);
            calls.forget(serial);
            return stream;
        } catch (LibvirtFailure.CallTimedOut unknown) {
            Thread.ofVirtual().name("libvirt-late").start(() -> giveBack(stream, serial, answer));
            throw unknown;
        } catch (LibvirtFailure failure) {
            calls.forget(serial);
            streams.remove(serial);
            throw failure;
        }
    }

    /** Whoever opened it does not wait any more, but libvirtd may open it yet: unless it is told, the guest's channel stays taken. */
    private void giveBack(RpcStream stream, int serial, BlockingQueue<Packet> answer) {
        try {
            if (calls.wasAccepted(answer, LATEST)) {
                stream.close();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            calls.forget(serial);
            streams.remove(serial);
        }
    }

    /** An answer that cannot be read ends the connection. */
    LibvirtFailure garbled(Procedure procedure, MalformedXdr why) {
        end("%s was answered by garbled bytes: %s".formatted(procedure, why.getMessage()));
        return gone();
    }

    LibvirtFailure gone() {
        return new LibvirtFailure.ConnectionLost("The connection to libvirtd is gone: " + end);
    }

    /** Waits while the peer is behind. */
    void send(Packet packet) throws InterruptedException {
        while (open && !outgoing.offer(packet, 1, TimeUnit.SECONDS)) {
            // keep-alive ends the connection when the peer takes nothing for too long
        }
        if (!open) {
            throw gone();
        }
    }

    /** Does not wait, and is not to be interrupted: what the peer must hear even from a thread that is being ended. */
    void sendSoon(Packet packet) {
        if (!outgoing.offer(packet)) {
            Thread.ofVirtual().name("libvirt-late").start(() -> sendLate(packet));
        }
    }

    private void sendLate(Packet packet) {
        try {
            send(packet);
        } catch (LibvirtFailure | InterruptedException _) {
            // the connection is gone, and whatever was on it
        }
    }

    private boolean offer(Packet packet) {
        return outgoing.offer(packet);
    }

    boolean offer(Packet packet, long deadline) throws InterruptedException {
        return outgoing.offer(packet, deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    void forget(int serial) {
        streams.remove(serial);
    }

    // ---- the two threads

    private void write() {
        try {
            var out = new BufferedOutputStream(transport.out()); // packets that wait go out together: each write wakes the peer
            while (open) {
                out.write(outgoing.take().bytes());
                if (outgoing.isEmpty()) {
                    out.flush();
                }
            }
        } catch (IOException broken) {
            end(words(broken));
        } catch (InterruptedException _) {
            // the connection has ended
        }
    }

    private void read() {
        try {
            var in = new DataInputStream(new BufferedInputStream(transport.in(), 1 << 16));
            while (open) {
                keepAlive.waiting();
                var packet = Packet.read(in);
                keepAlive.heard();
                take(packet);
                if (calls.awaited() >= MANY && in.available() == 0) {
                    Thread.sleep(A_MOMENT);
                }
            }
        } catch (IOException broken) {
            end(words(broken));
        } catch (MalformedXdr garbled) {
            end("an event of garbled bytes: " + garbled.getMessage());
        } catch (InterruptedException _) {
            end("interrupted");
        }
    }

    private String words(IOException broken) {
        var said = broken.getMessage() == null ? "closed by libvirtd" : broken.getMessage();
        var more = transport.complaint();
        return more.isEmpty() ? said : broken.getMessage() == null ? "it was ended with the words: " + more : said + ": " + more;
    }

    private void take(Packet packet) throws InterruptedException, IOException {
        if (packet.program() == Packet.KEEPALIVE) {
            if (packet.procedure() == PING) {
                offer(keepAlive(PONG));
            }
            return;
        }
        switch (packet.type()) {
            case Packet.MESSAGE -> tell(packet);
            case Packet.STREAM -> {
                var stream = streams.get(calls.asked(packet.serial()));
                if (stream != null) {
                    stream.take(packet);
                }
            }
            default -> calls.take(packet);
        }
    }

    /** A listener that fails has lost an event; its connection ends, so that it is made anew and everything looked at again. */
    private void tell(Packet packet) {
        try {
            events.accept(packet.procedure(), new XdrReader(packet.payload()));
        } catch (MalformedXdr garbled) {
            throw garbled;
        } catch (RuntimeException failed) {
            end("the listener failed: " + failed);
        }
    }

    private static Packet keepAlive(int procedure) {
        return Packet.of(Packet.KEEPALIVE, procedure, Packet.MESSAGE, 0, Packet.OK, new byte[0]);
    }

    // ---- the end

    private void end(String why) {
        synchronized (closers) {
            if (!open) {
                return;
            }
            end = why;
            open = false;
        }
        if (Thread.currentThread() != writer) {
            writer.interrupt();
        }
        closeTransport();
        calls.end();
        streams.values().forEach(stream -> stream.end(why));
        closers.forEach(closer -> closer.accept(why));
    }

    private void closeTransport() {
        try {
            transport.close();
        } catch (IOException _) {
            // it is gone either way
        }
    }

    @Override
    public void close() {
        closers.clear();
        end("closed");
    }
}
