package org.reservoir.gateways.rest;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import org.reservoir.gateways.EventSource;
import org.reservoir.gateways.EventSource.Event;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Right;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the site's events once for all who listen, and keeps the newest {@value #KEPT}: listeners cost the source nothing but when they
 * come back after a long time.
 */
final class EventTail implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventTail.class);
    private static final int KEPT = 4_096;
    private static final int BATCH = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final EventSource source;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final ArrayDeque<Told> kept = new ArrayDeque<>();
    /** Cursors of {@link #kept}, and of the place just before its first, by how many events came up to there. */
    private final Map<String, Long> places = new HashMap<>();
    private final Thread reader;
    private long count;
    private String last;
    private boolean closed;

    /** An event, and who may hear of it. */
    record Told(Event event, JsonNode json) {
        /** Administrators hear all; others what is theirs, or what its permissions let them use. Events that name no owner are for administrators. */
        boolean mayHear(Caller caller) {
            return caller.administrator() || ownership().map(ownership -> ownership.allows(caller, Right.USE))
                    .orElseGet(() -> json.path("user").asText().equals(caller.user().toString()));
        }

        private Optional<Ownership> ownership() {
            return json.has("ownership") ? Optional.of(Wire.read(json.get("ownership").toString(), Ownership.class)) : Optional.empty();
        }
    }

    EventTail(EventSource source) {
        this.source = source;
        last = source.newest();
        places.put(last, 0L);
        reader = Thread.ofVirtual().name("events").start(this::read);
    }

    /** The place after which a new listener begins. */
    String newest() {
        lock.lock();
        try {
            return last;
        } finally {
            lock.unlock();
        }
    }

    /** Those after {@code cursor}, oldest first; none when none came within {@code patience}. Empty when the tail was closed. */
    Optional<List<Told>> after(String cursor, Duration patience) throws InterruptedException {
        lock.lock();
        try {
            if (cursor.equals(last)) {
                await(cursor, patience);
            }
            if (closed) {
                return Optional.empty();
            }
            var place = places.get(cursor);
            if (place != null) {
                return Optional.of(kept.stream().skip(kept.size() - (count - place)).limit(BATCH).toList());
            }
        } finally {
            lock.unlock();
        }
        return Optional.of(source.after(cursor, BATCH, Duration.ofSeconds(1)).stream().map(EventTail::told).toList());
    }

    private void await(String cursor, Duration patience) throws InterruptedException {
        var left = patience.toNanos();
        while (cursor.equals(last) && !closed && left > 0) {
            left = arrived.awaitNanos(left);
        }
    }

    private void read() {
        while (!isClosed()) {
            try {
                keep(source.after(newest(), BATCH, PATIENCE));
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException failure) {
                if (!isClosed()) { // else it was interrupted in the middle of a look
                    LOG.warn("cannot read events; trying again", failure);
                    rest();
                }
            }
        }
    }

    private void keep(List<Event> events) {
        lock.lock();
        try {
            for (var event : events) {
                kept.addLast(told(event));
                last = event.cursor();
                places.put(last, ++count);
            }
            forgetOldest();
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void forgetOldest() {
        while (kept.size() > KEPT) {
            var oldest = count - kept.size();
            kept.removeFirst();
            places.values().removeIf(place -> place == oldest);
        }
    }

    private static Told told(Event event) {
        try {
            return new Told(event, Wire.json().readTree(event.json()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("event %s is no JSON".formatted(event.cursor()), e);
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private void rest() {
        lock.lock();
        try {
            arrived.await(1, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
        reader.interrupt();
    }
}
