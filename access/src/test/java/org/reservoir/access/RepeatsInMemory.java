package org.reservoir.access;

import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.kernel.UserId;

public final class RepeatsInMemory implements Repeats {
    private final InstantSource clock;
    private final Map<List<Object>, Kept> kept = new HashMap<>();

    public RepeatsInMemory(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public synchronized Optional<Kept> begin(UserId user, String key, ByteBuffer request) {
        var before = Optional.ofNullable(kept.get(List.of(user, key))).filter(it -> !it.begun().isBefore(clock.instant().minus(LIFE)));
        if (before.isEmpty()) {
            kept.put(List.of(user, key), new Kept(request, clock.instant(), Optional.empty()));
        }
        return before;
    }

    @Override
    public synchronized void answered(UserId user, String key, Answer answer) {
        kept.computeIfPresent(List.of(user, key), (_, it) -> new Kept(it.request(), it.begun(), Optional.of(answer)));
    }

    @Override
    public synchronized void forget(UserId user, String key) {
        kept.remove(List.of(user, key));
    }
}
