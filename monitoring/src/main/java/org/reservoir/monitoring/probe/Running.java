package org.reservoir.monitoring.probe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A probe in a source: what is asked of it, who wants it, what it costs. There may be very many, so its fields are small. Guarded by its source's lock. */
final class Running extends Wheel.Spoke {
    /** A probe may take this share of its period; see {@link #charge}. */
    private static final double BUDGET = 0.05;
    private static final int SLOWEST = 8;
    /** What takes less than this share of its period is far from its budget. */
    private static final double CHEAP = BUDGET / 10;
    private static final int TIMED_ONCE_IN = 8;
    private static final int LOOKS_BEFORE_JUDGING = 5;

    /**
     * What a subscription asks of all streams of a schema: kept once, for there may be very many of them.
     *
     * @param line     by what the outlet comes to its listener: those over one line have one listener, who counts by one row of numbers
     * @param leastGap milliseconds
     */
    record Terms(int subscription, Outlet outlet, Outlet line, long attributes, long leastGap) {}

    /** One subscription to the stream. */
    static final class Link {
        final Terms terms;
        Gate gate;
        long sequence;
        long sentAt = Long.MIN_VALUE;
        private float held = 1;

        Link(Terms terms, Gate gate) {
            this.terms = terms;
            this.gate = gate;
        }

        /** Whether it is time for it, at a period of the stream. */
        boolean isDue(long now, Duration period) {
            long gap = gap(period);
            return gap == 0 || sentAt == Long.MIN_VALUE || now - sentAt >= gap;
        }

        /** @param times less often than it would get them, for its budget's sake; tells whether that is something new */
        boolean hold(double times) {
            boolean other = (float) times != held;
            held = (float) times;
            return other;
        }

        /** At most one measurement in so many milliseconds, of a stream that is measured every {@code period}; whole ticks. */
        long gap(Duration period) {
            long gap = held == 1 ? terms.leastGap() : (long) (Math.max(terms.leastGap(), period.toMillis()) * (double) held);
            return gap / Wheel.TICK_MILLIS * Wheel.TICK_MILLIS;
        }
    }

    /** The thread on which it is measured now, for one that waits. */
    record Waiting(Thread thread, long since) {}

    final Probe probe;
    /** Shared with all probes of its schema: filled and sent before the next one's turn. */
    final Row row;
    /** Never changed but replaced: one or two take the least room so, of very many probes. */
    List<Link> links = List.of();
    StreamInfo info;
    ProbeSettings settings;
    String problem = "";
    boolean removed;
    /** Whether it is in its source's {@link Lately}. */
    boolean toBeTold;
    boolean stopped;
    /** Sequence numbers of a stream go up for all listeners, so that one who comes again hears no number twice. */
    long highestSequence;
    Optional<Waiting> waiting = Optional.empty();
    long measuredAt = Long.MIN_VALUE;
    private float held = 1;
    private float leastCost = Float.MAX_VALUE;
    /** Nanoseconds of a measurement, the late ones counting most. */
    private float costs;
    private byte slowed = 1;
    private byte looks;
    private byte untimed;
    private boolean cheap;

    Running(StreamInfo info, Probe probe, ProbeSettings settings, Row row) {
        this.info = info;
        this.probe = probe;
        this.settings = settings;
        this.row = row;
    }

    void link(Link link) {
        var more = new ArrayList<>(links);
        more.add(link);
        links = List.copyOf(more);
    }

    /** Whether it was linked. */
    boolean unlink(int subscription) {
        int before = links.size();
        links = List.copyOf(links.stream().filter(link -> link.terms.subscription() != subscription).toList());
        return links.size() < before;
    }

    /** Whether it is measured now: on, wanted by somebody, and not stopped. */
    boolean measures() {
        return settings.on() && !stopped && !removed && !links.isEmpty();
    }

    StreamState state() {
        return removed ? StreamState.RETIRED : settings.on() && !stopped ? StreamState.ON : StreamState.OFF;
    }

    /** Its period, longer when all who listen want it less often, or it was slowed for its cost or its source's budget. */
    long periodMillis() {
        return (long) (wantedMillis(true) * slowed * (double) held);
    }

    /** Its period, 0 while it is not measured. */
    long rate() {
        return measures() ? periodMillis() : 0;
    }

    private long wantedMillis(boolean withinBudgets) {
        long asked = settings.period().toMillis();
        long wanted = Long.MAX_VALUE;
        for (var link : links) {
            wanted = Math.min(wanted, withinBudgets ? link.gap(settings.period()) : link.terms.leastGap());
        }
        return Math.max(asked, links.isEmpty() ? 0 : wanted);
    }

    /** Of one core, were it not held back. */
    double shareAsked() {
        return costs / (wantedMillis(false) * 1e6);
    }

    /** Measurements a second that a listener would get, were nothing held back. */
    double rateAsked(Link link) {
        return 1000.0 / Math.max(settings.period().toMillis(), link.terms.leastGap());
    }

    /** @param times less often than asked, for the source's budget's sake; tells whether that is something new */
    boolean hold(double times) {
        boolean other = (float) times != held;
        held = (float) times;
        return other;
    }

    private double held() {
        return periodMillis() / (double) (wantedMillis(false) * slowed);
    }

    /** A feed that comes a little before its time is in time, for the feeder's clock is not this one. */
    boolean tooSoon(long now) {
        return measuredAt != Long.MIN_VALUE && now - measuredAt < periodMillis() * 3 / 4;
    }

    DataSource.Status status() {
        return new DataSource.Status(info, settings, state(), measures(), problem, new Effort(Duration.ofMillis(periodMillis()), (long) costs, slowed, held()));
    }

    void forgive() {
        slowed = 1;
        looks = 0;
        leastCost = Float.MAX_VALUE;
        cheap = false;
        stopped = false;
    }

    /** Whether it is to be seen what the next measurement costs: of one that is known to be cheap, every eighth, for to look at the clock twice costs as much as many a measurement. */
    boolean isToBeTimed() {
        untimed = (byte) ((untimed + 1) % TIMED_ONCE_IN);
        return untimed == 0 || !cheap;
    }

    /**
     * Adds what a measurement cost. Judged is the cheapest of several, for a thread that had to wait makes any one look dear.
     * Over budget it is measured half as often, in the end not at all; tells whether that changed something.
     */
    boolean charge(long nanos) {
        costs = costs == 0 ? nanos : costs + (nanos - costs) / 8;
        leastCost = Math.min(leastCost, nanos);
        cheap = costs < CHEAP * periodMillis() * 1e6;
        if (++looks < LOOKS_BEFORE_JUDGING) {
            return false;
        }
        boolean over = leastCost > BUDGET * periodMillis() * 1e6;
        looks = 0;
        leastCost = Float.MAX_VALUE;
        if (over) {
            slowed *= 2;
            stopped = slowed > SLOWEST;
            problem = stopped ? "stopped: it costs more than its budget" : "measured %d times less often: it costs more than its budget".formatted(slowed);
        }
        return over;
    }
}
