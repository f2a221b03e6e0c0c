package org.reservoir.history;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;

import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;

/**
 * What the segments of a folder hold of one series, and how many samples that is.
 *
 * @param samples by the number of their segment
 * @param minutes how many samples are in each, by when it begins; of each segment
 * @param hours   the same
 * @param times   of samples or buckets, by the number of their segment
 */
record Parts(Series series, Map<Long, Points> samples, List<Points> minutes, List<Points> hours, Map<Long, long[]> times) {

    static Parts of(List<SegmentWalk.Found> found) throws IOException {
        var parts = new Parts(new Series(found.getFirst().key(), Labels.NONE), new TreeMap<>(), new ArrayList<>(), new ArrayList<>(), new HashMap<>());
        for (var each : found) {
            parts.take(each);
        }
        return parts;
    }

    private void take(SegmentWalk.Found found) throws IOException {
        long number = found.segment().number();
        if (found.segment().tier() == Tier.RAW) {
            samples.put(number, found.points(series));
            times.put(number, samples.get(number).times());
        } else {
            var counts = found.counts(series);
            (found.segment().tier() == Tier.MINUTE ? minutes : hours).add(counts);
            times.put(number, counts.times());
        }
    }

    /** How many samples were rolled up into each minute or hour. */
    Counts counts(Tier tier, List<Points> rolled) {
        return rolled.stream().map(each -> Counts.of(tier.step, each)).reduce(Counts.none(tier.step), Counts::with);
    }

    /** How many samples there are in each minute or hour, in segments of these numbers; what several of them hold counts once. */
    Counts counts(Tier tier, LongPredicate segments) {
        var some = samples.entrySet().stream().filter(each -> segments.test(each.getKey())).map(Map.Entry::getValue).toList();
        return Counts.of(tier.step, Points.merged(series, some).times());
    }
}
