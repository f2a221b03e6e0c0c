package org.reservoir.libvirtrpc;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
    /** Answers every call that waits when the connection ends. */
    private static final Packet GONE = Packet.of(Packet.REMOTE, 0, Packet.REPLY, 0, Packet.ERROR, new byte[0]);

    private final Transport transport;
    private final AtomicInteger serials = new AtomicInteger();
    private final Map<Integer, Consumer<Packet>> replies = new ConcurrentHashMap<>();
    /** When calls were made that are not answered yet, also those that nobody waits for any more. */
    private final Map<Integer, Long> unanswered = new ConcurrentHashMap<>();
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

    // ---- calls

    /** How many calls libvirtd has been at for longer than that. */
    int unanswered(Duration longer) {
        long before = System.nanoTime() - longer.toNanos();
        return (int) unanswered.values().stream().filter(since -> since - before < 0).count();
    }

    /** @throws LibvirtFailure by the deadline at the latest */
    XdrReader call(Procedure procedure, byte[] arguments, Duration patience) {
        int serial = serials.incrementAndGet();
        var answer = new ArrayBlockingQueue<Packet>(1);
        replies.put(serial, answer::offer);
        try {
            return ask(procedure, serial, arguments, patience, answer);
        } finally {
            replies.remove(serial);
        }
    }

    /**
     * The same of many calls, all made before the first is answered; what came of each, in their order.
     *
     * @throws LibvirtFailure by the deadline at the latest, when one is not answered
     */
    List<Packet> calls(Procedure procedure, List<byte[]> arguments, Duration patience) {
        var serials = arguments.stream().map(_ -> this.serials.incrementAndGet()).toList();
        var gathered = new Gathered(arguments.size());
        serials.forEach(serial -> replies.put(serial, answer -> {
            if (answer == GONE) {
                gathered.end();
            } else {
                gathered.take(answer);
            }
        }));
        try {
            return ask(procedure, serials, arguments, patience, gathered);
        } finally {
            serials.forEach(replies::remove);
        }
    }

    private List<Packet> ask(Procedure procedure, List<Integer> serials, List<byte[]> arguments, Duration patience, Gathered gathered) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            for (int i = 0; i < serials.size(); i++) {
                send(procedure, serials.get(i), arguments.get(i), patience, deadline);
            }
            if (!open) {
                gathered.end();
            }
            if (!gathered.await(deadline)) {
                throw unanswered(procedure, patience);
            }
            return serials.stream().map(serial -> gathered.of(serial).orElseThrow()).toList();
        } catch (InterruptedException _) {
            throw interrupted(procedure);
        }
    }

    private void send(Procedure procedure, int serial, byte[] arguments, Duration patience, long deadline) throws InterruptedException {
        if (!open) {
            throw gone();
        }
        unanswered.put(serial, System.nanoTime());
        if (!offer(Packet.of(procedure.program(), procedure.number(), Packet.CALL, serial, Packet.OK, arguments), serial, deadline)) {
            throw unanswered(procedure, patience);
        }
    }

    private LibvirtFailure unanswered(Procedure procedure, Duration patience) {
        return open ? new LibvirtFailure.CallTimedOut("libvirtd did not answer %s within %s s.".formatted(procedure, seconds(patience))) : gone();
    }

    private static LibvirtFailure interrupted(Procedure procedure) {
        Thread.currentThread().interrupt();
        return new LibvirtFailure.CallTimedOut("Interrupted while waiting for %s.".formatted(procedure));
    }

    /** A call that opens a stream. */
    RpcStream stream(Procedure procedure, byte[] arguments, Duration patience) {
        int serial = serials.incrementAndGet();
        var stream = new RpcStream(this, procedure, serial, STREAM_QUEUE);
        var answer = new ArrayBlockingQueue<Packet>(1);
        streams.put(serial, stream);
        replies.put(serial, answer::offer);
        try {
            ask(procedure, serial, arguments, patience, answer);
            replies.remove(serial);
            return stream;
        } catch (LibvirtFailure.CallTimedOut unknown) {
            Thread.ofVirtual().name("libvirt-late").start(() -> giveBack(stream, serial, answer));
            throw unknown;
        } catch (LibvirtFailure failure) {
            replies.remove(serial);
            streams.remove(serial);
            throw failure;
        }
    }

    /** Whoever opened it does not wait any more, but libvirtd may open it yet: unless it is told, the guest's channel stays taken. */
    private void giveBack(RpcStream stream, int serial, BlockingQueue<Packet> answer) {
        try {
            var late = await(answer, System.nanoTime() + LATEST.toNanos());
            if (late != null && late != GONE && late.status() == Packet.OK) {
                stream.close();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            replies.remove(serial);
            streams.remove(serial);
        }
    }

    private XdrReader ask(Procedure procedure, int serial, byte[] arguments, Duration patience, BlockingQueue<Packet> answer) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            send(procedure, serial, arguments, patience, deadline);
            var reply = await(answer, deadline);
            if (reply == null) {
                throw unanswered(procedure, patience);
            }
            if (reply == GONE) {
                throw gone();
            }
            return reply.result();
        } catch (MalformedXdr garbled) {
            throw garbled(procedure, garbled);
        } catch (InterruptedException _) {
            throw interrupted(procedure);
        }
    }

    /** What was never sent is never answered. */
    private boolean offer(Packet packet, int serial, long deadline) throws InterruptedException {
        boolean offered = false;
        try {
            offered = outgoing.offer(packet, deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            return offered;
        } finally {
            if (!offered) {
                unanswered.remove(serial);
            }
        }
    }

    /** The end may have come between the look at {@link #open} and the wait, and then nobody else will answer. */
    private Packet await(BlockingQueue<Packet> answer, long deadline) throws InterruptedException {
        return open ? answer.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS) : answer.poll();
    }

    /** An answer that cannot be read ends the connection. */
    LibvirtFailure garbled(Procedure procedure, MalformedXdr why) {
        end("%s was answered by garbled bytes: %s".formatted(procedure, why.getMessage()));
        return gone();
    }

    private static String seconds(Duration patience) {
        return BigDecimal.valueOf(patience.toMillis(), 3).stripTrailingZeros().toPlainString();
    }

    private LibvirtFailure gone() {
        return new LibvirtFailure.ConnectionLost("The connection to libvirtd is gone: " + end);
    }

    // ---- streams

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

    void forget(int serial) {
        streams.remove(serial);
    }

    // ---- the two threads

    private void write() {
        try {
            var out = transport.out();
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
                if (replies.size() >= MANY && in.available() == 0) {
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
                var stream = streams.get(asked(packet.serial()));
                if (stream != null) {
                    stream.take(packet);
                }
            }
            default -> {
                var waiting = replies.get(asked(packet.serial()));
                unanswered.remove(packet.serial());
                if (waiting != null) {
                    waiting.accept(packet);
                }
            }
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

    /** An answer may come after its deadline; one to a question never asked means that the two ends have lost each other. */
    private int asked(int serial) throws IOException {
        if (serial <= 0 || serial > serials.get()) {
            throw new IOException("an answer to call %d, which was never made".formatted(serial));
        }
        return serial;
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
        replies.values().forEach(waiting -> waiting.accept(GONE));
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
