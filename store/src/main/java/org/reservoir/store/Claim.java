package org.reservoir.store;

import java.time.Instant;

/** Work that a worker holds until its lease ends. @param attempts how often it was claimed, this time included @param fence grows with every claim */
public record Claim(long id, String kind, String subject, String lane, String payload, int attempts, long fence, Instant leaseUntil) {}
