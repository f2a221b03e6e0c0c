package org.reservoir.monitoring.probe;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The information plane where measurements are heard: which streams there are, what they consist of, and whether each can be
 * believed. It is told by sources, counts what is missing, twice or late in each stream, and finds out by itself when one
 * falls silent. Times are of a clock that never goes back, and are times of hearing: a source's own clock decides nothing.
 * Bounded; safe for many threads.
 */
public final class Registry {
    public static final int MOST_STREAMS = 1_000_000;
    /** A stream is stale when it is silent for so many times what is usual for it, and no less than {@link #LEAST_PATIENCE}. */
    private static final int TIMES_OF_PATIENCE = 3;
    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(2);
    /** A source that tells nothing for three tellings is lost. */
    private static final long LEASE_MILLIS = 3 * DataSource.ALIVE_MILLIS;
    /** How long lost and retired streams are remembered. */
    private static final long REMEMBERED_MILLIS = 600_000;

    /** Port: hears of every change of a stream's state. Must not wait. */
    @FunctionalInterface
    public interface Listener {
        void changed(StreamInfo stream, StreamState state, String why);
    }

    /** What is made of a sequence number. */
    public enum Heard { NEW, TWICE, LATE, UNKNOWN }

    /**
     * @param gaps  measurements that were sent and not (yet) heard
     * @param twice heard more than once and taken once
     */
    public record Known(StreamInfo info, StreamState state, String why, long heard, long gaps, long twice) {}

    private final Map<StreamKey, Entry> streams = new ConcurrentHashMap<>();
    private final Map<SourceId, Long> sources = new ConcurrentHashMap<>();
    private final Listener listener;

    public Registry(Listener listener) {
        this.listener = listener;
    }

    /** Takes note that a source lives. */
    public void alive(SourceId source, long now) {
        sources.computeIfPresent(source, (_, _) -> now);
    }

    /** Takes a source's word on a stream. False when there is no room for it. */
    public boolean tell(StreamInfo info, StreamState said, String why, long now) {
        sources.put(info.source(), now);
        var entry = streams.get(info.key());
        if (entry == null) {
            if (streams.size() >= MOST_STREAMS) {
                return false;
            }
            entry = streams.computeIfAbsent(info.key(), _ -> new Entry(info, now));
        }
        entry.told(info, said, why, now).ifPresent(change -> listener.changed(info, change, why));
        return true;
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
        private final Entry entry;

        private Tally(Entry entry) {
            this.entry = entry;
        }

        public StreamInfo info() {
            return entry.info;
        }

        /** The sequence number of which only the lowest 16 bits are known. */
        public long sequence(int low) {
            return entry.unwrap(low);
        }

        public Heard heard(long sequence, long now) {
            var heard = entry.heard(sequence, now);
            if (entry.revive()) {
                listener.changed(entry.info, StreamState.ON, "heard again");
            }
            return heard;
        }
    }

    /** Finds out who fell silent; call it about once a second. */
    public void turn(long now) {
        streams.values().forEach(entry -> {
            boolean sourceLost = now - sources.getOrDefault(entry.info.source(), 0L) > LEASE_MILLIS;
            entry.judge(sourceLost, now).ifPresent(change -> listener.changed(entry.info, change, entry.silence(now)));
        });
        streams.values().removeIf(entry -> entry.forgettable(now));
        sources.values().removeIf(heard -> now - heard > LEASE_MILLIS + REMEMBERED_MILLIS);
    }

    public Optional<Known> stream(StreamKey key) {
        return Optional.ofNullable(streams.get(key)).map(Entry::known);
    }

    /** All streams that {@code interest} wants, by name. */
    public List<Known> streams(Interest interest) {
        return streams.values().stream().map(Entry::known).filter(known -> interest.wants(known.info()))
                .sorted(Comparator.comparing((Known known) -> known.info().name()).thenComparing(known -> known.info().number())).toList();
    }

    /** Gaps of all streams together. */
    public long gaps() {
        return streams.values().stream().mapToLong(entry -> entry.known().gaps()).sum();
    }

    private static final class Entry {
        private static final int REMEMBERED = 64;
        private volatile StreamInfo info;
        private StreamState state = StreamState.LOST;
        private String why = "";
        private long heardAt;
        private long changedAt;
        private long highest;
        /** Bit n: the n-th sequence number below the highest was heard. */
        private long recent;
        private long heard;
        private long gaps;
        private long twice;

        Entry(StreamInfo info, long now) {
            this.info = info;
            this.heardAt = now;
            this.changedAt = now;
        }

        synchronized Optional<StreamState> told(StreamInfo said, StreamState saidState, String saidWhy, long now) {
            info = said;
            why = saidWhy;
            if (state == StreamState.RETIRED) {
                highest = 0; // it comes again: what was sent meanwhile was not for us
            }
            if (saidState == StreamState.ON && state == StreamState.STALE) {
                return Optional.empty(); // a living source does not make a silent stream speak
            }
            if (saidState == StreamState.ON && state != StreamState.ON) {
                heardAt = now;
            }
            return become(saidState, now);
        }

        synchronized Heard heard(long sequence, long now) {
            heardAt = now;
            if (sequence > highest) {
                long step = sequence - highest;
                gaps += highest == 0 ? 0 : step - 1; // what was sent before we listened is no loss
                recent = highest == 0 ? -1L : (step >= REMEMBERED ? 0 : recent << step) | 1;
                highest = sequence;
                heard++;
                return Heard.NEW;
            }
            long age = highest - sequence;
            if (age >= REMEMBERED || (recent >>> age & 1) != 0) {
                twice++;
                return Heard.TWICE;
            }
            recent |= 1L << age;
            gaps--;
            heard++;
            return Heard.LATE;
        }

        /** The number with these lowest bits that is nearest to the highest heard. */
        synchronized long unwrap(int low) {
            if (highest == 0) {
                return low == 0 ? 0x10000 : low;
            }
            return Math.max(1, highest + (short) (low - (int) highest));
        }

        synchronized boolean revive() {
            return state == StreamState.STALE && become(StreamState.ON, heardAt).isPresent();
        }

        synchronized Optional<StreamState> judge(boolean sourceLost, long now) {
            if (state == StreamState.RETIRED) {
                return Optional.empty();
            }
            if (sourceLost) {
                return become(StreamState.LOST, now);
            }
            return state == StreamState.ON && now - heardAt > patience() ? become(StreamState.STALE, now) : Optional.empty();
        }

        synchronized boolean forgettable(long now) {
            return (state == StreamState.LOST || state == StreamState.RETIRED) && now - changedAt > REMEMBERED_MILLIS;
        }

        synchronized String silence(long now) {
            return "nothing heard for %d ms".formatted(now - heardAt);
        }

        synchronized Known known() {
            return new Known(info, state, why, heard, gaps, twice);
        }

        private long patience() {
            return Math.max(TIMES_OF_PATIENCE * info.silence().toMillis(), LEAST_PATIENCE.toMillis());
        }

        private Optional<StreamState> become(StreamState other, long now) {
            if (state == other) {
                return Optional.empty();
            }
            state = other;
            changedAt = now;
            return Optional.of(other);
        }
    }
}
