package org.reservoir.monitoring.history;

import java.util.List;
import java.util.Optional;

import org.reservoir.monitoring.SeriesKey;
import org.reservoir.monitoring.Subject;

/** Which series are asked for. */
public sealed interface Wanted {
    boolean takes(Series series);

    record One(SeriesKey key) implements Wanted {
        @Override
        public boolean takes(Series series) {
            return series.key().equals(key);
        }
    }

    /** Of a subject, or a name, or both; empty is any. */
    record Of(Optional<Subject> subject, Optional<String> name) implements Wanted {
        @Override
        public boolean takes(Series series) {
            return subject.map(series.key().subject()::equals).orElse(true) && name.map(series.key().name()::equals).orElse(true);
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
