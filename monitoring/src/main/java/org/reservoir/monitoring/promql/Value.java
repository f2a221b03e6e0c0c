package org.reservoir.monitoring.promql;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import org.reservoir.monitoring.Tags;

/** What an expression comes to at one time. */
sealed interface Value {
    record Scalar(double value) implements Value {}

    record Text(String value) implements Value {}

    record Vector(List<Sample> samples) implements Value {
        public Vector {
            samples = List.copyOf(samples);
        }
    }

    record Sample(SortedMap<String, String> labels, double value) {
        Sample with(double other) {
            return new Sample(labels, other);
        }

        /** Without the name of the metric, which it is no longer. */
        Sample nameless(double other) {
            return new Sample(nameless(labels), other);
        }

        static SortedMap<String, String> nameless(Map<String, String> labels) {
            var some = new TreeMap<>(labels);
            some.remove(Tags.NAME);
            return some;
        }
    }
}
