package org.reservoir.gateways;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The site's events as gateways read them, in an order that never changes. A place in it is a text that only the source understands. */
public interface EventSource {
    /**
     * Those after {@code cursor}, oldest first, at most {@code limit}; when there are none, waits for one, at most for {@code patience}.
     *
     * @throws org.reservoir.kernel.Refused when {@code cursor} is no place in the order
     */
    List<Event> after(String cursor, int limit, Duration patience) throws InterruptedException;

    /** The newest place: what happens from now on comes after it. */
    String newest();

    /**
     * @param cursor  its place in the order
     * @param topic   such as {@code vee}, {@code service}, {@code host}
     * @param subject what it is about, such as {@code vee-7}
     * @param type    what happened
     * @param json    the event itself, an object
     */
    record Event(String cursor, Instant at, String topic, String subject, String type, String json) {}
}
