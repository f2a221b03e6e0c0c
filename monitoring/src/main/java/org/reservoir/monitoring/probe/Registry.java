package org.reservoir.monitoring.probe;

import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The information plane where measurements are heard: which streams there are, what they consist of, and whether each can be
 * believed. It is told by sources, counts what is missing, twice or late in each stream, and finds out by itself when one
 * falls silent. Times are of a clock that never goes back, and are times of hearing: a source's own clock decides nothing.
 * Bounded; safe for many threads.
 */
public final class Registry {
    public static final int MOST_STREAMS = 1_000_000;
    public static final int MOST_SOURCES = 100_000;
    /** A source that tells nothing for three tellings is lost. */
    private static final long LEASE_MILLIS = 3 * DataSource.ALIVE_MILLIS;

    /** Port: hears of every change of a stream's state. Must not wait. */
    @FunctionalInterface
    public interface Listener {
        void changed(StreamInfo stream, StreamState state, String why);
    }

    /** What is made of a sequence number. */
    public enum Heard { NEW, TWICE, LATE, UNKNOWN }

    /** What may be wrong with frames: not sealed with the source's key, genuine and not understood, or sent and not (yet) heard. */
    public enum FrameTrouble { FORGED, SENSELESS, MISSING }

    /**
     * @param gaps  measurements that were sent and not (yet) heard
     * @param twice heard more than once and taken once
     */
    public record Known(StreamInfo info, StreamState state, String why, long heard, long gaps, long twice) {}

    private final Map<StreamKey, Tracked> streams = new ConcurrentHashMap<>();
    private final Map<SourceId, Source> sources = new ConcurrentHashMap<>();
    private final Schemas schemas = new Schemas();
    private final Listener listener;
    private final LongAdder passedOver = new LongAdder();
    /** Gaps of streams that are remembered no more: what was lost stays counted. */
    private final LongAdder ofForgotten = new LongAdder();
    private volatile long turnedAt;

    private record Source(SourceInfo info, long heardAt, String problem, Losses losses) {
        Source(SourceInfo info, long heardAt) {
            this(info, heardAt, "", new Losses());
        }

        Source at(long now) {
            return new Source(info, now, problem, losses);
        }

        Source told(SourceInfo said, long now) {
            return new Source(said, now, problem, losses);
        }

        Source noted(String other) {
            return new Source(info, heardAt, other, losses);
        }
    }

    /**
     * A source as it is known here.
     *
     * @param silent  for so long nothing was heard of it
     * @param lost    whether that is longer than any that lives is silent
     * @param streams how many of its streams are in which state
     * @param gaps    measurements of its streams that were sent and not (yet) heard, or heard and passed over
     * @param problem such as a type of measurement that means something else elsewhere, or what was lost within the last minute; may be empty
     */
    public record KnownSource(SourceInfo info, Duration silent, boolean lost, Map<StreamState, Integer> streams, long gaps, String problem) {}

    public Registry(Listener listener) {
        this.listener = listener;
    }

    /** Takes note that a source lives. */
    public void alive(SourceId source, long now) {
        sources.computeIfPresent(source, (_, known) -> known.at(now));
    }

    /** Takes note that a source lives and what it says of itself. */
    public void alive(SourceInfo source, long now) {
        if (sources.size() < MOST_SOURCES || sources.containsKey(source.id())) {
            sources.compute(source.id(), (_, known) -> known == null ? new Source(source, now) : known.told(source, now));
        }
    }

    /** Takes a source's word on a stream. False when there is no room for it, or its type has another schema already. */
    public boolean tell(StreamInfo info, StreamState said, String why, long now) {
        return tell(info, said, why, Reached.UNKNOWN, now);
    }

    /** The same. @param reached how far its measurements were sent */
    public boolean tell(StreamInfo info, StreamState said, String why, Reached reached, long now) {
        if (!hear(info.source(), now)) {
            return false;
        }
        var use = schemas.take(info.schema());
        var entry = streams.get(info.key());
        if (use.isEmpty() || entry != null && !entry.info().schema().equals(info.schema())) {
            note(info.source(), "%s tells type %s with a schema that is not the known one".formatted(info.name(), info.schema().type()));
            return false;
        }
        if (entry == null && streams.size() >= MOST_STREAMS) {
            note(info.source(), "no room for more streams");
            return false;
        }
        entry = entry == null ? streams.computeIfAbsent(info.key(), _ -> new Tracked(info, use.get(), now)) : entry;
        entry.reached(reached, said);
        entry.told(info, use.get(), said, why, now).ifPresent(change -> listener.changed(info, change, why));
        return true;
    }

    private boolean hear(SourceId id, long now) {
        if (!sources.containsKey(id) && sources.size() >= MOST_SOURCES) {
            return false;
        }
        sources.compute(id, (_, known) -> known == null ? new Source(SourceInfo.unnamed(id), now) : known.at(now));
        return true;
    }

    private void note(SourceId source, String problem) {
        sources.computeIfPresent(source, (_, known) -> known.noted(problem));
    }

    /** Takes note that a measurement of a source came of which nobody knows what it is. */
    public void passedOver(SourceId id) {
        passedOver.increment();
        var source = sources.get(id);
        if (source != null) {
            source.losses().passedOver(turnedAt);
        }
    }

    /** Takes note of what is wrong with frames in the name of a source. @param frames less than 0 when some that were missing came late */
    public void frames(SourceId id, FrameTrouble trouble, long frames) {
        var source = sources.get(id);
        if (source != null) {
            source.losses().frames(trouble, frames, turnedAt);
        }
    }

    /** Takes note that a measurement arrived; only {@code NEW} and {@code LATE} ones are to be used. */
    public Heard heard(StreamKey stream, long sequence, long now) {
        return tally(stream).map(tally -> tally.heard(sequence, now)).orElse(Heard.UNKNOWN);
    }

    /** The tally of one stream, to be kept by who hears it often. */
    public Optional<Tally> tally(StreamKey stream) {
        return Optional.ofNullable(streams.get(stream)).map(entry -> new Tally(entry));
    }

    /** Counts what is heard of one stream. */
    public final class Tally {
        private final Tracked entry;

        private Tally(Tracked entry) {
            this.entry = entry;
        }

        public StreamInfo info() {
            return entry.info();
        }

        /** The sequence number of which only the lowest 16 bits are known. */
        public long sequence(int low) {
            return entry.unwrap(low);
        }

        /** Whether nothing is known of the stream any more: another tally is to be had when it is told of again. */
        public boolean isForgotten() {
            return entry.isForgotten();
        }

        /** One came that could not be used. @param low the lowest 16 bits of its number */
        public void missed(int low) {
            entry.missed(entry.unwrap(low));
        }

        public Heard heard(long sequence, long now) {
            if (entry.isForgotten() || entry.isOusted()) {
                return Heard.UNKNOWN;
            }
            var heard = entry.heard(sequence, now);
            if (entry.revive()) {
                listener.changed(entry.info(), StreamState.ON, "heard again");
            }
            return heard;
        }
    }

    /** Finds out who fell silent; call it about once a second. */
    public void turn(long now) {
        turnedAt = now;
        streams.values().forEach(entry -> {
            entry.judge(isLost(entry.info().source(), now), now).ifPresent(change -> listener.changed(entry.info(), change, entry.silence(now)));
        });
        forget(now);
        sources.values().removeIf(source -> now - source.heardAt() > LEASE_MILLIS + Tracked.REMEMBERED_MILLIS);
    }

    private void forget(long now) {
        var forgotten = streams.values().stream().filter(entry -> entry.forget(now)).toList();
        for (var entry : forgotten) {
            var known = entry.known();
            var source = sources.get(known.info().source());
            ofForgotten.add(known.gaps());
            if (source != null) {
                source.losses().forgotten(known.gaps());
            }
            streams.remove(known.info().key(), entry);
            if (known.state() == StreamState.LOST) { // who keeps something by it must not keep it for ever
                listener.changed(known.info(), StreamState.RETIRED, "not heard of for ten minutes");
            }
        }
        if (!forgotten.isEmpty()) {
            schemas.forgetUnused(streams.values().stream().map(entry -> entry.info().schema().type()).collect(Collectors.toSet()));
        }
    }

    private boolean isLost(SourceId id, long now) {
        var source = sources.get(id);
        return source == null || now - source.heardAt() > LEASE_MILLIS;
    }

    /** All sources that were heard within the last ten minutes, by name; as of the last {@link #turn}. */
    public List<KnownSource> sources() {
        var states = new HashMap<SourceId, Map<StreamState, Integer>>();
        var gaps = new HashMap<SourceId, Long>();
        streams.values().forEach(entry -> {
            var known = entry.known();
            states.computeIfAbsent(known.info().source(), _ -> new EnumMap<>(StreamState.class)).merge(known.state(), 1, Integer::sum);
            gaps.merge(known.info().source(), known.gaps(), Long::sum);
        });
        return sources.entrySet().stream().map(entry -> {
            var source = entry.getValue();
            return new KnownSource(source.info(), Duration.ofMillis(Math.max(0, turnedAt - source.heardAt())), isLost(entry.getKey(), turnedAt),
                    states.getOrDefault(entry.getKey(), Map.of()), gaps.getOrDefault(entry.getKey(), 0L) + source.losses().sum(), problem(source));
        }).sorted(Comparator.comparing((KnownSource source) -> source.info().name()).thenComparing(source -> source.info().id().value())).toList();
    }

    private String problem(Source source) {
        return Stream.of(source.problem(), source.losses().words(turnedAt)).filter(text -> !text.isEmpty()).collect(Collectors.joining("; "));
    }

    /** The schemas of all types of measurement that are there. */
    public List<Schema> schemas() {
        return schemas.all();
    }

    public Optional<Known> stream(StreamKey key) {
        return Optional.ofNullable(streams.get(key)).map(Tracked::known);
    }

    /** All streams that {@code interest} wants, by name. */
    public List<Known> streams(Interest interest) {
        return streams.values().stream().map(Tracked::known).filter(known -> interest.wants(known.info()))
                .sorted(Comparator.comparing((Known known) -> known.info().name()).thenComparing(known -> known.info().number())).toList();
    }

    /** All that is missing: gaps of all streams there are and were, and what was passed over. */
    public long gaps() {
        return streams.values().stream().mapToLong(entry -> entry.known().gaps()).sum() + ofForgotten.sum() + passedOver.sum();
    }

    /** Measurements that came and of which nobody knew what they are. */
    public long passedOver() {
        return passedOver.sum();
    }
}
