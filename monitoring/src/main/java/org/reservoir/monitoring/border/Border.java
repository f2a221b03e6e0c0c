package org.reservoir.monitoring.border;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

import org.reservoir.kernel.Guard;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamKey;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.wire.KeepingOutlet;
import org.reservoir.monitoring.wire.Spool;

/**
 * One gateway: passes on what its {@link Passage} lets pass, as a source of its own with streams of its own. Sequence numbers keep
 * their gaps, so that what was lost on this side is counted on the other too.
 */
final class Border implements AutoCloseable {
    private static final int MOST_STREAMS = 100_000;
    private static final int TELL_AGAIN_SHARE = 6;

    /** A stream that crosses, what was said of it last, and the row that is used for all its measurements. */
    private static final class Passing {
        final StreamInfo before;
        final Passage.Crossing crossing;
        final Row row;
        StreamState state = StreamState.ON;
        /** Number of the last measurement that passed; 0 before there was one, for its numbers need not begin at 1. */
        long last;

        Passing(StreamInfo before, Passage.Crossing crossing) {
            this.before = before;
            this.crossing = crossing;
            this.row = new Row(crossing.stream().schema());
        }
    }

    private final Passage passage;
    final String peer;
    private final SourceId source;
    private final KeepingOutlet out;
    private final Optional<Spool> inbox;
    private final Predicate<SourceId> abroad;
    private final Guard lock = new Guard();
    private final Map<StreamKey, Passing> streams = new HashMap<>();
    private long inboxRead;
    private int lastNumber;
    private int tellings;
    private long passed;
    private long beyond;
    private boolean closed;

    Border(Passage passage, String peer, SourceId source, KeepingOutlet out, Optional<Spool> inbox, Predicate<SourceId> abroad) {
        this.abroad = abroad;
        this.passage = passage;
        this.peer = peer;
        this.source = source;
        this.out = out;
        this.inbox = inbox;
        this.inboxRead = inbox.map(spool -> out.relayed(spool.id())).orElse(0L);
    }

    void measured(StreamInfo stream, long sequence, Row row) {
        lock.hold(() -> {
            var passing = closed ? Optional.<Passing>empty() : measuring(stream);
            passing.ifPresent(it -> {
                passed++;
                out.take(it.crossing.stream(), sequence, translated(it, row));
                it.last = Math.max(it.last, sequence);
            });
        });
    }

    /** A state is told without the reason: reasons name hosts. */
    void changed(StreamInfo stream, StreamState state) {
        lock.hold(() -> {
            var passing = closed ? Optional.<Passing>empty() : passing(stream);
            passing.ifPresent(it -> {
                it.state = state;
                tell(it, state);
                if (state == StreamState.RETIRED) {
                    streams.remove(stream.key());
                }
            });
        });
    }

    /** Reads on in the inbox. What could not be kept for the peer now is tried again. */
    void readInbox() throws IOException {
        lock.lock();
        try {
            if (!closed && inbox.isPresent() && inbox.get().last() > inboxRead) {
                long origin = inbox.get().id();
                inboxRead = inbox.get().read(inboxRead, (number, stream, sequence, row) -> {
                    var passing = abroad.test(stream.source()) ? Optional.<Passing>empty() : measuring(stream);
                    if (passing.isEmpty()) {
                        return true;
                    }
                    boolean crosses = out.relay(origin, number, passing.get().crossing.stream(), sequence, translated(passing.get(), row));
                    passed += crosses ? 1 : 0;
                    return crosses;
                });
            }
        } finally {
            lock.unlock();
        }
    }

    /** Up to where the inbox was read. */
    long inboxRead() {
        return lock.hold(() -> inboxRead);
    }

    /** Says that the gateway lives, and again what some of the streams are. */
    void tellAgain() {
        lock.hold(() -> {
            out.alive(source);
            tellings++;
            for (var passing : List.copyOf(streams.values())) {
                if (passing.crossing.stream().number() % TELL_AGAIN_SHARE == tellings % TELL_AGAIN_SHARE) {
                    tell(passing, passing.state);
                }
            }
        });
    }

    long passed() {
        return lock.hold(() -> passed);
    }

    /** Measurements that belong to the other side and did not cross, for there were as many streams as may be. */
    long beyond() {
        return lock.hold(() -> beyond);
    }

    int streams() {
        return lock.hold(streams::size);
    }

    @Override
    public void close() {
        lock.hold(() -> {
            closed = true;
            new ArrayList<>(streams.values()).forEach(passing -> tell(passing, StreamState.RETIRED));
            streams.clear();
        });
        try {
            out.close();
        } catch (Exception e) { // AutoCloseable promises nothing narrower
            throw new IllegalStateException("the way to %s cannot be closed".formatted(peer), e);
        }
    }

    private void tell(Passing passing, StreamState state) {
        if (passing.last == 0) {
            out.tell(passing.crossing.stream(), state, "");
        } else {
            out.tell(passing.crossing.stream(), state, "", passing.last);
        }
    }

    /** What it passes as, a measurement of it; counted when it would pass and there is no room. */
    private Optional<Passing> measuring(StreamInfo stream) {
        var passing = passing(stream);
        beyond += passing.isEmpty() && isFull() && crossing(stream, lastNumber + 1).isPresent() ? 1 : 0;
        return passing;
    }

    private boolean isFull() {
        return streams.size() >= MOST_STREAMS;
    }

    private Optional<Passage.Crossing> crossing(StreamInfo stream, int number) {
        return passage.crossing(stream, source, number);
    }

    private Optional<Passing> passing(StreamInfo stream) {
        var known = streams.get(stream.key());
        if (known != null && (known.before == stream || known.before.equals(stream))) {
            return Optional.of(known);
        }
        if (known == null && isFull()) {
            return Optional.empty();
        }
        var crossing = crossing(stream, known == null ? lastNumber + 1 : known.crossing.stream().number());
        if (known != null && crossing.isEmpty()) { // it is the service's no longer
            tell(known, StreamState.RETIRED);
            streams.remove(stream.key());
        }
        return crossing.map(it -> {
            lastNumber = Math.max(lastNumber, it.stream().number());
            var passing = new Passing(stream, it);
            passing.last = known == null ? 0 : known.last;
            streams.put(stream.key(), passing);
            tell(passing, StreamState.ON);
            return passing;
        });
    }

    private static Row translated(Passing passing, Row row) {
        var translated = passing.row.begin(row.at());
        var attributes = passing.crossing.attributes();
        for (int i = 0; i < attributes.length; i++) {
            int from = attributes[i];
            if (!row.has(from)) {
                continue;
            }
            if (row.type(from).isNumber()) {
                translated.setBits(i, row.bits(from));
            } else {
                translated.set(i, row.thing(from));
            }
        }
        return translated;
    }
}
