package org.reservoir.monitoring.promql;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;

import org.reservoir.monitoring.promql.Value.Sample;

/** Classic histograms: series of the label {@code le}, each of which counts what was at most that. */
final class Histograms {
    private static final String BOUND = "le";

    private Histograms() {}

    /** @param bound inclusive upper one @param count of all up to it */
    private record Bucket(double bound, double count) {}

    /** A sample of each histogram; samples without a bound that is a number are left out. Source: Prometheus' documentation and behaviour of histogram_quantile(). */
    static List<Sample> quantiles(double q, List<Sample> samples) {
        Map<SortedMap<String, String>, List<Bucket>> histograms = new LinkedHashMap<>();
        for (var sample : samples) {
            var bound = bound(sample.labels().getOrDefault(BOUND, ""));
            if (bound.isPresent()) {
                var labels = Sample.nameless(sample.labels());
                labels.remove(BOUND);
                histograms.computeIfAbsent(labels, _ -> new ArrayList<>()).add(new Bucket(bound.getAsDouble(), sample.value()));
            }
        }
        return histograms.entrySet().stream().map(each -> new Sample(each.getKey(), quantile(q, each.getValue()))).toList();
    }

    private static OptionalDouble bound(String text) {
        try {
            return OptionalDouble.of(Double.parseDouble(text.replaceFirst("(?i)^([+-]?)inf(inity)?$", "$1Infinity")));
        } catch (NumberFormatException _) {
            return OptionalDouble.empty();
        }
    }

    private static double quantile(double q, List<Bucket> buckets) {
        if (Double.isNaN(q) || q < 0 || q > 1) {
            return Double.isNaN(q) ? q : q < 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        var rising = rising(buckets);
        int last = rising.size() - 1;
        double all = rising.getLast().count();
        if (rising.getLast().bound() != Double.POSITIVE_INFINITY || last < 1 || all == 0 || Double.isNaN(all)) {
            return Double.NaN;
        }
        double rank = q * all;
        int at = 0;
        while (at < last && rising.get(at).count() < rank) {
            at++;
        }
        if (at == last) {
            return rising.get(last - 1).bound();
        }
        if (at == 0 && rising.getFirst().bound() <= 0) {
            return rising.getFirst().bound();
        }
        var below = at == 0 ? new Bucket(0, 0) : rising.get(at - 1);
        return below.bound() + (rising.get(at).bound() - below.bound()) * ((rank - below.count()) / (rising.get(at).count() - below.count()));
    }

    /** By bound, those of one bound added up; a count that is less than the one before is taken to be that, for both were not scraped at the same moment. */
    private static List<Bucket> rising(List<Bucket> buckets) {
        var rising = new ArrayList<Bucket>();
        for (var bucket : buckets.stream().sorted(Comparator.comparingDouble(Bucket::bound)).toList()) {
            if (!rising.isEmpty() && rising.getLast().bound() == bucket.bound()) {
                rising.set(rising.size() - 1, new Bucket(bucket.bound(), rising.getLast().count() + bucket.count()));
            } else {
                rising.add(bucket);
            }
        }
        for (int i = 1; i < rising.size(); i++) {
            rising.set(i, new Bucket(rising.get(i).bound(), Math.max(rising.get(i).count(), rising.get(i - 1).count())));
        }
        return rising;
    }
}
