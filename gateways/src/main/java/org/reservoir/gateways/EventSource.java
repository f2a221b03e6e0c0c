package org.reservoir.gateways;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The site's events as gateways read them: numbered in the order in which they became durable. */
public interface EventSource {
    /**
     * Those after {@code number}, oldest first, at most {@code limit}; when there are none, waits for one, at most for {@code patience}.
     */
    List<Event> after(long number, int limit, Duration patience) throws InterruptedException;

    /** The number of the newest event; 0 when there was none. */
    long newest();

    /**
     * @param topic   such as {@code vee}, {@code service}, {@code host}
     * @param subject what it is about, such as {@code vee-7}
     * @param json    the event itself, an object
     */
    record Event(long number, Instant at, String topic, String subject, String json) {}
}
