package org.reservoir.monitoring;

import java.util.Comparator;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.DoubleStream;

import org.reservoir.kernel.VeeId;

/**
 * One measurement over all replicas of a component: the KPI of the component is the sum over its replicas of each
 * replica's mean. A replica of which nothing was heard in the window is {@link #missing()}: it adds nothing, and
 * whoever decides sees that the sum is not whole.
 */
public record Total(SortedMap<VeeId, Figures> replicas) {
    public Total {
        replicas = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(replicas));
    }

    /** Sum over the replicas of each one's mean; empty when nothing was heard of any. */
    public OptionalDouble value() {
        return sum(Aggregate.MEAN);
    }

    /** Sum over the replicas of each one's aggregate, which is no percentile; empty when no replica has one. */
    public OptionalDouble sum(Aggregate aggregate) {
        return heard(aggregate).reduce(Double::sum);
    }

    /** Mean over those replicas that were heard; empty when none was. */
    public OptionalDouble meanPerReplica() {
        return heard(Aggregate.MEAN).average();
    }

    /** Mean of the replicas' coverage, a missing one counted as 0; 0 when there is no replica. */
    public double coverage() {
        return replicas.values().stream().mapToDouble(Figures::coverage).average().orElse(0);
    }

    /** Coverage of the replica that is heard least; 0 when there is no replica. */
    public double leastCoverage() {
        return replicas.values().stream().mapToDouble(Figures::coverage).min().orElse(0);
    }

    /** Replicas of which nothing was heard in the window. */
    public Set<VeeId> missing() {
        var missing = new TreeSet<VeeId>(Comparator.naturalOrder());
        replicas.forEach((vee, figures) -> {
            if (figures.count() == 0) {
                missing.add(vee);
            }
        });
        return missing;
    }

    private DoubleStream heard(Aggregate aggregate) {
        return replicas.values().stream().filter(figures -> figures.count() > 0)
                .map(figures -> figures.of(aggregate)).filter(OptionalDouble::isPresent).mapToDouble(OptionalDouble::getAsDouble);
    }
}
