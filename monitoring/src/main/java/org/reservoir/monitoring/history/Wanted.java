package org.reservoir.monitoring.history;

import java.util.List;

import org.reservoir.monitoring.SeriesKey;

/** Which series are asked for. */
public sealed interface Wanted {
    boolean takes(Series series);

    record One(SeriesKey key) implements Wanted {
        @Override
        public boolean takes(Series series) {
            return series.key().equals(key);
        }
    }

    /** Those on which all matchers agree. */
    record Matching(List<Matcher> matchers) implements Wanted {
        public Matching {
            matchers = List.copyOf(matchers);
        }

        @Override
        public boolean takes(Series series) {
            var tags = series.tags();
            return matchers.stream().allMatch(matcher -> matcher.matches(tags));
        }
    }
}
