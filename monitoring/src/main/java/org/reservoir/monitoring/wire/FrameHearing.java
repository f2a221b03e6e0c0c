package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

import org.reservoir.monitoring.probe.Registry.FrameTrouble;
import org.reservoir.monitoring.probe.SourceId;

/**
 * Hears frames that stand for themselves, from many sources, however they came, and gives them to a {@link Collector}. With a
 * key only sealed frames of its holders are taken; each is taken once; what is dropped is counted by reason. Not for several
 * threads.
 */
public final class FrameHearing {
    private static final int MOST_SOURCES = 10_000;
    /** Without a key anybody on this machine can invent sources. */
    private static final int MOST_SOURCES_UNSEALED = 256;

    /** Port: brings an acknowledgement back to who sent. The bytes are used again afterwards. */
    @FunctionalInterface
    public interface Answers {
        void answer(byte[] frame, int length);
    }

    private record Source(Voices.Voice voice, Collector.Ear ear, ReplayGuard guard, Optional<Seal> seal, Optional<Seal> answerSeal, KeptHearing kept) {}

    private final Voices voices;
    private final KeptHearing.Marks marks;
    private final Answers answers;
    private final Collector.Bounded<Long, Source> sources;
    private final byte[] answer = new byte[Frame.HEADER + 32 + Frame.SEAL + Cursor.SLACK];
    private final Cursor cursor = new Cursor();
    private long answered = Frame.firstNumber();
    private final LongAdder frames = new LongAdder();
    private final LongAdder forged = new LongAdder();
    private final LongAdder repeated = new LongAdder();
    private final LongAdder senseless = new LongAdder();
    private final LongAdder missing = new LongAdder();
    private boolean some;

    /** @param inbox where measurements for accounting are put before they are acknowledged; without one they are known as taken while the process lives */
    public FrameHearing(Collector collector, Optional<byte[]> key, Optional<Spool> inbox, Answers answers) {
        this(Voices.sharing(key, collector), key.isPresent() ? MOST_SOURCES : MOST_SOURCES_UNSEALED, inbox, answers);
    }

    /** @param voices all of whom have keys */
    public FrameHearing(Voices voices, Optional<Spool> inbox, Answers answers) {
        this(voices, MOST_SOURCES, inbox, answers);
    }

    private FrameHearing(Voices voices, int most, Optional<Spool> inbox, Answers answers) {
        this.voices = voices;
        this.marks = new KeptHearing.Marks(inbox);
        this.answers = answers;
        this.sources = new Collector.Bounded<>(most);
    }

    /** A buffer for the largest frame. */
    public static byte[] buffer() {
        return new byte[Frame.LARGEST + Cursor.SLACK];
    }

    /** Where not all that a source sends comes by, but what was asked for: numbers that do not come are not missing. */
    public FrameHearing ofSome() {
        some = true;
        return this;
    }

    /**
     * @param forged    not sealed with the key, or no frames at all
     * @param repeated  heard before
     * @param senseless genuine, yet not understood
     * @param missing   sent after the first that was heard of their source, and not (yet) heard
     */
    public record Counts(long frames, long forged, long repeated, long senseless, long missing) {}

    public Counts counts() {
        return new Counts(frames.sum(), forged.sum(), repeated.sum(), senseless.sum(), missing.sum());
    }

    /** Takes a frame, which it changes. @param frame as long as a {@link #buffer} */
    public void hear(byte[] frame, int length) {
        if (!Frame.isFrame(frame, length)) {
            forged.increment();
            return;
        }
        long id = Frame.source(frame);
        var voice = voices.of(new SourceId(id));
        if (voice.isEmpty()) {
            forged.increment();
            return;
        }
        var source = sources.find(id).filter(known -> known.voice() == voice.get()).orElseGet(() -> source(id, voice.get()));
        int end = source.seal().isPresent() ? source.seal().get().open(frame, length) : length;
        if (end < 0) {
            forged.increment();
            voice.get().scope().forge();
            source.ear().troubled(FrameTrouble.FORGED, 1);
            return;
        }
        sources.put(id, source); // only who has the key takes room
        if (!passes(source, Frame.number(frame))) {
            repeated.increment();
            return;
        }
        frames.increment();
        boolean understood = Frame.kind(frame) == Frame.KEPT ? kept(source, id, frame, end) : source.ear().hear(Frame.kind(frame), frame, Frame.HEADER, end);
        if (!understood) {
            senseless.increment();
            source.ear().troubled(FrameTrouble.SENSELESS, 1);
        }
    }

    private boolean passes(Source source, long number) {
        long before = source.guard().missing();
        boolean passes = source.guard().passes(number);
        long more = source.guard().missing() - before;
        if (more != 0 && !some) {
            missing.add(more);
            source.ear().troubled(FrameTrouble.MISSING, more);
        }
        return passes;
    }

    private Source source(long id, Voices.Voice voice) {
        return new Source(voice, voice.collector().new Ear(new SourceId(id), voice.scope()), new ReplayGuard(), voice.key().map(shared -> new Seal(shared, id, Frame.TO_LISTENER)),
                voice.key().map(shared -> new Seal(shared, id, Frame.TO_SOURCE)), new KeptHearing(voice, id, marks));
    }

    private boolean kept(Source source, long id, byte[] frame, int end) {
        try {
            var acknowledged = source.kept().hear(cursor.over(frame, Frame.HEADER, end));
            acknowledged.ifPresent(it -> {
                cursor.over(answer, Frame.HEADER, Frame.HEADER + 32);
                cursor.putLong(it.origin());
                cursor.putVar(it.number());
                Frame.putHeader(answer, Frame.ACK, id, ++answered);
                answers.answer(answer, source.answerSeal().isPresent() ? source.answerSeal().get().close(answer, cursor.at) : cursor.at);
            });
            return acknowledged.isPresent();
        } catch (IOException _) {
            return true; // not safe on our disk: not acknowledged, it comes again
        }
    }

    /** Something came that could not even be received whole. */
    void unheard() {
        senseless.increment();
    }
}
