package org.reservoir.placement;

import java.time.Duration;
import org.reservoir.kernel.Refused;

/**
 * How long moves take and how many may go on at once.
 *
 * @param migrateBytesPerSecond memory copied in a live migration within a site, where nothing was measured
 * @param suspendBytesPerSecond memory written to or read from disk
 * @param boot                  of a VEE
 * @param movesPerHost          going on at once, in and out together
 * @param maySuspend            whether a cycle of moves may be broken by a suspend when no host is free for a bypass
 * @param betweenSites          of the link between two sites
 * @param wake                  of a host that sleeps, until it takes VEEs
 * @param sleep                 of a host that is awake
 * @param speeds                of migrations that the VEEM has measured
 */
public record Rates(long migrateBytesPerSecond, long suspendBytesPerSecond, Duration boot, int movesPerHost, boolean maySuspend, Link betweenSites, Duration wake, Duration sleep,
                    Speeds speeds) {
    public static final Rates USUAL = new Rates(100L << 20, 60L << 20, Duration.ofSeconds(3), 2, true, new Link(20L << 20, 4), Duration.ofMinutes(2), Duration.ofSeconds(15));

    /** With nothing measured. */
    public Rates(long migrateBytesPerSecond, long suspendBytesPerSecond, Duration boot, int movesPerHost, boolean maySuspend, Link betweenSites, Duration wake, Duration sleep) {
        this(migrateBytesPerSecond, suspendBytesPerSecond, boot, movesPerHost, maySuspend, betweenSites, wake, sleep, Speeds.UNMEASURED);
    }

    /** @param bytesPerSecond of one move, @param moves going on at once */
    public record Link(long bytesPerSecond, int moves) {}

    public Rates {
        if (migrateBytesPerSecond <= 0 || suspendBytesPerSecond <= 0 || movesPerHost <= 0 || betweenSites.bytesPerSecond <= 0 || betweenSites.moves <= 0) {
            throw Refused.invalid("BAD_RATES", "Rates must be more than zero: %d, %d and %d bytes per second, %d moves per host, %d per link.".formatted(migrateBytesPerSecond,
                    suspendBytesPerSecond, betweenSites.bytesPerSecond, movesPerHost, betweenSites.moves), "");
        }
        if (boot.isNegative() || wake.isNegative() || sleep.isNegative()) {
            throw Refused.invalid("BAD_RATES", "Nothing takes less than no time: boot %s, wake %s, sleep %s.".formatted(boot, wake, sleep), "");
        }
    }

    public Rates withoutSuspend() {
        return new Rates(migrateBytesPerSecond, suspendBytesPerSecond, boot, movesPerHost, false, betweenSites, wake, sleep, speeds);
    }

    public Rates measured(Speeds measured) {
        return new Rates(migrateBytesPerSecond, suspendBytesPerSecond, boot, movesPerHost, maySuspend, betweenSites, wake, sleep, measured);
    }

    /** In milliseconds. @param far whether it goes to another site */
    long duration(Move move, Amounts amounts, boolean far) {
        long memory = amounts.size() > 1 ? amounts.at(1) : 0;
        return switch (move) {
            case Move.Start _ -> Math.max(1, boot.toMillis());
            case Move.Stop _ -> 1000;
            case Move.Migrate(_, var from, var to) -> speeds.overhead().toMillis()
                    + memory / Math.max(1, speeds.between(from, to).orElse(far ? betweenSites.bytesPerSecond : migrateBytesPerSecond) / 1000);
            case Move.Suspend _, Move.Resume _ -> 500 + memory / Math.max(1, suspendBytesPerSecond / 1000);
        };
    }
}
