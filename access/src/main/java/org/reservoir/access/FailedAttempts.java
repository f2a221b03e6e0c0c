package org.reservoir.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

import org.reservoir.kernel.Refused;

/**
 * Slows those who try credentials: after {@code most} failures within a minute, an address has to wait until the minute is over.
 * It remembers the last 10 000 addresses. It does not stand in the way of credentials that were found good a moment ago, so that
 * users behind one address with an attacker can go on.
 */
public final class FailedAttempts {
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int ADDRESSES = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final InstantSource clock;
    private final int most;
    private final Map<String, Failures> byAddress = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > ADDRESSES;
        }
    };

    private record Failures(Instant since, int count) {}

    public FailedAttempts(InstantSource clock, int most) {
        this.clock = clock;
        this.most = most;
    }

    /** @throws Refused {@code TOO_MANY_ATTEMPTS} when {@code address} failed too often lately */
    public void check(String address) {
        if (of(address).count() >= most) {
            throw Refused.exhausted("TOO_MANY_ATTEMPTS", "Too many wrong credentials from %s.".formatted(address),
                    "Wait a minute, then try again with the right ones.");
        }
    }

    public void failed(String address) {
        lock.lock();
        try {
            var failures = of(address);
            byAddress.put(address, new Failures(failures.since(), failures.count() + 1));
        } finally {
            lock.unlock();
        }
    }

    private Failures of(String address) {
        lock.lock();
        try {
            var now = clock.instant();
            var failures = byAddress.get(address);
            return failures == null || now.isAfter(failures.since().plus(WINDOW)) ? new Failures(now, 0) : failures;
        } finally {
            lock.unlock();
        }
    }
}
