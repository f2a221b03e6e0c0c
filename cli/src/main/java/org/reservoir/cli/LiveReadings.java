package org.reservoir.cli;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The newest readings of the series that are asked for: those that there are, and then each that the site streams. When the stream ends or
 * breaks off, the next look begins anew with those that there are.
 */
final class LiveReadings implements AutoCloseable {
    private static final String READINGS = "/api/monitoring/v1/measurements";

    private final Site site;
    private final String query;
    private final Map<String, Object> newest = new ConcurrentHashMap<>();
    private final AtomicLong missed = new AtomicLong();
    private Optional<ServerEvents> events = Optional.empty();
    private Thread reader = Thread.ofVirtual().unstarted(() -> { });
    private boolean begun;

    /** @param query of both the list and the stream, without the question mark */
    LiveReadings(Site site, String query) {
        this.site = site;
        this.query = query;
    }

    static List<Object> list(Site site, String query) {
        return site.all(READINGS + "?" + query);
    }

    static ServerEvents stream(Site site, String query) {
        return ServerEvents.open(site, READINGS + "/stream?" + query, Map.of());
    }

    List<Object> look() {
        if (!begun || !reader.isAlive()) {
            begin();
        }
        return List.copyOf(newest.values());
    }

    /** Readings that came too fast for this machine. */
    long missed() {
        return missed.get();
    }

    private void begin() {
        begun = true;
        var opened = stream(site, query);
        events = Optional.of(opened);
        newest.clear();
        list(site, query).forEach(this::note);
        reader = Thread.ofVirtual().name("readings").start(() -> read(opened));
    }

    private void read(ServerEvents from) {
        try (from) {
            for (var event = from.next(); event.isPresent(); event = from.next()) {
                if (event.get().name().equals("gap")) {
                    missed.addAndGet(Long.parseLong(Json.text(event.get().data(), "missed")));
                } else {
                    note(event.get().data());
                }
            }
        } catch (IOException _) {
            // it broke off: whoever looks next begins anew, and is told when no site answers
        }
    }

    private void note(Object reading) {
        newest.merge(Json.text(reading, "subject") + " " + Json.text(reading, "metric"), reading,
                (one, other) -> Instant.parse(Json.text(other, "at")).isBefore(Instant.parse(Json.text(one, "at"))) ? one : other);
    }

    @Override
    public void close() {
        events.ifPresent(open -> {
            try {
                open.close();
            } catch (IOException _) {
                // it is gone anyway
            }
        });
    }
}
