package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.plane.Answer;
import org.reservoir.monitoring.plane.Controlled;
import org.reservoir.monitoring.plane.Order;
import org.reservoir.monitoring.probe.SourceId;

/**
 * The near end of the control plane: sends sealed orders to sources in other processes and waits for their answers. An order that
 * is not answered goes out again, under the same number so that it is carried out once, each time after twice as long, until its
 * time is over. Safe for many threads; answers are heard by one of its own.
 */
public final class UdpController implements AutoCloseable {
    private static final long FIRST_AGAIN_MILLIS = 40;
    private static final int MOST_SOURCES = 10_000;

    private record Sealed(byte[] key, Seal seal) {}

    private record Pending(SourceId source, BlockingQueue<Answer> answer) {}

    private final long id = new SecureRandom().nextLong();
    private final Function<SourceId, Optional<byte[]>> keys;
    private final Duration patience;
    private final DatagramChannel channel;
    private final ReentrantLock sending = new ReentrantLock();
    /** Of the sources ordered; used by who sends. */
    private final Collector.Bounded<Long, Sealed> outward = new Collector.Bounded<>(MOST_SOURCES);
    private final byte[] frame = new byte[Frame.LARGEST + Cursor.SLACK];
    private final AtomicLong orders = new AtomicLong();
    private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
    /** Of the sources heard; used by the hearing thread alone. */
    private final Collector.Bounded<Long, Sealed> inward = new Collector.Bounded<>(MOST_SOURCES);
    private final LongAdder sentBytes = new LongAdder();
    private final LongAdder heardBytes = new LongAdder();
    private final LongAdder forged = new LongAdder();
    private long frames;

    /** @param key shared with the sources */
    public UdpController(byte[] key, Duration patience) {
        this(shared(key.clone()), patience);
    }

    private static Function<SourceId, Optional<byte[]>> shared(byte[] key) {
        var all = Optional.of(key);
        return _ -> all;
    }

    /**
     * @param keys     of the sources that take orders; the same object while it is the same
     * @param patience after which an order is given up: {@link Answer.Unheard}
     * @throws Refused {@code PORT_TAKEN}
     */
    public UdpController(Function<SourceId, Optional<byte[]>> keys, Duration patience) {
        this.keys = keys;
        this.patience = patience;
        try {
            channel = DatagramChannel.open();
            channel.bind(null);
        } catch (IOException e) {
            throw Refused.unavailable("PORT_TAKEN", "No orders can be sent: %s".formatted(e.getMessage()), "");
        }
        Thread.ofPlatform().daemon().name("answers").start(this::listen);
    }

    /** A source that hears orders at {@code address}. */
    public Controlled source(SourceId source, InetSocketAddress address) {
        return new Controlled() {
            @Override
            public SourceId id() {
                return source;
            }

            @Override
            public Answer apply(Order order, String by) {
                return ordered(source, address, order, by);
            }
        };
    }

    /** Bytes of orders sent, repetitions included. */
    public long sentBytes() {
        return sentBytes.sum();
    }

    /** Bytes of answers heard, repetitions included. */
    public long heardBytes() {
        return heardBytes.sum();
    }

    /** Datagrams heard that no source of this key had sent to this controller. */
    public long forged() {
        return forged.sum();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private Answer ordered(SourceId source, InetSocketAddress address, Order order, String by) {
        long number = orders.incrementAndGet();
        var waiting = new Pending(source, new ArrayBlockingQueue<>(1));
        pending.put(number, waiting);
        try {
            return await(waiting, number, address, order, by);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Answer.Unheard("Interrupted while %s was waited for.".formatted(source));
        } finally {
            pending.remove(number);
        }
    }

    private Answer await(Pending waiting, long number, InetSocketAddress address, Order order, String by) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        var trouble = "";
        for (long wait = FIRST_AGAIN_MILLIS; System.nanoTime() < deadline; wait *= 2) {
            try {
                send(waiting.source(), number, address, order, by);
            } catch (IOException e) { // the way may be there again a moment later
                trouble = " (%s)".formatted(e.getMessage());
            }
            long left = Math.min(TimeUnit.MILLISECONDS.toNanos(wait), deadline - System.nanoTime());
            var answer = waiting.answer().poll(left, TimeUnit.NANOSECONDS);
            if (answer != null) {
                return answer;
            }
        }
        return new Answer.Unheard("%s at %s did not answer within %s%s.".formatted(waiting.source(), address, patience, trouble));
    }

    private void send(SourceId source, long number, InetSocketAddress address, Order order, String by) throws IOException {
        sending.lock();
        try {
            var out = new Cursor().over(frame, Frame.HEADER, Frame.LARGEST / 2);
            out.putLong(source.value());
            out.putVar(number);
            OrderWords.text(out, OrderWords.cut(by, 60));
            OrderWords.put(out, order);
            if (out.broken || out.at > Frame.DATAGRAM - Frame.SEAL) {
                throw Refused.invalid("ORDER_TOO_LARGE", "The order does not fit a datagram.", "Give shorter names and parameters, or fewer streams at once.");
            }
            var seal = seal(outward, source.value(), id, Frame.ORDERS).orElseThrow(() -> Refused.conflict("NO_KEY", "%s has no key any more.".formatted(source), ""));
            Frame.putHeader(frame, Frame.ORDER, id, ++frames);
            int end = seal.seal().close(frame, out.at);
            outward.put(source.value(), seal);
            channel.send(ByteBuffer.wrap(frame, 0, end), address);
            sentBytes.add(end);
        } finally {
            sending.unlock();
        }
    }

    /** As it was used before, unless the source's key is another now; empty when it has none. */
    private Optional<Sealed> seal(Collector.Bounded<Long, Sealed> used, long source, long sender, int direction) {
        return keys.apply(new SourceId(source)).map(key -> used.find(source).filter(known -> known.key() == key).orElseGet(() -> new Sealed(key, new Seal(key, sender, direction))));
    }

    private void listen() {
        var heard = new byte[Frame.LARGEST + Cursor.SLACK];
        var buffer = ByteBuffer.wrap(heard, 0, Frame.LARGEST);
        while (channel.isOpen()) {
            try {
                buffer.clear();
                channel.receive(buffer);
                hear(heard, buffer.position());
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException _) { // such as a port that nobody listens on: whose answer is missed is known by its silence
                forged.increment();
            }
        }
    }

    private void hear(byte[] heard, int length) {
        if (!Frame.isFrame(heard, length) || Frame.kind(heard) != Frame.ANSWER) {
            forged.increment();
            return;
        }
        long source = Frame.source(heard);
        var opening = seal(inward, source, source, Frame.ANSWERS);
        int end = opening.isPresent() ? opening.get().seal().open(heard, length) : -1;
        if (end < 0) {
            forged.increment();
            return;
        }
        inward.put(source, opening.get());
        heardBytes.add(length);
        var in = new Cursor().over(heard, Frame.HEADER, end);
        boolean mine = in.takeLong() == id;
        var waiting = pending.get(in.takeVar());
        if (!mine || waiting == null || waiting.source().value() != source) {
            return; // an answer that came twice, or too late
        }
        AnswerWords.answer(in).ifPresentOrElse(waiting.answer()::offer, forged::increment);
    }
}
