package org.reservoir.store;

import java.time.Instant;

/** An event of a committed transaction, at its final place in the order of events. */
public record Event(Cursor cursor, Instant at, String topic, String subject, String type, String body) {}
