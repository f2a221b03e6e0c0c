package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

import javax.net.ssl.SSLException;

import org.reservoir.kernel.Guard;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.SourceInfo;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/**
 * Sends a source's measurements over one connection, as differences; makes it anew when it breaks, ever more patiently, and
 * then tells of all streams again. While there is none, the newest measurements wait in a bounded ring, and what they push out
 * is counted here and shows as a gap there; those of streams for {@link Delivery#ACCOUNTING} wait in the spool, when there is
 * one, until they are acknowledged. Nobody who hands in a measurement waits.
 */
public final class TcpOutlet implements KeepingOutlet {
    public static final int USUAL_RING = 1 << 14;
    private static final long FIRST_PAUSE = 100;
    private static final long LONGEST_PAUSE = 15_000;
    private static final long LASTING_NANOS = 2_000_000_000L;
    /** A measurement waits so long for others to share its frame. */
    private static final long PATIENCE_NANOS = 1_000_000;

    private final Guard lock = new Guard();
    private final Condition work = lock.newCondition();
    private final SourceId source;
    private final InetSocketAddress listener;
    private final Protection protection;
    private final ForAccounting accounting;
    private final Backlog backlog;
    private final Cursor cursor = new Cursor();
    private final byte[] frame = new byte[Frame.LARGEST + Cursor.SLACK];
    private final Thread thread;
    private boolean alive;
    private Optional<SourceInfo> said = Optional.empty();
    private boolean idle;
    private boolean acknowledgedMore;
    private long connections;
    private long sentRows;
    private String broken = "";
    private String problem = "not connected yet";
    private volatile Optional<FrameSocket> current = Optional.empty();
    private volatile boolean closed;

    /**
     * @param spool where measurements for accounting are kept; without one they are sent like all others
     * @throws Refused {@code KEY_REQUIRED}
     */
    public TcpOutlet(SourceId source, InetSocketAddress listener, Protection protection, Optional<Spool> spool, int ring) {
        protection.check(listener);
        this.source = source;
        this.listener = listener;
        this.protection = protection;
        this.accounting = new ForAccounting(spool);
        this.backlog = new Backlog(ring);
        thread = Thread.ofVirtual().name("measurements-to-" + listener).start(this::connectAgainAndAgain);
    }

    /**
     * @param connections so often it was connected
     * @param sent        measurements sent over the connection, but those for accounting
     * @param dropped     measurements that were overtaken by newer ones before they could be sent, or fit into no frame, and words of streams beyond those
     *                    that are told of at most
     * @param unkept      measurements for accounting that the spool had no room for
     * @param problem     why it is not connected; empty when it is
     */
    public record Counts(long connections, long sent, long dropped, long unkept, String problem) {}

    public Counts counts() {
        return lock.hold(() -> new Counts(connections, sentRows, backlog.dropped(), accounting.spool().map(Spool::refused).orElse(0L), problem));
    }

    @Override
    public void take(StreamInfo stream, long sequence, Row row) {
        if (!accounting.takes(stream, sequence, row)) {
            lock.hold(() -> {
                backlog.add(stream, sequence, row);
            });
        }
        wake();
    }

    @Override
    public long relayed(long origin) {
        return accounting.relayed(origin);
    }

    @Override
    public boolean relay(long origin, long number, StreamInfo stream, long sequence, Row row) {
        boolean relayed = accounting.relay(origin, number, stream, sequence, row);
        wake();
        return relayed;
    }

    @Override
    public void tell(StreamInfo stream, StreamState state, String why) {
        tell(new Words.Told(stream, state, why));
    }

    @Override
    public void tell(StreamInfo stream, StreamState state, String why, long sequence) {
        tell(new Words.Told(stream, state, why, accounting.reached(stream, sequence)));
    }

    private void tell(Words.Told word) {
        lock.hold(() -> {
            backlog.tell(word);
        });
        wake();
    }

    @Override
    public void alive(SourceId which) {
        lock.hold(() -> alive = true);
        wake();
    }

    @Override
    public void alive(SourceInfo which) {
        lock.hold(() -> {
            alive = true;
            said = Optional.of(which);
        });
        wake();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        wake();
        try {
            thread.join(java.time.Duration.ofSeconds(2)); // what waits is still sent
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
        if (current.isPresent()) {
            current.get().close();
        }
    }

    private void wake() {
        lock.hold(() -> {
            if (idle || closed) {
                work.signal();
            }
        });
    }

    private void connectAgainAndAgain() {
        long pause = FIRST_PAUSE;
        while (!closed) {
            try (var socket = FrameSocket.connect(listener, protection, source)) {
                long begun = System.nanoTime();
                session(socket);
                lock.hold(() -> problem = broken);
                pause = System.nanoTime() - begun < LASTING_NANOS ? pause : FIRST_PAUSE; // a listener that closes at once is no better than none
            } catch (IOException e) {
                lock.hold(() -> problem = why(e));
            } finally {
                current = Optional.empty();
            }
            rest(pause);
            pause = Math.min(LONGEST_PAUSE, pause * 2);
        }
    }

    private static String why(IOException trouble) {
        return trouble instanceof SSLException ? "no TLS with the listener: %s (has it a certificate, and one that is trusted here?)".formatted(trouble.getMessage()) : String.valueOf(trouble.getMessage());
    }

    private void rest(long millis) {
        lock.lock();
        try {
            long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
            while (!closed && nanos > 0) {
                nanos = work.awaitNanos(nanos); // woken by measurements, it goes on resting
            }
        } catch (InterruptedException _) {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    private void session(FrameSocket socket) throws IOException {
        current = Optional.of(socket);
        lock.hold(() -> {
            connections++;
            problem = "";
            backlog.beginAnew(System.nanoTime());
            alive = alive || said.isPresent();
        });
        var pump = accounting.spool().map(Pump::new);
        var ears = Thread.ofVirtual().name("answers-from-" + listener).start(() -> listen(socket, pump));
        var writer = FrameWriter.ordered(Frame.LARGEST);
        try {
            long beat = System.nanoTime();
            while (!socket.isClosed() && !(closed && isDone())) {
                await(beat + TimeUnit.MILLISECONDS.toNanos(FrameSocket.BEAT_MILLIS) - System.nanoTime(), pump);
                sendWaiting(socket, writer);
                if (pump.isPresent()) {
                    sendKept(socket, pump.get());
                }
                sendAlive(socket);
                if (System.nanoTime() - beat >= TimeUnit.MILLISECONDS.toNanos(FrameSocket.BEAT_MILLIS)) {
                    beat = System.nanoTime();
                    socket.send(frame, Frame.HELLO, Frame.HEADER);
                }
                socket.flush();
            }
        } finally {
            socket.close();
            ears.interrupt();
        }
    }

    private boolean isDone() {
        return lock.hold(backlog::isEmpty);
    }

    private boolean hasWork(Optional<Pump> pump) {
        return !backlog.isEmpty() || alive || acknowledgedMore || pump.map(Pump::hasMore).orElse(false);
    }

    private void await(long nanos, Optional<Pump> pump) {
        lock.lock();
        try {
            idle = !hasWork(pump);
            if (idle && nanos > 0 && !closed) {
                work.awaitNanos(pump.isPresent() ? Math.min(nanos, Pump.PATIENCE_NANOS) : nanos);
            }
            idle = false;
            if (!backlog.isHalfFull() && !closed) {
                long left = PATIENCE_NANOS;
                while (left > 0) {
                    left = work.awaitNanos(left);
                }
            }
            acknowledgedMore = false;
        } catch (InterruptedException _) {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    private void sendWaiting(FrameSocket socket, FrameWriter writer) throws IOException {
        for (int kind = next(writer); kind != Backlog.NOTHING; kind = next(writer)) {
            if (kind == Frame.DELTA) {
                socket.send(writer.frame(), kind, writer.end());
                lock.hold(() -> sentRows += writer.rows());
            } else {
                socket.send(frame, kind, cursor.at);
            }
        }
    }

    private int next(FrameWriter writer) {
        return lock.hold(() -> {
            cursor.over(frame, Frame.HEADER, Frame.LARGEST - Frame.SEAL);
            return backlog.next(writer, cursor, System.nanoTime());
        });
    }

    private void sendAlive(FrameSocket socket) throws IOException {
        cursor.over(frame, Frame.HEADER, Frame.LARGEST - Frame.SEAL);
        boolean due = lock.hold(() -> {
            boolean it = alive;
            alive = false;
            said.ifPresent(info -> Words.put(cursor, info));
            return it;
        });
        if (due) {
            socket.send(frame, Frame.ALIVE, cursor.at);
        }
    }

    private void sendKept(FrameSocket socket, Pump pump) throws IOException {
        pump.rewindIfStuck(System.nanoTime());
        boolean more = true;
        while (more) {
            cursor.over(frame, Frame.HEADER, Frame.LARGEST - Frame.SEAL);
            more = pump.fill(cursor);
            if (more) {
                socket.send(frame, Frame.KEPT, cursor.at);
            }
        }
    }

    /** Hears acknowledgements; the connection that says nothing for long is closed, so that a new one is made. */
    private void listen(FrameSocket socket, Optional<Pump> pump) {
        var heard = new byte[Frame.LARGEST + Cursor.SLACK];
        var in = new Cursor();
        try {
            while (true) {
                int end = socket.receive(heard);
                if (Frame.kind(heard) == Frame.ACK && pump.isPresent()) {
                    in.over(heard, Frame.HEADER, end);
                    long origin = in.takeLong();
                    long number = in.takeVar();
                    if (!in.broken) {
                        pump.get().acknowledged(origin, number);
                        lock.hold(() -> acknowledgedMore = true);
                        wake();
                    }
                }
            }
        } catch (IOException e) {
            lock.hold(() -> broken = String.valueOf(e.getMessage()));
        } finally {
            try {
                socket.close();
            } catch (IOException _) {
                // it is of no more use anyway
            }
            wake();
        }
    }
}
