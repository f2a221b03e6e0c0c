package org.reservoir.history;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;

import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.history.Buckets;
import org.reservoir.monitoring.history.Points;
import org.reservoir.monitoring.history.Series;

/**
 * What the segments of a folder hold of one series, and how many samples that is.
 *
 * @param samples by the number of their segment
 * @param times   of samples or buckets, by the number of their segment
 */
record Parts(Series series, Map<Long, Points> samples, List<Buckets> minutes, List<Buckets> hours, Map<Long, long[]> times) {

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
            var buckets = found.buckets(series);
            (found.segment().tier() == Tier.MINUTE ? minutes : hours).add(buckets);
            times.put(number, buckets.starts());
        }
    }

    /** How many samples were rolled up into each minute or hour, by when it begins. */
    Map<Long, Double> counts(Tier tier, List<Buckets> rolled) {
        var sums = new Buckets.Gathering(tier.step);
        rolled.forEach(sums::add);
        return counts(sums);
    }

    /** How many samples there are in each minute or hour, in segments of these numbers; what several of them hold counts once. */
    Map<Long, Double> counts(Tier tier, LongPredicate segments) {
        var some = samples.entrySet().stream().filter(each -> segments.test(each.getKey())).map(Map.Entry::getValue).toList();
        return counts(new Buckets.Gathering(tier.step).add(Points.merged(series, some)));
    }

    private Map<Long, Double> counts(Buckets.Gathering sums) {
        var buckets = sums.buckets(series);
        var counts = new HashMap<Long, Double>();
        for (int i = 0; i < buckets.count(); i++) {
            counts.put(buckets.starts()[i], buckets.counts()[i]);
        }
        return counts;
    }
}
