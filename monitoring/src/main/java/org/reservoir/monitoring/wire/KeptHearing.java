package org.reservoir.monitoring.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongUnaryOperator;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;

/**
 * Takes KEPT frames of one sender (see {@link Pump}): each row once, in order, into the inbox and on to the collector, and tells
 * up to where they may be acknowledged. Not for several threads.
 */
final class KeptHearing {
    /** What has been taken already; kept by the inbox, or while the process lives when there is none. */
    static final class Marks {
        private final Optional<Spool> inbox;
        private final Map<Long, Long> numbers = new ConcurrentHashMap<>();

        Marks(Optional<Spool> inbox) {
            this.inbox = inbox;
        }

        Spool.Took take(long origin, long number, StreamInfo stream, long sequence, Row row) {
            if (inbox.isPresent()) {
                return inbox.get().take(origin, number, stream, sequence, row);
            }
            long mark = mark(origin);
            if (number <= mark) {
                return Spool.Took.TWICE;
            }
            if (number > mark + 1) {
                return Spool.Took.AHEAD;
            }
            return numbers.merge(origin, number, Math::max) == number ? Spool.Took.NEW : Spool.Took.TWICE;
        }

        long mark(long origin) {
            return inbox.map(spool -> spool.mark(origin)).orElseGet(() -> numbers.getOrDefault(origin, 0L));
        }

        void skip(long origin, long number) {
            inbox.ifPresentOrElse(spool -> spool.skip(origin, number), () -> numbers.merge(origin, number, Math::max));
        }

        void force() throws IOException {
            if (inbox.isPresent()) {
                inbox.get().force();
            }
        }
    }

    private final Collector collector;
    private final Marks marks;
    private final KeptRecords records;
    private final Scope scope;
    private final LongUnaryOperator spool;
    /** The spool that is read from, as the sender names it and as it is known here. */
    private long origin;
    private long known;
    private long number;
    /** Of the inbox: it had no room for the row that is next. */
    private boolean full;
    /** Up to where rows of the spool were told of while there was no room. */
    private long told;

    /** @param voice who sends, as one of its sources */
    KeptHearing(Voices.Voice voice, long source, Marks marks) {
        this.collector = voice.collector();
        this.scope = voice.scope();
        this.marks = marks;
        int owner = VoiceKey.number(new SourceId(source));
        this.records = voice.own() ? new KeptRecords(told -> VoiceKey.owned(owner, told)) : new KeptRecords(SourceId::new);
        this.spool = voice.own() ? told -> spoolOf(voice.key().orElseThrow(), told) : told -> told;
    }

    /** Each with a key of its own has spools of its own: nobody can say that he has sent what is in another's. */
    private static long spoolOf(byte[] key, long told) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return ByteBuffer.wrap(mac.doFinal(ByteBuffer.allocate(8).putLong(told).array())).getLong();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks HMAC-SHA-256", e);
        }
    }

    /** What may be acknowledged after a frame. */
    record Acknowledged(long origin, long number) {}

    /** Takes a body. Empty when it makes no sense. @throws IOException when what was taken cannot be made safe: then it must not be acknowledged */
    Optional<Acknowledged> hear(Cursor in) throws IOException {
        from(in.takeLong());
        long settled = in.takeVar();
        number = in.takeVar() - 1;
        if (in.broken || number < settled || settled < 0) {
            return Optional.empty();
        }
        if (settled > marks.mark(known)) {
            marks.skip(known, settled); // it is new here, and all before was somebody else's
        }
        boolean sense = true;
        while (sense && in.left() > 0) {
            sense = KeptRecords.lengthAt(in) > 0 && one(in);
        }
        marks.force();
        return sense || number > 0 ? Optional.of(new Acknowledged(origin, marks.mark(known))) : Optional.empty();
    }

    private void from(long spoolOfSender) {
        long before = origin;
        origin = spoolOfSender;
        known = spool.applyAsLong(origin);
        if (before != origin) {
            full = false;
            told = 0;
        }
    }

    private boolean one(Cursor in) {
        return switch (KeptRecords.kindAt(in)) {
            case KeptRecords.WORD -> records.word(in);
            case KeptRecords.ROW -> {
                number++;
                yield records.row(in, this::kept);
            }
            default -> false;
        };
    }

    private boolean kept(StreamInfo stream, long sequence, Row row) {
        if (!scope.admits(stream)) {
            boolean next = number == marks.mark(known) + 1;
            if (next) {
                marks.skip(known, number); // none of its business: acknowledged, so that it comes no more
            }
            return next || number <= marks.mark(known);
        }
        return switch (marks.take(known, number, stream, sequence, row)) {
            case NEW -> {
                full = false;
                if (number > told) {
                    collector.kept(stream, sequence, row);
                } else {
                    collector.keptSince(stream, sequence);
                }
                yield true;
            }
            case TWICE -> true;
            case FULL -> {
                full = true;
                yield unkept(stream, sequence, row);
            }
            case AHEAD -> full && unkept(stream, sequence, row);
        };
    }

    /** Not acknowledged, it comes again; but nobody takes its stream for silent meanwhile. */
    private boolean unkept(StreamInfo stream, long sequence, Row row) {
        if (number > told) {
            told = number;
            collector.unkept(stream, sequence, row);
        }
        return true;
    }
}
