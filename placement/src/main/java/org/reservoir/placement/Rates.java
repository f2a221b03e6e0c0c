package org.reservoir.placement;

import java.time.Duration;
import org.reservoir.kernel.Refused;

/**
 * How long moves take and how many may go on at once, as measured by the VEEM.
 *
 * @param migrateBytesPerSecond memory copied in a live migration
 * @param suspendBytesPerSecond memory written to or read from disk
 * @param boot                  of a VEE
 * @param movesPerHost          going on at once, in and out together
 * @param maySuspend            whether a cycle of moves may be broken by a suspend when no host is free for a bypass
 */
public record Rates(long migrateBytesPerSecond, long suspendBytesPerSecond, Duration boot, int movesPerHost, boolean maySuspend) {
    public static final Rates USUAL = new Rates(100L << 20, 60L << 20, Duration.ofSeconds(3), 2, true);

    public Rates {
        if (migrateBytesPerSecond <= 0 || suspendBytesPerSecond <= 0 || movesPerHost <= 0 || boot.isNegative()) {
            throw Refused.invalid("BAD_RATES", "Rates must be more than zero: %d, %d bytes per second, %d moves per host."
                    .formatted(migrateBytesPerSecond, suspendBytesPerSecond, movesPerHost), "");
        }
    }

    public Rates withoutSuspend() {
        return new Rates(migrateBytesPerSecond, suspendBytesPerSecond, boot, movesPerHost, false);
    }

    /** In milliseconds. */
    long duration(Move move, Amounts amounts) {
        long memory = amounts.size() > 1 ? amounts.at(1) : 0;
        return switch (move) {
            case Move.Start _ -> Math.max(1, boot.toMillis());
            case Move.Stop _ -> 1000;
            case Move.Migrate _ -> 1000 + memory / Math.max(1, migrateBytesPerSecond / 1000);
            case Move.Suspend _, Move.Resume _ -> 500 + memory / Math.max(1, suspendBytesPerSecond / 1000);
        };
    }
}
