package org.reservoir.site;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.reservoir.gateways.EventSource;
import org.reservoir.store.Cursor;
import org.reservoir.store.Outbox;

/** Shows the outbox to the gateways. An event's place — its transaction and its number within it — is told as one number that grows. */
final class OutboxEvents implements EventSource {
    /** More events than one transaction ever writes. */
    private static final int BITS = 20;

    private final Outbox outbox;

    OutboxEvents(Outbox outbox) {
        this.outbox = outbox;
    }

    @Override
    public List<Event> after(long number, int limit, Duration patience) throws InterruptedException {
        var cursor = new Cursor(number >> BITS, (int) (number & (1 << BITS) - 1));
        var events = outbox.after(cursor, Set.of(), limit);
        if (events.isEmpty() && outbox.awaitNews(cursor, patience)) {
            events = outbox.after(cursor, Set.of(), limit);
        }
        return events.stream().map(event -> new Event(number(event.cursor()), event.at(), event.topic(), event.subject(), event.body())).toList();
    }

    @Override
    public long newest() {
        return number(outbox.latest());
    }

    private static long number(Cursor cursor) {
        return cursor.transaction() << BITS | cursor.nr();
    }
}
