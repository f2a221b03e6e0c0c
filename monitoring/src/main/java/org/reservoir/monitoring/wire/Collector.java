package org.reservoir.monitoring.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

import org.reservoir.monitoring.Listener;
import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.Outlet;
import org.reservoir.monitoring.probe.Registry;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.SourceInfo;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamKey;
import org.reservoir.monitoring.probe.StreamState;

/**
 * Where measurements are heard: from sources in the same process (it is an {@link Outlet}) and, through {@link Ear}s, from
 * frames. Keeps the registry, drops what came twice, counts what was lost, and hands the rest to one listener.
 */
public final class Collector implements Outlet {
    private final Registry registry;
    private final Listener listener;
    private final LongSupplier nowMillis;
    private final LongAdder measured = new LongAdder();
    private final LongAdder passedOver = new LongAdder();

    /** @param nowMillis a clock that never goes back */
    public Collector(Listener listener, LongSupplier nowMillis) {
        this.registry = new Registry(listener::changed);
        this.listener = listener;
        this.nowMillis = nowMillis;
    }

    /** What is known of all streams. */
    public Registry registry() {
        return registry;
    }

    /** Finds out who fell silent; call it about once a second. */
    public void turn() {
        registry.turn(nowMillis.getAsLong());
    }

    /** Measurements handed to the listener. */
    public long measured() {
        return measured.sum();
    }

    /** Measurements that were heard and could not be used: of streams that nobody had told of, or of other types than were told. */
    public long passedOver() {
        return passedOver.sum();
    }

    @Override
    public void take(StreamInfo stream, long sequence, Row row) {
        use(registry.heard(stream.key(), sequence, nowMillis.getAsLong()), stream, sequence, row);
    }

    @Override
    public void tell(StreamInfo stream, StreamState state, String why) {
        registry.tell(stream, state, why, nowMillis.getAsLong());
    }

    @Override
    public void alive(SourceId source) {
        registry.alive(source, nowMillis.getAsLong());
    }

    @Override
    public void alive(SourceInfo source) {
        registry.alive(source, nowMillis.getAsLong());
    }

    /** The same for a source of this process, whose measurements for accounting are put into an inbox first. */
    public Outlet keeping(Spool inbox) {
        return new Outlet() {
            @Override
            public void take(StreamInfo stream, long sequence, Row row) {
                if (stream.delivery() == Delivery.ACCOUNTING && inbox.keep(stream, sequence, row)) {
                    kept(stream, sequence, row);
                } else {
                    Collector.this.take(stream, sequence, row); // what the inbox refuses it counts
                }
            }

            @Override
            public void tell(StreamInfo stream, StreamState state, String why) {
                Collector.this.tell(stream, state, why);
            }

            @Override
            public void alive(SourceId source) {
                Collector.this.alive(source);
            }

            @Override
            public void alive(SourceInfo source) {
                Collector.this.alive(source);
            }
        };
    }

    /** Takes a measurement for accounting, which is new whatever the tally says. It may be of a source that has long ended. */
    void kept(StreamInfo stream, long sequence, Row row) {
        if (registry.stream(stream.key()).isEmpty()) {
            registry.tell(stream, StreamState.LOST, "measured by a source that is gone", nowMillis.getAsLong());
        }
        registry.heard(stream.key(), sequence, nowMillis.getAsLong());
        measured.increment();
        listener.kept(stream, sequence, row);
    }

    /** Takes one that the inbox has no room for and that will come again: rules need not wait for the disk. */
    void unkept(StreamInfo stream, long sequence, Row row) {
        var heard = registry.heard(stream.key(), sequence, nowMillis.getAsLong());
        if (heard == Registry.Heard.NEW || heard == Registry.Heard.LATE) {
            measured.increment();
            listener.unkept(stream, sequence, row);
        }
    }

    /** Notes that one of those was kept now; it has been told. */
    void keptSince(StreamInfo stream, long sequence) {
        registry.heard(stream.key(), sequence, nowMillis.getAsLong());
    }

    private void use(Registry.Heard heard, StreamInfo stream, long sequence, Row row) {
        switch (heard) {
            case NEW, LATE -> {
                measured.increment();
                listener.measured(stream, sequence, row);
            }
            case UNKNOWN -> passOver(stream.source());
            case TWICE -> { } // counted with its stream
        }
    }

    private void passOver(SourceId source) {
        passedOver.increment();
        registry.passedOver(source);
    }

    /** Understands the frames of one source; not for several threads. */
    final class Ear implements FrameReader.Taker {
        private static final int MOST_REFUSED = 1_000;
        /** So many more streams than there were, and those that were forgotten meanwhile are looked for. */
        private static final int LOOKED_THROUGH = 1_000;

        private record Known(Optional<Registry.Tally> tally, Row row) {
            static final Known NOTHING = new Known(Optional.empty(), FrameReader.UNKNOWN);

            boolean isForgotten() {
                return tally.map(Registry.Tally::isForgotten).orElse(true);
            }
        }

        private final SourceId source;
        private final FrameReader selfContained = FrameReader.selfContained();
        private final FrameReader ordered = FrameReader.ordered();
        private final Cursor cursor = new Cursor();
        private final Scope scope;
        private final Pages<Known> streams = new Pages<>(Known.NOTHING);
        private int lookThroughAt = LOOKED_THROUGH;
        /** Streams beyond its scope: read, so that their measurements can be counted, and nothing more. */
        private final Map<Integer, Row> refused = new Bounded<>(MOST_REFUSED);
        private long now;

        Ear(SourceId source, Scope scope) {
            this.source = source;
            this.scope = scope;
        }

        /** Takes note of what is wrong with frames in the name of this source. */
        void troubled(Registry.FrameTrouble trouble, long frames) {
            registry.frames(source, trouble, frames);
        }

        /** Takes a frame that is genuine and new, its body opened. False when it makes no sense. */
        boolean hear(int kind, byte[] frame, int from, int to) {
            now = nowMillis.getAsLong();
            return switch (kind) {
                case Frame.DATA -> selfContained.read(frame, from, to, this);
                case Frame.DELTA -> ordered.read(frame, from, to, this);
                case Frame.TELL -> told(frame, from, to);
                case Frame.ALIVE -> alive(frame, from, to);
                default -> false;
            };
        }

        private boolean alive(byte[] frame, int from, int to) {
            registry.alive(source, now);
            if (from == to) {
                return true; // it says nothing more of itself
            }
            var info = Words.source(cursor.over(frame, from, to), source);
            info.ifPresent(said -> registry.alive(said, now));
            return info.isPresent();
        }

        private boolean told(byte[] frame, int from, int to) {
            cursor.over(frame, from, to);
            while (cursor.left() > 0) {
                var told = Words.told(cursor, source);
                if (told.isEmpty()) {
                    return false;
                }
                var stream = told.get().stream();
                if (!scope.covers(stream)) {
                    refuse(stream);
                } else if (registry.tell(stream, told.get().state(), told.get().why(), told.get().reached(), now)) {
                    know(stream);
                }
            }
            return true;
        }

        private void refuse(StreamInfo stream) {
            streams.put(stream.number(), Known.NOTHING);
            refused.put(stream.number(), new Row(stream.schema()));
        }

        private void know(StreamInfo stream) {
            int number = stream.number();
            refused.remove(number);
            var known = streams.get(number);
            if (known.isForgotten() || !known.row.schema().equals(stream.schema())) {
                var tally = registry.tally(new StreamKey(source, number));
                streams.put(number, tally.isPresent() ? new Known(tally, new Row(stream.schema())) : Known.NOTHING);
                lookThrough();
            }
        }

        private void lookThrough() {
            if (streams.size() > lookThroughAt) {
                streams.removeIf(Known::isForgotten);
                lookThroughAt = 2 * streams.size() + LOOKED_THROUGH;
            }
        }

        @Override
        public Row row(int stream) {
            var known = streams.get(stream);
            return known != Known.NOTHING || refused.isEmpty() ? known.row : refused.getOrDefault(stream, FrameReader.UNKNOWN);
        }

        @Override
        public void taken(int stream, int low, Row row) {
            var known = streams.get(stream);
            if (known.tally.isEmpty()) {
                scope.refuse();
                return;
            }
            var tally = known.tally.get();
            if (scope.admits(tally.info())) {
                long sequence = tally.sequence(low);
                use(tally.heard(sequence, now), tally.info(), sequence, row);
            }
        }

        /** Of a stream that is known it is a gap of that; else it is counted with its source. */
        @Override
        public void passedOver(int stream, int low) {
            var known = streams.get(stream);
            if (known.isForgotten()) {
                passOver(source);
            } else {
                passedOver.increment();
                known.tally.get().missed(low);
            }
        }
    }

    /** The least recently heard of many things goes when there are too many: a stranger who invents sources fills no memory. */
    static final class Bounded<K, V> extends LinkedHashMap<K, V> {
        private final int most;

        Bounded(int most) {
            super(16, 0.75f, true);
            this.most = most;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > most;
        }

        Optional<V> find(K key) {
            return Optional.ofNullable(get(key));
        }
    }
}
