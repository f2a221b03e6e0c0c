package org.reservoir.history;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import org.reservoir.monitoring.history.Buckets;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;
import org.reservoir.monitoring.history.Span;

/** What is known of one series in a span: each time is answered by one tier, the finest that still keeps it. */
final class Answering {
    private final Series series;
    private final Span span;
    private final Contents contents;
    private final List<Segment> segments;
    private final List<Head> heads;
    private final Catalog catalog;

    Answering(Series series, Span span, Contents contents, List<Segment> segments, List<Head> heads, Catalog catalog) {
        this.series = series;
        this.span = span;
        this.contents = contents;
        this.segments = segments;
        this.heads = heads;
        this.catalog = catalog;
    }

    Points points() throws IOException {
        var parts = new ArrayList<Points>();
        parts.addAll(ends(Tier.HOUR, span.until(contents.minutesFrom())));
        parts.addAll(ends(Tier.MINUTE, span.until(contents.rawFrom()).since(contents.minutesFrom())));
        parts.addAll(samples(span.since(contents.rawFrom()), false));
        return Points.merged(series, parts);
    }

    /** @param step milliseconds */
    Buckets buckets(long step) throws IOException {
        var whole = new Span(Math.floorDiv(span.from(), step) * step, Math.floorDiv(span.to(), step) * step + step - 1);
        var sums = new Buckets.Gathering(step);
        var tier = tier(step);
        for (var coarser : Tier.values()) {
            if (coarser.compareTo(tier) > 0) {
                for (var buckets : rolled(coarser, part(coarser, tier, whole))) {
                    sums.add(buckets);
                }
            }
        }
        var rest = whole.since(contents.from(tier));
        if (tier != Tier.RAW) {
            for (var buckets : rolled(tier, rest)) {
                sums.add(buckets);
            }
        }
        // rolled-up samples of before are let go sooner than the roll-ups: what is fresh is in none of them
        sums.add(Points.merged(series, samples(tier == Tier.RAW ? rest : whole, tier != Tier.RAW)));
        return sums.buckets(series);
    }

    private static Tier tier(long step) {
        return step % Tier.HOUR.step == 0 ? Tier.HOUR : step % Tier.MINUTE.step == 0 ? Tier.MINUTE : Tier.RAW;
    }

    /** The time for which {@code coarser} answers because all that is finer, from {@code tier} on, is gone. */
    private Span part(Tier coarser, Tier tier, Span whole) {
        var finer = Tier.values()[coarser.ordinal() - 1];
        long gone = finer.compareTo(tier) >= 0 ? contents.from(finer) : Long.MIN_VALUE;
        return whole.until(gone).since(contents.from(coarser));
    }

    private List<Points> ends(Tier tier, Span within) throws IOException {
        var ends = new ArrayList<Points>();
        for (var buckets : rolled(tier, within)) {
            var times = new long[buckets.count()];
            for (int i = 0; i < times.length; i++) {
                times[i] = buckets.starts()[i] + tier.step - 1;
            }
            ends.add(new Points(series, times, buckets.last()));
        }
        return ends;
    }

    private List<Buckets> rolled(Tier tier, Span within) throws IOException {
        var found = new ArrayList<Buckets>();
        for (var segment : segments) {
            if (segment.info().tier() == tier && !within.isEmpty() && segment.info().span().meets(within)) {
                found.add(segment.buckets(series, within));
            }
        }
        return found;
    }

    /** From older to newer. @param freshOnly those that no roll-up holds */
    private List<Points> samples(Span within, boolean freshOnly) throws IOException {
        var found = new ArrayList<Points>();
        for (var segment : segments) {
            var info = segment.info();
            if (info.tier() == Tier.RAW && (info.fresh() || !freshOnly) && !within.isEmpty() && info.span().meets(within)) {
                found.add(segment.points(series, within));
            }
        }
        for (var head : heads) {
            found.addAll(head.points(series, catalog.lines(series.key()), within));
        }
        return found;
    }
}
