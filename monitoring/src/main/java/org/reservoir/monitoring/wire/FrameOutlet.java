package org.reservoir.monitoring.wire;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

import org.reservoir.kernel.Guard;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.SourceInfo;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/**
 * Makes frames that stand for themselves of a source's measurements, for carriers that may lose or reorder them. Measurements
 * share a frame until it is full or the oldest has waited for {@link #PATIENCE}: all of them, or those of each stream apart when
 * the carrier delivers by stream. Nothing waits and nothing is sent twice but what is kept in the spool, which goes again until it
 * is acknowledged.
 */
public final class FrameOutlet implements KeepingOutlet {
    /** A measurement waits so long for others to share its frame. */
    public static final Duration PATIENCE = Duration.ofMillis(1);
    private static final int MOST_SPARE = 1_000;

    /** Port: brings frames to listeners. Called by one thread at a time; must not wait. The bytes are used again afterwards. */
    public interface Carrier {
        /** A frame of measurements or words; of which stream, when streams are kept apart, else empty. False when it could not go. */
        boolean carry(Optional<StreamInfo> stream, byte[] frame, int length);

        /** A frame of measurements that are to be acknowledged. */
        default boolean carryKept(long spool, byte[] frame, int length) {
            return carry(Optional.empty(), frame, length);
        }
    }

    private final Guard lock = new Guard();
    private final SourceId source;
    private final Carrier carrier;
    private final Optional<Seal> seal;
    private final Optional<Seal> answerSeal;
    private final ForAccounting accounting;
    private final Optional<Pump> pump;
    private final boolean apart;
    private final int largest;
    /** The frame that all share, when they do. */
    private final Open shared;
    /** Frames being filled, by stream, when they are kept apart. */
    private final Map<Integer, Open> open = new LinkedHashMap<>();
    private final ArrayDeque<FrameWriter> spare = new ArrayDeque<>();
    private final byte[] words;
    private final Cursor cursor = new Cursor();
    /** Words of streams that wait for others to share their frame; nothing is measured in between. */
    private final Cursor told = new Cursor();
    private final Thread flusher;
    private long number = Frame.firstNumber();
    private long firstAt;
    private long sent;
    private long unsent;
    private volatile boolean idle = true;
    /** Whoever measures says when that ends, so that nobody need be woken for it. */
    private volatile boolean bursting;
    private volatile boolean closed;

    private record Open(Optional<StreamInfo> stream, FrameWriter writer) {}

    /**
     * @param key     shared with the listeners; frames are sealed with it
     * @param apart   whether each frame holds measurements of one stream only
     * @param largest bytes of a frame
     * @param spool   where measurements for accounting are kept; without one they are sent like all others
     */
    public FrameOutlet(SourceId source, Optional<byte[]> key, boolean apart, int largest, Optional<Spool> spool, Carrier carrier) {
        this.source = source;
        this.carrier = carrier;
        this.apart = apart;
        this.largest = largest;
        this.seal = key.map(shared -> new Seal(shared, source.value(), Frame.TO_LISTENER));
        this.answerSeal = key.map(shared -> new Seal(shared, source.value(), Frame.TO_SOURCE));
        this.accounting = new ForAccounting(spool);
        this.pump = spool.map(Pump::new);
        this.shared = new Open(Optional.empty(), FrameWriter.selfContained(largest));
        this.words = new byte[Math.max(largest, spool.isPresent() ? Frame.LARGEST : 0) + Cursor.SLACK];
        told.over(new byte[largest + Cursor.SLACK], Frame.HEADER, largest - Frame.SEAL);
        flusher = Thread.ofPlatform().daemon().name("measurements-of-" + source).start(this::flushLoop);
    }

    @Override
    public void take(StreamInfo stream, long sequence, Row row) {
        if (accounting.takes(stream, sequence, row)) {
            wake();
            return;
        }
        lock.lock();
        try {
            flushTold();
            if (isEmpty()) {
                firstAt = System.nanoTime();
            }
            if (!begun(stream).writer().add(stream.number(), sequence, row)) {
                flush(apart ? open.remove(stream.number()) : shared);
                if (!begun(stream).writer().add(stream.number(), sequence, row)) {
                    unsent++; // larger than a frame: it will be missed and counted
                }
            }
            if (bursting && System.nanoTime() - firstAt > PATIENCE.toNanos()) {
                flush(shared);
            }
        } finally {
            lock.unlock();
        }
        if (!bursting) {
            wake();
        }
    }

    /** Frames of single streams wait for more of theirs all the same. */
    @Override
    public void burst() {
        bursting = !apart;
    }

    @Override
    public void rest() {
        if (bursting) {
            bursting = false;
            lock.hold(this::flushAll);
        }
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

    /** Tens of thousands of streams may be told of at once, which no listener could take in if each had a frame of its own. */
    @Override
    public void tell(StreamInfo stream, StreamState state, String why) {
        tell(new Words.Told(stream, state, why));
    }

    @Override
    public void tell(StreamInfo stream, StreamState state, String why, long sequence) {
        tell(new Words.Told(stream, state, why, accounting.reached(stream, sequence)));
    }

    private void tell(Words.Told word) {
        if (apart) {
            word(Frame.TELL, Optional.of(word.stream()), out -> Words.put(out, word));
            return;
        }
        lock.hold(() -> share(word));
        if (!bursting) {
            wake();
        }
    }

    private void share(Words.Told word) {
        flush(shared);
        cursor.over(words, Frame.HEADER, largest - Frame.SEAL);
        if (!Words.put(cursor, word)) {
            unsent++;
            return;
        }
        int length = cursor.at - Frame.HEADER;
        if (told.left() < length) {
            flushTold();
        }
        firstAt = hasTold() ? firstAt : System.nanoTime();
        told.copy(words, Frame.HEADER, length);
    }

    private boolean hasTold() {
        return told.at > Frame.HEADER;
    }

    private void flushTold() {
        if (hasTold()) {
            send(Frame.TELL, Optional.empty(), told.bytes, told.at);
            told.at = Frame.HEADER;
        }
    }

    @Override
    public void alive(SourceId alive) {
        word(Frame.ALIVE, Optional.empty(), _ -> true);
    }

    @Override
    public void alive(SourceInfo alive) {
        word(Frame.ALIVE, Optional.empty(), out -> {
            Words.put(out, alive);
            return true;
        });
    }

    /** Takes a frame that came back from a listener: an acknowledgement. False when it is none of ours, or forged. */
    public boolean answered(byte[] frame, int length) {
        if (pump.isEmpty() || !Frame.isFrame(frame, length) || Frame.kind(frame) != Frame.ACK || Frame.source(frame) != source.value()) {
            return false;
        }
        lock.lock();
        try {
            int end = answerSeal.isPresent() ? answerSeal.get().open(frame, length) : length;
            var in = new Cursor().over(frame, Frame.HEADER, end);
            if (end < 0) {
                return false;
            }
            long origin = in.takeLong();
            long upTo = in.takeVar();
            if (!in.broken) {
                pump.get().acknowledged(origin, upTo); // an old one says less: it does no harm
            }
            return !in.broken;
        } finally {
            lock.unlock();
            wake();
        }
    }

    /** Frames sent. */
    public long sent() {
        return lock.hold(() -> sent);
    }

    /** Frames and measurements that the carrier did not take. */
    public long unsent() {
        return lock.hold(() -> unsent);
    }

    @Override
    public void close() {
        lock.hold(() -> {
            flushAll();
            closed = true;
        });
        LockSupport.unpark(flusher);
    }

    private boolean isEmpty() {
        return apart ? open.isEmpty() : shared.writer().rows() == 0 && !hasTold();
    }

    private Open begun(StreamInfo stream) {
        if (!apart) {
            return shared;
        }
        var known = open.get(stream.number());
        if (known == null) {
            known = new Open(Optional.of(stream), spare.isEmpty() ? FrameWriter.selfContained(largest) : spare.pop());
            open.put(stream.number(), known);
        }
        return known;
    }

    private void word(int kind, Optional<StreamInfo> stream, Predicate<Cursor> put) {
        lock.lock();
        try {
            flushAll(); // in order: what was measured before a word goes before it
            cursor.over(words, Frame.HEADER, largest - Frame.SEAL);
            if (put.test(cursor)) {
                send(kind, apart ? stream : Optional.empty(), words, cursor.at);
            } else {
                unsent++;
            }
        } finally {
            lock.unlock();
        }
    }

    private void flushAll() {
        flushTold(); // when there are words, no measurement waits that was before them
        flush(shared);
        open.values().forEach(this::flush);
        open.clear();
    }

    private void flush(Open frame) {
        if (frame.writer().rows() > 0) {
            send(Frame.DATA, frame.stream(), frame.writer().frame(), frame.writer().end());
            frame.writer().clear();
        }
        if (apart && frame != shared && spare.size() < MOST_SPARE) {
            spare.push(frame.writer());
        }
    }

    private void send(int kind, Optional<StreamInfo> stream, byte[] frame, int end) {
        if (!closed) {
            int sealed = seal(kind, frame, end);
            count(carrier.carry(stream, frame, sealed));
        }
    }

    private int seal(int kind, byte[] frame, int end) {
        Frame.putHeader(frame, kind, source.value(), ++number);
        return seal.isPresent() ? seal.get().close(frame, end) : end;
    }

    private void count(boolean carried) {
        if (carried) {
            sent++;
        } else {
            unsent++;
        }
    }

    private void pump() {
        pump.get().rewindIfStuck(System.nanoTime());
        boolean more = pump.get().hasMore();
        while (more && !closed) {
            cursor.over(words, Frame.HEADER, Frame.LARGEST - Frame.SEAL);
            more = pump.get().fill(cursor);
            if (more) {
                int sealed = seal(Frame.KEPT, words, cursor.at);
                more = carrier.carryKept(accounting.spool().orElseThrow().id(), words, sealed);
                count(more);
            }
        }
    }

    private void wake() {
        if (idle) {
            LockSupport.unpark(flusher);
        }
    }

    private void flushLoop() {
        while (!closed) {
            long wait = Duration.ofSeconds(1).toNanos();
            lock.lock();
            try {
                if (!isEmpty()) {
                    wait = firstAt + PATIENCE.toNanos() - System.nanoTime();
                }
                if (wait <= 0) {
                    flushAll();
                    wait = Duration.ofSeconds(1).toNanos();
                }
                if (pump.isPresent()) {
                    pump();
                }
                idle = isEmpty();
            } finally {
                lock.unlock();
            }
            LockSupport.parkNanos(this, wait);
        }
    }
}
