package org.reservoir.history;

import java.time.Duration;

/**
 * How much is kept, and how.
 *
 * @param raw      for how long samples are kept one by one
 * @param minutes  for how long what they came to in each minute
 * @param hours    the same of each hour
 * @param bytes    on disk at most; when it would be more, the oldest samples go first, then the oldest minutes, hours last
 * @param spare    bytes that are left free on the disk
 * @param head     values held in memory at most before they go into a segment, 16 bytes each
 * @param sealAge  after how long they do at the latest
 * @param queue    values that may wait to be written
 * @param series   series known at most
 * @param commit   how long a row may wait until it is safe
 */
public record HistoryPolicy(Duration raw, Duration minutes, Duration hours, long bytes, long spare, int head, Duration sealAge, int queue, int series, Duration commit) {
    /** For a site that says nothing of it: two days, a month and a year, within a gigabyte. */
    public static final HistoryPolicy USUAL = new HistoryPolicy(Duration.ofDays(2), Duration.ofDays(31), Duration.ofDays(400), 1L << 30, 128L << 20, 2_000_000,
            Duration.ofHours(1), 1 << 16, 400_000, Duration.ofMillis(250));

    public HistoryPolicy keeping(Duration newRaw, Duration newMinutes, Duration newHours) {
        return new HistoryPolicy(newRaw, newMinutes, newHours, bytes, spare, head, sealAge, queue, series, commit);
    }

    /** @param newBytes on disk at most @param newSpare left free */
    public HistoryPolicy within(long newBytes, long newSpare) {
        return new HistoryPolicy(raw, minutes, hours, newBytes, newSpare, head, sealAge, queue, series, commit);
    }

    /** @param newHead values in memory at most @param newQueue values that may wait */
    public HistoryPolicy holding(int newHead, int newQueue) {
        return new HistoryPolicy(raw, minutes, hours, bytes, spare, newHead, sealAge, newQueue, series, commit);
    }

    Duration keeps(Tier tier) {
        return switch (tier) {
            case RAW -> raw;
            case MINUTE -> minutes;
            case HOUR -> hours;
        };
    }
}
