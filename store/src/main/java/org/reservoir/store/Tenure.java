package org.reservoir.store;

import java.time.Instant;

/**
 * The right to do something alone until a time, such as to run one placement cycle.
 *
 * @param fence grows with every change of holder; orders given under an older one are stale
 */
public record Tenure(String name, String holder, long fence, Instant until) {}
