package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.plane.Controlled;

/**
 * The source's end of the control plane: takes sealed orders in datagrams, has each carried out once, and answers. An order that
 * comes again, for its answer was lost, is answered as before. Only holders of the key are heard, and none of their datagrams
 * twice. Orders are carried out one after the other.
 */
public final class UdpOrders implements AutoCloseable {
    private static final int MOST_CONTROLLERS = 32;
    private static final int ANSWERS_KEPT = 64;

    private static final class Controller {
        final Seal seal;
        final ReplayGuard guard = new ReplayGuard();
        /** What was answered to its last orders: bodies of frames. */
        final Collector.Bounded<Long, byte[]> answered = new Collector.Bounded<>(ANSWERS_KEPT);
        long highest;

        Controller(Seal seal) {
            this.seal = seal;
        }
    }

    private final DatagramChannel channel;
    private final byte[] key;
    private final Controlled source;
    private final Seal seal;
    private final Map<Long, Controller> controllers = new LinkedHashMap<>(16, 0.75f, true);
    /** Those of whom too little is remembered to tell an old order from a new one. */
    private final Set<Long> forgotten = new HashSet<>();
    private final byte[] out = new byte[Frame.DATAGRAM + Cursor.SLACK];
    private final Cursor cursor = new Cursor();
    private final Thread thread;
    private final LongAdder forged = new LongAdder();
    private final LongAdder repeated = new LongAdder();
    private final LongAdder senseless = new LongAdder();
    private long number = Frame.firstNumber();

    /**
     * @param at  where to listen; port 0 for any free one
     * @param key shared with those who may order
     * @throws Refused {@code PORT_TAKEN}
     */
    public UdpOrders(InetSocketAddress at, byte[] key, Controlled source) {
        this.key = key.clone();
        this.source = source;
        this.seal = new Seal(key, source.id().value(), Frame.ANSWERS);
        try {
            channel = DatagramChannel.open();
            channel.bind(at);
        } catch (IOException e) {
            throw Refused.unavailable("PORT_TAKEN", "Orders cannot be heard on %s: %s".formatted(at, e.getMessage()), "");
        }
        thread = Thread.ofPlatform().daemon().name("orders-" + at).start(this::listen);
    }

    public InetSocketAddress address() throws IOException {
        return (InetSocketAddress) channel.getLocalAddress();
    }

    /** @param forged not sealed with the key @param repeated datagrams heard before @param senseless genuine, yet not understood or not for this source */
    public record Counts(long forged, long repeated, long senseless) {}

    public Counts counts() {
        return new Counts(forged.sum(), repeated.sum(), senseless.sum());
    }

    @Override
    public void close() throws IOException {
        channel.close();
        thread.interrupt();
    }

    private void listen() {
        var frame = new byte[Frame.LARGEST + Cursor.SLACK];
        var buffer = ByteBuffer.wrap(frame, 0, Frame.LARGEST);
        while (channel.isOpen()) {
            try {
                buffer.clear();
                var from = channel.receive(buffer);
                hear(frame, buffer.position(), from);
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException _) { // of one datagram; who ordered asks again
                senseless.increment();
            }
        }
    }

    private void hear(byte[] frame, int length, SocketAddress from) throws IOException {
        if (!Frame.isFrame(frame, length) || Frame.kind(frame) != Frame.ORDER || forgotten.contains(Frame.source(frame))) {
            forged.increment();
            return;
        }
        long id = Frame.source(frame);
        var known = controllers.get(id);
        var controller = known == null ? new Controller(new Seal(key, id, Frame.ORDERS)) : known;
        int end = controller.seal.open(frame, length);
        if (end < 0) {
            forged.increment();
            return;
        }
        remember(id, controller);
        if (!controller.guard.passes(Frame.number(frame))) {
            repeated.increment();
            return;
        }
        answer(id, controller, cursor.over(frame, Frame.HEADER, end), from);
    }

    private void remember(long id, Controller controller) {
        controllers.put(id, controller);
        if (controllers.size() > MOST_CONTROLLERS) {
            var eldest = controllers.keySet().iterator();
            forgotten.add(eldest.next());
            eldest.remove();
        }
    }

    private void answer(long id, Controller controller, Cursor in, SocketAddress to) throws IOException {
        long target = in.takeLong();
        long order = in.takeVar();
        if (in.broken || target != source.id().value()) {
            senseless.increment();
            return;
        }
        var known = controller.answered.find(order);
        if (known.isEmpty() && order <= controller.highest - ANSWERS_KEPT) {
            repeated.increment();
            return;
        }
        var body = known.or(() -> carriedOut(id, order, in));
        if (body.isEmpty()) {
            senseless.increment();
            return;
        }
        controller.highest = Math.max(controller.highest, order);
        controller.answered.put(order, body.get());
        send(body.get(), to);
    }

    /** The body of the answer. */
    private Optional<byte[]> carriedOut(long controller, long number, Cursor in) {
        var by = in.takeText();
        return OrderWords.order(in).map(order -> {
            var answer = source.apply(order, by);
            int limit = Frame.DATAGRAM - Frame.SEAL;
            var body = new byte[Frame.LARGEST];
            var writing = new Cursor().over(body, 0, Frame.LARGEST - Cursor.SLACK);
            writing.putLong(controller);
            writing.putVar(number);
            AnswerWords.put(writing, answer, limit - Frame.HEADER);
            return java.util.Arrays.copyOf(body, writing.at);
        });
    }

    private void send(byte[] body, SocketAddress to) throws IOException {
        System.arraycopy(body, 0, out, Frame.HEADER, body.length);
        Frame.putHeader(out, Frame.ANSWER, source.id().value(), ++number);
        int end = seal.close(out, Frame.HEADER + body.length);
        channel.send(ByteBuffer.wrap(out, 0, end), to);
    }
}
