package org.reservoir.libvirtrpc;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The calls of a {@link Wire}: many under way at once, each answered by its serial, or ended by its deadline or with the connection. */
final class Calls {
    /** Answers every call that waits when the connection ends. */
    private static final Packet GONE = Packet.of(Packet.REMOTE, 0, Packet.REPLY, 0, Packet.ERROR, new byte[0]);

    private final Wire wire;
    private final AtomicInteger serials = new AtomicInteger();
    private final Map<Integer, Consumer<Packet>> replies = new ConcurrentHashMap<>();
    /** When calls were made that are not answered yet, also those that nobody waits for any more. */
    private final Map<Integer, Long> unanswered = new ConcurrentHashMap<>();

    Calls(Wire wire) {
        this.wire = wire;
    }

    int next() {
        return serials.incrementAndGet();
    }

    /** How many answers somebody waits for. */
    int awaited() {
        return replies.size();
    }

    /** How many calls libvirtd has been at for longer than that. */
    int unanswered(Duration longer) {
        long before = System.nanoTime() - longer.toNanos();
        return (int) unanswered.values().stream().filter(since -> since - before < 0).count();
    }

    /** @throws LibvirtFailure by the deadline at the latest */
    XdrReader call(Procedure procedure, byte[] arguments, Duration patience) {
        int serial = next();
        var answer = expect(serial);
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
    List<Packet> callAll(Procedure procedure, List<byte[]> arguments, Duration patience) {
        var serials = arguments.stream().map(_ -> next()).toList();
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
            if (!wire.isOpen()) {
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
        if (!wire.isOpen()) {
            throw wire.gone();
        }
        unanswered.put(serial, System.nanoTime());
        if (!offer(Packet.of(procedure.program(), procedure.number(), Packet.CALL, serial, Packet.OK, arguments), serial, deadline)) {
            throw unanswered(procedure, patience);
        }
    }

    private LibvirtFailure unanswered(Procedure procedure, Duration patience) {
        return wire.isOpen() ? new LibvirtFailure.CallTimedOut("libvirtd did not answer %s within %s s.".formatted(procedure, seconds(patience))) : wire.gone();
    }

    private static LibvirtFailure interrupted(Procedure procedure) {
        Thread.currentThread().interrupt();
        return new LibvirtFailure.CallTimedOut("Interrupted while waiting for %s.".formatted(procedure));
    }

    /** Where the answer to a call that will be made comes, until it is {@link #forget forgotten}. */
    BlockingQueue<Packet> expect(int serial) {
        var answer = new ArrayBlockingQueue<Packet>(1);
        replies.put(serial, answer::offer);
        return answer;
    }

    void forget(int serial) {
        replies.remove(serial);
    }

    XdrReader ask(Procedure procedure, int serial, byte[] arguments, Duration patience, BlockingQueue<Packet> answer) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            send(procedure, serial, arguments, patience, deadline);
            var reply = await(answer, deadline);
            if (reply == null) {
                throw unanswered(procedure, patience);
            }
            if (reply == GONE) {
                throw wire.gone();
            }
            return reply.result();
        } catch (MalformedXdr garbled) {
            throw wire.garbled(procedure, garbled);
        } catch (InterruptedException _) {
            throw interrupted(procedure);
        }
    }

    /** What was never sent is never answered. */
    private boolean offer(Packet packet, int serial, long deadline) throws InterruptedException {
        boolean offered = false;
        try {
            offered = wire.offer(packet, deadline);
            return offered;
        } finally {
            if (!offered) {
                unanswered.remove(serial);
            }
        }
    }

    /** The end may have come between the look at {@link Wire#isOpen} and the wait, and then nobody else will answer. */
    private Packet await(BlockingQueue<Packet> answer, long deadline) throws InterruptedException {
        return wire.isOpen() ? answer.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS) : answer.poll();
    }

    /** Whether a call that nobody waits for any more is answered well in the end. */
    boolean wasAccepted(BlockingQueue<Packet> answer, Duration patience) throws InterruptedException {
        var late = await(answer, System.nanoTime() + patience.toNanos());
        return late != null && late != GONE && late.status() == Packet.OK;
    }

    // ---- what comes

    void take(Packet packet) throws IOException {
        var waiting = replies.get(asked(packet.serial()));
        unanswered.remove(packet.serial());
        if (waiting != null) {
            waiting.accept(packet);
        }
    }

    /** An answer may come after its deadline; one to a question never asked means that the two ends have lost each other. */
    int asked(int serial) throws IOException {
        if (serial <= 0 || serial > serials.get()) {
            throw new IOException("an answer to call %d, which was never made".formatted(serial));
        }
        return serial;
    }

    /** The connection has ended. */
    void end() {
        replies.values().forEach(waiting -> waiting.accept(GONE));
    }

    private static String seconds(Duration patience) {
        return BigDecimal.valueOf(patience.toMillis(), 3).stripTrailingZeros().toPlainString();
    }
}
