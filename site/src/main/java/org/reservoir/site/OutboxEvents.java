package org.reservoir.site;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.reservoir.gateways.EventSource;
import org.reservoir.store.Cursor;
import org.reservoir.store.Outbox;

/** Shows the outbox to the gateways. */
final class OutboxEvents implements EventSource {
    private final Outbox outbox;

    OutboxEvents(Outbox outbox) {
        this.outbox = outbox;
    }

    @Override
    public List<Event> after(String place, int limit, Duration patience) throws InterruptedException {
        var cursor = Cursor.parse(place);
        var events = outbox.after(cursor, Set.of(), limit);
        if (events.isEmpty() && outbox.awaitNews(cursor, patience)) {
            events = outbox.after(cursor, Set.of(), limit);
        }
        return events.stream().map(event -> new Event(event.cursor().toString(), event.at(), event.topic(), event.subject(), event.type(), event.body())).toList();
    }

    @Override
    public String newest() {
        return outbox.latest().toString();
    }
}
