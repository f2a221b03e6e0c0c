package org.reservoir.gateways.rest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

import org.reservoir.kernel.Refused;

/**
 * Lets a client repeat a request that makes something, when it does not know whether the first one arrived: with the same
 * {@code Idempotency-Key}, the same user gets the first answer again. This site server remembers the last {@value #MOST} keys for an hour,
 * in memory: after a restart, a repeated request is a new one (and is then mostly refused because its name is taken).
 */
final class Idempotency {
    private static final int MOST = 10_000;
    private static final long HOUR = Duration.ofHours(1).toNanos();

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Key, Made> made = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Made> eldest) {
            return size() > MOST;
        }
    };

    private record Key(Object user, String route, String path, String key) {}

    /** @param answer {@code null} while the first request is under way */
    private record Made(ByteBuffer body, Answer answer, long at) {}

    Answer answer(Exchange exchange, Route.Handler handler) throws IOException {
        var key = exchange.route().creates() ? exchange.header("Idempotency-Key").orElse("") : "";
        if (key.isEmpty()) {
            return handler.handle(exchange);
        }
        if (key.length() > 128) {
            throw Refused.invalid("BAD_IDEMPOTENCY_KEY", "The Idempotency-Key is longer than 128 characters.", "A UUID will do.");
        }
        return once(new Key(exchange.caller().user(), exchange.route().id(), exchange.pathSent(), key), exchange, handler);
    }

    private Answer once(Key key, Exchange exchange, Route.Handler handler) throws IOException {
        var body = ByteBuffer.wrap(exchange.bytes());
        var before = begin(key, body);
        if (before != null) {
            return repeated(before, body);
        }
        Answer answer = null;
        try {
            answer = handler.handle(exchange);
            return answer;
        } finally {
            end(key, body, answer);
        }
    }

    private Made begin(Key key, ByteBuffer body) {
        lock.lock();
        try {
            var before = made.get(key);
            if (before != null && System.nanoTime() - before.at() < HOUR) {
                return before;
            }
            made.put(key, new Made(body, null, System.nanoTime()));
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void end(Key key, ByteBuffer body, Answer answer) {
        lock.lock();
        try {
            if (answer == null) {
                made.remove(key);
            } else {
                made.put(key, new Made(body, answer, System.nanoTime()));
            }
        } finally {
            lock.unlock();
        }
    }

    private static Answer repeated(Made before, ByteBuffer body) {
        if (!before.body().equals(body)) {
            throw Refused.conflict("IDEMPOTENCY_KEY_REUSED", "This Idempotency-Key was used for another request.", "Use a new key for a new request.");
        }
        if (before.answer() == null) {
            throw Refused.conflict("REQUEST_UNDER_WAY", "The first request with this Idempotency-Key is still under way.", "Ask again in a moment.");
        }
        return before.answer();
    }
}
