package org.reservoir.veeh.libvirt;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.List;

import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostFailure.Kind;

/**
 * One connection of libvirt's RPC (libvirt's docs/kbase/internals/rpc): packets of length, program, version, procedure, type, serial and
 * status, many calls under way at once, streams that share their call's serial, events, and keep-alive. A peer that says nothing for
 * {@link #SILENCE} although it was asked is given up.
 */
final class Wire implements AutoCloseable {
    static final int REMOTE = 0x20008086;
    static final int QEMU = 0x20008087;
    private static final int KEEPALIVE = 0x6b656570;
    private static final int CALL = 0;
    private static final int REPLY = 1;
    private static final int MESSAGE = 2;
    private static final int STREAM = 3;
    private static final int OK = 0;
    private static final int ERROR = 1;
    private static final int CONTINUE = 2;
    private static final int HEADER = 28;
    private static final int LARGEST = 32 << 20;
    private static final int STREAM_QUEUE = 32;
    private static final Duration PING = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(25);

    /** Bytes both ways to a libvirtd, however they travel. */
    interface Transport extends AutoCloseable {
        InputStream in();

        OutputStream out();

        @Override
        void close() throws IOException;
    }

    record Packet(int program, int procedure, int type, int serial, int status, ByteBuffer payload) {
        Xdr.Reader reader() {
            if (status == ERROR) {
                var in = new Xdr.Reader(payload);
                int code = in.number();
                in.number();
                throw new LibvirtError(code, in.maybe().orElse("libvirt error " + code));
            }
            return new Xdr.Reader(payload);
        }
    }

    private final Transport transport;
    private final AtomicInteger serials = new AtomicInteger();
    private final Map<Integer, BlockingQueue<Packet>> replies = new ConcurrentHashMap<>();
    private final Map<Integer, RpcStream> streams = new ConcurrentHashMap<>();
    private final List<Consumer<String>> closers = new CopyOnWriteArrayList<>();
    private final ReentrantLock writing = new ReentrantLock();
    private volatile BiConsumer<Integer, Xdr.Reader> events = (_, _) -> {};
    private volatile boolean open = true;
    private volatile String end = "";
    private volatile long lastHeard = System.nanoTime();

    Wire(Transport transport, String name) {
        this.transport = transport;
        Thread.ofVirtual().name("libvirt-" + name).start(this::read);
    }

    /** Asks to be told when the peer is silent for too long. */
    void keepAlive(String name) {
        Thread.ofVirtual().name("libvirt-ping-" + name).start(this::ping);
    }

    void onEvent(BiConsumer<Integer, Xdr.Reader> listener) {
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

    // ---- calls

    Xdr.Reader call(int program, int procedure, Consumer<Xdr.Writer> arguments, Duration patience) {
        return call(program, procedure, serials.incrementAndGet(), arguments, patience);
    }

    /** A call that opens a stream. */
    RpcStream stream(int procedure, Consumer<Xdr.Writer> arguments, Duration patience) {
        int serial = serials.incrementAndGet();
        var stream = new RpcStream(this, procedure, serial, STREAM_QUEUE);
        streams.put(serial, stream);
        try {
            call(REMOTE, procedure, serial, arguments, patience);
            return stream;
        } catch (RuntimeException failure) {
            streams.remove(serial);
            throw failure;
        }
    }

    private Xdr.Reader call(int program, int procedure, int serial, Consumer<Xdr.Writer> arguments, Duration patience) {
        var out = new Xdr.Writer();
        arguments.accept(out);
        var answer = new ArrayBlockingQueue<Packet>(1);
        replies.put(serial, answer);
        try {
            send(program, procedure, CALL, serial, OK, out.bytes(), 0, -1);
            var packet = open ? answer.poll(patience.toNanos(), TimeUnit.NANOSECONDS) : null;
            if (packet == null) {
                throw open ? new HostFailure(Kind.TIMED_OUT, "libvirtd did not answer within %s (procedure %d).".formatted(patience, procedure)) : gone();
            }
            if (packet.type() < 0) {
                throw gone();
            }
            return packet.reader();
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new HostFailure(Kind.TIMED_OUT, "Interrupted while waiting for libvirtd.", interruption);
        } finally {
            replies.remove(serial);
        }
    }

    private HostFailure gone() {
        return new HostFailure(Kind.UNREACHABLE, "The connection to libvirtd is gone: " + end);
    }

    void sendStream(int procedure, int serial, boolean last, byte[] bytes, int offset, int length) {
        send(REMOTE, procedure, STREAM, serial, last ? OK : CONTINUE, bytes, offset, length);
    }

    void abortStream(int procedure, int serial) {
        send(REMOTE, procedure, STREAM, serial, ERROR, new byte[0], 0, 0);
    }

    void forget(int serial) {
        streams.remove(serial);
    }

    private void send(int program, int procedure, int type, int serial, int status, byte[] payload, int offset, int length) {
        int size = length < 0 ? payload.length : length;
        var packet = ByteBuffer.allocate(HEADER + size).putInt(HEADER + size).putInt(program).putInt(1).putInt(procedure).putInt(type)
                .putInt(serial).putInt(status).put(payload, offset, size).array();
        writing.lock();
        try {
            transport.out().write(packet);
            transport.out().flush();
        } catch (IOException broken) {
            end(String.valueOf(broken.getMessage()));
            throw gone();
        } finally {
            writing.unlock();
        }
    }

    // ---- the reading side

    private void read() {
        try (var in = new DataInputStream(transport.in())) {
            while (open) {
                int length = in.readInt() - HEADER;
                if (length < 0 || length > LARGEST) {
                    throw new IOException("a packet of %d bytes".formatted(length));
                }
                int program = in.readInt();
                in.readInt();
                var head = new int[] {in.readInt(), in.readInt(), in.readInt(), in.readInt()};
                var payload = in.readNBytes(length);
                lastHeard = System.nanoTime();
                take(new Packet(program, head[0], head[1], head[2], head[3], ByteBuffer.wrap(payload)));
            }
        } catch (IOException | InterruptedException broken) {
            end(broken.getMessage() == null ? "closed by libvirtd" : broken.getMessage());
        }
    }

    private void take(Packet packet) throws InterruptedException {
        if (packet.program() == KEEPALIVE) {
            if (packet.procedure() == 1) {
                send(KEEPALIVE, 2, MESSAGE, 0, OK, new byte[0], 0, 0);
            }
        } else if (packet.type() == MESSAGE) {
            events.accept(packet.procedure(), new Xdr.Reader(packet.payload()));
        } else if (packet.type() == STREAM) {
            var stream = streams.get(packet.serial());
            if (stream != null) {
                stream.take(packet);
            }
        } else {
            var waiting = replies.get(packet.serial());
            if (waiting != null) {
                waiting.offer(packet);
            }
        }
    }

    private void ping() {
        try {
            while (open) {
                Thread.sleep(PING);
                if (System.nanoTime() - lastHeard > SILENCE.toNanos()) {
                    end("libvirtd has been silent for %s".formatted(SILENCE));
                } else if (open) {
                    send(KEEPALIVE, 1, MESSAGE, 0, OK, new byte[0], 0, 0);
                }
            }
        } catch (HostFailure | InterruptedException _) {
            // the connection has ended
        }
    }

    private void end(String why) {
        synchronized (closers) {
            if (!open) {
                return;
            }
            open = false;
            end = why;
        }
        closeTransport();
        var nothing = new Packet(0, 0, -1, 0, ERROR, ByteBuffer.allocate(0));
        replies.values().forEach(waiting -> waiting.offer(nothing));
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
