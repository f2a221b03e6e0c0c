package org.reservoir.monitoring;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;

/**
 * Takes what guests say: over a per-VEE channel line by line ({@link Voice}), or in one HTTP request ({@link #report}).
 * A guest speaks for itself alone, proves it with its secret, can report KPIs and say that it is ready, and nothing
 * else. Each VEE may report {@link Pace} so often, under so many names; what is above is refused and counted, and touches
 * no other VEE. Times are the site's own.
 */
public final class KpiIntake {
    /**
     * @param perSecond KPIs per second in the long run
     * @param atOnce    KPIs at once
     * @param names     different KPIs of one VEE
     */
    public record Pace(double perSecond, int atOnce, int names) {
        public static final Pace USUAL = new Pace(50, 200, 100);
    }

    /** Being ready is news for the site database: said again and again, it is passed on no more often than this. */
    private static final Pace READIES = new Pace(1, 3, 0);
    private static final int MOST_ALLOWANCES = 200_000;

    private final GuestDesk desk;
    private final Measurements measurements;
    private final InstantSource clock;
    private final Pace pace;
    private final KpiListener others;
    private final Map<VeeId, Allowance> allowances = new ConcurrentHashMap<>();

    public KpiIntake(GuestDesk desk, Measurements measurements, InstantSource clock, Pace pace) {
        this(desk, measurements, clock, pace, KpiListener.NONE);
    }

    /** @param others who are told too what was taken */
    public KpiIntake(GuestDesk desk, Measurements measurements, InstantSource clock, Pace pace, KpiListener others) {
        this.others = others;
        this.desk = desk;
        this.measurements = measurements;
        this.clock = clock;
        this.pace = pace;
    }

    /** One connection of nobody knows whom; call {@link Voice#line} for each line said. */
    public Voice voice() {
        return new Voice(Optional.empty());
    }

    /** A channel that only this VEE's guest can write to, such as its virtio port: nobody else is believed on it, whatever secret is said. */
    public Voice voiceOf(VeeId vee) {
        return new Voice(Optional.of(vee));
    }

    /**
     * The same by HTTP: all KPIs of a request, or none.
     *
     * @throws Refused {@code WRONG_SECRET}, {@code BAD_KPI}, {@code TOO_MANY_REPORTS}, {@code NO_ROOM}
     */
    public void report(VeeId vee, String secret, Map<String, Double> kpis) {
        admit(vee, secret);
        kpis.forEach((name, value) -> {
            SeriesKey.kpi(name, GuestLine.LONGEST_KPI_NAME);
            if (value == null || !Double.isFinite(value)) {
                throw Refused.invalid("BAD_KPI", "KPI %s has no number as its value.".formatted(name), "Give a finite number.");
            }
        });
        spend(vee, kpis.keySet());
        kpis.forEach((name, value) -> take(vee, name, value));
    }

    /** The same as READY by HTTP. @throws Refused {@code WRONG_SECRET}, {@code TOO_MANY_REPORTS} */
    public void ready(VeeId vee, String secret) {
        admit(vee, secret);
        noteReady(vee);
    }

    /** So many lines of this VEE's guest were dropped before they came here: too long or too many. */
    public void unheard(VeeId vee, long lines) {
        measurements.refuse(Measurements.Refusal.RATE_LIMIT, lines);
    }

    /** Lets go of what is kept for a VEE that is gone. */
    public void forget(VeeId vee) {
        allowances.remove(vee);
        others.forget(vee);
    }

    /** What one connection says; not for several threads. */
    public final class Voice {
        private final Optional<VeeId> owner;
        private Optional<VeeId> speaker = Optional.empty();

        private Voice(Optional<VeeId> owner) {
            this.owner = owner;
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
                if (refused.code().startsWith("BAD_")) {
                    measurements.refuse(Measurements.Refusal.BAD_LINE);
                }
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
                    requireOwner(vee);
                    admit(vee, secret);
                    speaker = Optional.of(vee);
                }
                case GuestLine.Ready() -> noteReady(known());
                case GuestLine.Kpi(var name, var value) -> {
                    spend(known(), Set.of(name));
                    take(known(), name, value);
                }
            }
        }

        private void requireOwner(VeeId vee) {
            if (owner.isPresent() && !owner.get().equals(vee)) {
                measurements.refuse(Measurements.Refusal.UNKNOWN_VEE);
                throw new Refused(Refused.Kind.UNAUTHENTICATED, "WRONG_VEE", "This is the channel of %s, not of %s.".formatted(owner.get(), vee), "");
            }
        }

        /** A VEE that ended meanwhile is nobody any more. */
        private VeeId known() {
            return speaker.filter(desk::lives).orElseThrow(() -> {
                measurements.refuse(Measurements.Refusal.NO_HELLO);
                return new Refused(Refused.Kind.UNAUTHENTICATED, "NO_HELLO", "Nobody has said HELLO on this connection.", "Say HELLO <vee> <secret> first.");
            });
        }
    }

    private void admit(VeeId vee, String secret) {
        if (!desk.knowsSecret(vee, secret) || !desk.lives(vee)) {
            measurements.refuse(Measurements.Refusal.UNKNOWN_VEE);
            throw new Refused(Refused.Kind.UNAUTHENTICATED, "WRONG_SECRET", "This is not the secret of %s.".formatted(vee), "Its guest finds its own in its seed: VEE_SECRET in reservoir.env.");
        }
    }

    private void noteReady(VeeId vee) {
        if (!allowance(vee).readies.take(1, clock.instant())) {
            throw tooFast(vee);
        }
        desk.ready(vee);
    }

    private void spend(VeeId vee, Set<String> names) {
        var allowance = allowance(vee);
        if (!allowance.admits(names)) {
            measurements.refuse(Measurements.Refusal.TOO_MANY_SERIES);
            throw Refused.exhausted("KPI_NAMES_USED_UP", "%s reports under more than %d names.".formatted(vee, pace.names()), "Use few names, again and again.");
        }
        if (!allowance.reports.take(names.size(), clock.instant())) {
            throw tooFast(vee);
        }
    }

    private Refused tooFast(VeeId vee) {
        measurements.refuse(Measurements.Refusal.RATE_LIMIT);
        return Refused.exhausted("TOO_MANY_REPORTS", "%s reports faster than %s a second.".formatted(vee, pace.perSecond()), "Report less often.");
    }

    private void take(VeeId vee, String name, double value) {
        var now = clock.instant();
        if (!measurements.take(Subject.of(vee), name, value, now)) {
            throw Refused.exhausted("NO_ROOM", "The site keeps no more series; KPI %s of %s was not taken.".formatted(name, vee), "");
        }
        others.reported(vee, name, value, now);
    }

    private Allowance allowance(VeeId vee) {
        if (allowances.size() >= MOST_ALLOWANCES && !allowances.containsKey(vee)) {
            allowances.clear(); // a bound for the case that nobody calls forget; an allowance made anew is full
        }
        return allowances.computeIfAbsent(vee, _ -> new Allowance(pace));
    }

    /** What one VEE may still report. */
    private static final class Allowance {
        private final Bucket reports;
        private final Bucket readies = new Bucket(READIES);
        private final int most;
        private final Set<String> names = new HashSet<>();

        Allowance(Pace pace) {
            this.reports = new Bucket(pace);
            this.most = pace.names();
        }

        /** All of the names, or none. */
        synchronized boolean admits(Set<String> wanted) {
            if (names.containsAll(wanted)) {
                return true;
            }
            var all = new HashSet<>(names);
            all.addAll(wanted);
            return all.size() <= most && names.addAll(wanted);
        }
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
