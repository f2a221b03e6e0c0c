package org.reservoir.site;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

import org.reservoir.monitoring.wire.TcpIntake;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers whose connections were refused where agents and peers are heard, and tells it: in the log now and then for each address and reason,
 * however often it comes, and some of them a minute, however many there are; and in the site's status.
 */
final class Strangers implements TcpIntake.Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Strangers.class);
    private static final Duration QUIET = Duration.ofMinutes(10);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int MOST_A_MINUTE = 10;
    private static final int MOST_STRANGERS = 256;

    private final InstantSource clock;
    private final Map<Stranger, Seen> seen = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Stranger, Seen> eldest) {
            return size() > MOST_STRANGERS;
        }
    };
    private Instant minute = Instant.EPOCH;
    private int toldInMinute;
    private long all;
    private String last = "none";

    private record Stranger(InetAddress from, String why) {}

    /** @param since how often since it was told of last */
    private record Seen(long since, Instant told) {}

    Strangers(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public synchronized void refused(InetAddress from, String why) {
        var now = clock.instant();
        all++;
        last = "%s at %s: %s".formatted(from.getHostAddress(), now.truncatedTo(java.time.temporal.ChronoUnit.SECONDS), why);
        var stranger = new Stranger(from, why);
        var before = seen.getOrDefault(stranger, new Seen(0, Instant.EPOCH));
        boolean tell = before.told().plus(QUIET).isBefore(now) && mayTell(now);
        if (tell) {
            LOG.warn("a connection of {} was refused where agents and peers are heard: {}{}", from.getHostAddress(), why, before.since() == 0 ? "" : "; %d more since the last of its was told".formatted(before.since()));
        }
        seen.put(stranger, tell ? new Seen(0, now) : new Seen(before.since() + 1, before.told()));
    }

    private boolean mayTell(Instant now) {
        if (minute.plus(MINUTE).isBefore(now)) {
            minute = now;
            toldInMinute = 0;
        }
        return ++toldInMinute <= MOST_A_MINUTE;
    }

    /** For the site's status. */
    synchronized Map<String, String> facts() {
        return Map.of("refused.connections", Long.toString(all), "refused.last", last);
    }
}
