package org.reservoir.store;

import java.time.Instant;

/**
 * Work that a worker holds until its lease ends. Whoever claims it later gets a higher fence, and this claim is lost.
 *
 * @param attempts how often it has been claimed, this time included, less the times it was only postponed
 */
public record Claim(long id, long fence, String kind, String subject, String lane, String payload, int attempts, Instant leaseUntil) {}
