package org.reservoir.monitoring;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;

/**
 * Takes what guests say: over a per-VEE channel line by line ({@link Voice}), or in one HTTP request ({@link #report}).
 * A guest speaks for itself alone, proves it with its secret, can report KPIs and say that it is ready, and nothing
 * else. Each VEE may report {@link Pace} so often; what is above is refused and counted. Times are the site's own.
 */
public final class KpiIntake {
    /** KPIs per second in the long run, and at once. */
    public record Pace(double perSecond, int atOnce) {
        public static final Pace USUAL = new Pace(50, 200);
    }

    private static final int MOST_BUCKETS = 200_000;

    private final GuestDesk desk;
    private final Measurements measurements;
    private final InstantSource clock;
    private final Pace pace;
    private final Map<VeeId, Bucket> reports = new ConcurrentHashMap<>();

    public KpiIntake(GuestDesk desk, Measurements measurements, InstantSource clock, Pace pace) {
        this.desk = desk;
        this.measurements = measurements;
        this.clock = clock;
        this.pace = pace;
    }

    /** One connection of a guest; call {@link Voice#line} for each line it says. */
    public Voice voice() {
        return new Voice(Optional.empty());
    }

    /** A channel that only this VEE's guest can write to, such as its virtio port; it needs no HELLO. */
    public Voice voiceOf(VeeId vee) {
        return new Voice(Optional.of(vee));
    }

    /**
     * The same by HTTP: all KPIs of a request, or none.
     *
     * @throws Refused {@code WRONG_SECRET}, {@code BAD_KPI}, {@code TOO_FAST}, {@code NO_ROOM}
     */
    public void report(VeeId vee, String secret, Map<String, Double> kpis) {
        admit(vee, secret);
        kpis.forEach((name, value) -> {
            SeriesKey.kpi(name, GuestLine.LONGEST_KPI_NAME);
            if (value == null || !Double.isFinite(value)) {
                throw Refused.invalid("BAD_KPI", "KPI %s has no number as its value.".formatted(name), "");
            }
        });
        spend(vee, kpis.size());
        kpis.forEach((name, value) -> take(vee, name, value));
    }

    /** The same as READY by HTTP. @throws Refused {@code WRONG_SECRET} */
    public void ready(VeeId vee, String secret) {
        admit(vee, secret);
        desk.ready(vee);
    }

    /** Lets go of what is kept for a VEE that is gone. */
    public void forget(VeeId vee) {
        reports.remove(vee);
    }

    /** What one connection says; not for several threads. */
    public final class Voice {
        private Optional<VeeId> speaker;

        private Voice(Optional<VeeId> speaker) {
            this.speaker = speaker;
        }

        /**
         * Takes one line.
         *
         * @return the answer to send back: {@code OK}, or {@code NO CODE what is wrong}
         */
        public String line(String line) {
            try {
                hear(GuestLine.parse(line));
                return "OK";
            } catch (Refused refused) {
                return "NO " + refused.code() + " " + refused.getMessage().replaceAll("[\\r\\n]+", " ");
            }
        }

        /** Who speaks, once known. */
        public Optional<VeeId> speaker() {
            return speaker;
        }

        private void hear(GuestLine line) {
            switch (line) {
                case GuestLine.Hello(var vee, var secret) -> {
                    speaker = Optional.empty();
                    admit(vee, secret);
                    speaker = Optional.of(vee);
                }
                case GuestLine.Ready() -> desk.ready(known());
                case GuestLine.Kpi(var name, var value) -> {
                    spend(known(), 1);
                    take(known(), name, value);
                }
            }
        }

        private VeeId known() {
            return speaker.orElseThrow(() -> {
                measurements.refuse(Measurements.Refusal.NO_HELLO);
                return new Refused(Refused.Kind.UNAUTHENTICATED, "NO_HELLO", "Nobody has said HELLO on this connection.", "Say HELLO <vee> <secret> first.");
            });
        }
    }

    private void admit(VeeId vee, String secret) {
        if (!desk.knowsSecret(vee, secret)) {
            measurements.refuse(Measurements.Refusal.UNKNOWN_VEE);
            throw new Refused(Refused.Kind.UNAUTHENTICATED, "WRONG_SECRET", "This is not the secret of %s.".formatted(vee), "");
        }
    }

    private void spend(VeeId vee, int reportsNow) {
        if (!bucket(vee).take(reportsNow, clock.instant())) {
            measurements.refuse(Measurements.Refusal.RATE_LIMIT);
            throw Refused.exhausted("TOO_FAST", "%s reports faster than %s a second.".formatted(vee, pace.perSecond()), "Report less often.");
        }
    }

    private void take(VeeId vee, String name, double value) {
        if (!measurements.take(Subject.of(vee), name, value, clock.instant())) {
            throw Refused.exhausted("NO_ROOM", "The site keeps no more series; KPI %s of %s was not taken.".formatted(name, vee), "");
        }
    }

    private Bucket bucket(VeeId vee) {
        if (reports.size() >= MOST_BUCKETS && !reports.containsKey(vee)) {
            reports.clear(); // a bound for the case that nobody calls forget; a bucket made anew is full
        }
        return reports.computeIfAbsent(vee, _ -> new Bucket(pace));
    }

    /** A token bucket. */
    private static final class Bucket {
        private final double perSecond;
        private final int most;
        private double tokens;
        private Instant since = Instant.MIN;

        Bucket(Pace pace) {
            this.perSecond = pace.perSecond();
            this.most = pace.atOnce();
            this.tokens = most;
        }

        synchronized boolean take(int wanted, Instant now) {
            fill(now);
            if (tokens < wanted) {
                return false;
            }
            tokens -= wanted;
            return true;
        }

        private void fill(Instant now) {
            if (since != Instant.MIN && now.isAfter(since)) {
                tokens = Math.min(most, tokens + perSecond * (now.toEpochMilli() - since.toEpochMilli()) / 1000);
            }
            since = now;
        }
    }
}
