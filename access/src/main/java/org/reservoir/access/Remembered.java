package org.reservoir.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Answers remembered for a short while, at most {@code most} of them; when there are more, all are forgotten and asked for again. */
final class Remembered<K, V> {
    private final ConcurrentMap<K, Entry<V>> entries = new ConcurrentHashMap<>();
    private final AtomicLong forgotten = new AtomicLong();
    private final InstantSource clock;
    private final Duration while_;
    private final int most;

    private record Entry<V>(V value, Instant until) {}

    Remembered(InstantSource clock, Duration while_, int most) {
        this.clock = clock;
        this.while_ = while_;
        this.most = most;
    }

    Optional<V> get(K key) {
        var entry = entries.get(key);
        return entry != null && clock.instant().isBefore(entry.until()) ? Optional.of(entry.value()) : Optional.empty();
    }

    /** Asks {@code source} and remembers what it says, unless {@link #forget} was called meanwhile. */
    Optional<V> ask(K key, Supplier<Optional<V>> source) {
        var before = forgotten.get();
        var answer = source.get();
        if (answer.isPresent()) {
            if (entries.size() >= most) {
                entries.clear();
            }
            entries.put(key, new Entry<>(answer.get(), clock.instant().plus(while_)));
            if (forgotten.get() != before) {
                entries.remove(key);
            }
        }
        return answer;
    }

    void forget() {
        forgotten.incrementAndGet();
        entries.clear();
    }
}
