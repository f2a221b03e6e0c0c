package org.reservoir.site;

import java.time.Duration;
import java.util.List;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.history.Buckets;
import org.reservoir.monitoring.history.History;
import org.reservoir.monitoring.history.Pen;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;
import org.reservoir.monitoring.history.Span;
import org.reservoir.monitoring.history.Wanted;

/** What a site shows of its history when it was told to keep none: that, and what is there instead. */
final class NoHistory implements History {
    static final String WHY = "This site keeps no history of what is measured: it was started with --history none.";

    static Refused refused(String advice) {
        return Refused.conflict("NO_HISTORY", WHY, advice);
    }

    private static Refused notKept() {
        return refused("Newest values are at /api/monitoring/v1/measurements; alarms but for anomalies and elasticity rules work, for their windows are in memory. To keep it, start the site without --history none.");
    }

    @Override
    public Pen pen(Subject subject, List<String> names, Labels labels) {
        return Pen.NONE;
    }

    @Override
    public List<Series> series(Wanted wanted, int most) {
        throw notKept();
    }

    @Override
    public List<Points> points(Wanted wanted, Span span, int most) {
        throw notKept();
    }

    @Override
    public List<Buckets> buckets(Wanted wanted, Span span, Duration step, int most) {
        throw notKept();
    }

    /** Nothing is wrong, and why nothing is kept is said where trouble would be. */
    @Override
    public Health health() {
        return new Health(0, 0, 0, 0, 0, WHY);
    }

    @Override
    public void close() {
        // it holds nothing
    }
}
