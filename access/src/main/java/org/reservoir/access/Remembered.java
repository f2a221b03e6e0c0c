package org.reservoir.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Answers remembered for a short while, at most {@code most} of them; when there are more, all are forgotten and asked for again. */
final class Remembered<K, V> {
    private final ConcurrentMap<K, Entry<V>> entries = new ConcurrentHashMap<>();
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

    void put(K key, V value) {
        if (entries.size() >= most) {
            entries.clear();
        }
        entries.put(key, new Entry<>(value, clock.instant().plus(while_)));
    }

    void forget() {
        entries.clear();
    }
}
