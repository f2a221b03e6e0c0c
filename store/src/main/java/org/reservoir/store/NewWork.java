package org.reservoir.store;

import java.time.Instant;
import java.util.Objects;

/**
 * A piece of work to write down.
 *
 * @param kind    what is to be done; a worker claims by kind
 * @param subject whom it is about, such as a VEE's id; for people and for the worker
 * @param lane    what it shares with other work and may be full, such as a host; empty when nothing
 * @param payload what the worker needs besides; a JSON text by custom
 * @param runAt   not before this
 */
public record NewWork(String kind, String subject, String lane, String payload, Instant runAt) {
    public NewWork {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(lane, "lane");
        Objects.requireNonNull(payload, "payload");
        Objects.requireNonNull(runAt, "runAt");
    }
}
