package org.reservoir.monitoring;

import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/**
 * Puts every number that is heard into the {@link Measurements}: attribute {@code a} of a stream of subject {@code s} becomes
 * series {@code (s, a)}. Times are those of hearing: a source's clock decides nothing. Its first stale, lost or retired state
 * needs no word here, for a window of a silent series says itself how little it covers.
 */
public final class Feed implements Listener {
    private final Measurements measurements;
    private final InstantSource clock;
    private final Map<SourceId, Streams> known = new ConcurrentHashMap<>();

    public Feed(Measurements measurements, InstantSource clock) {
        this.measurements = measurements;
        this.clock = clock;
    }

    /** A stream's numbers, found once. Guarded by its own monitor. */
    private final class Numbers {
        private final StreamInfo stream;
        private final int[] attributes;
        private final double[] values;
        private final Together series;

        Numbers(StreamInfo stream) {
            this.stream = stream;
            var all = stream.schema().attributes();
            attributes = IntStream.range(0, all.size()).filter(i -> all.get(i).type().isNumber()).toArray();
            values = new double[attributes.length];
            series = measurements.together(stream.subject(), Arrays.stream(attributes).mapToObj(i -> all.get(i).name()).toList());
        }

        boolean isOf(StreamInfo other) {
            return stream == other || stream.schema().equals(other.schema()) && stream.subject().equals(other.subject());
        }

        synchronized void take(Row row, long at) {
            for (int i = 0; i < attributes.length; i++) {
                values[i] = row.number(attributes[i]);
                if (Double.isNaN(values[i]) && row.has(attributes[i])) {
                    measurements.refuse(Measurements.Refusal.NOT_A_NUMBER);
                }
            }
            series.take(at, values);
        }
    }

    /** Those of one source: a table with open places, found by the streams' numbers, which lie close together. */
    private final class Streams {
        private Numbers[] table = new Numbers[16];
        private int size;

        synchronized Numbers of(StreamInfo stream) {
            int place = place(stream.number());
            var there = table[place];
            if (there == null || !there.isOf(stream)) {
                size += there == null ? 1 : 0;
                there = new Numbers(stream);
                table[place] = there;
                makeRoom();
            }
            return there;
        }

        /** Those that were put further on because of it take their places anew. */
        synchronized void forget(int number) {
            int place = place(number);
            if (table[place] != null) {
                table[place] = null;
                size--;
                for (int i = next(place); table[i] != null; i = next(i)) {
                    var moved = table[i];
                    table[i] = null;
                    table[place(moved.stream.number())] = moved;
                }
            }
        }

        private void makeRoom() {
            if (2 * size > table.length) {
                var before = table;
                table = new Numbers[2 * before.length];
                Arrays.stream(before).filter(Objects::nonNull).forEach(numbers -> table[place(numbers.stream.number())] = numbers);
            }
        }

        private int place(int number) {
            int place = number & table.length - 1;
            while (table[place] != null && table[place].stream.number() != number) {
                place = next(place);
            }
            return place;
        }

        private int next(int place) {
            return place + 1 & table.length - 1;
        }
    }

    @Override
    public void measured(StreamInfo stream, Row row) {
        known.computeIfAbsent(stream.source(), _ -> new Streams()).of(stream).take(row, clock.millis());
    }

    @Override
    public void changed(StreamInfo stream, StreamState state, String why) {
        if (state == StreamState.RETIRED || state == StreamState.LOST) {
            known.getOrDefault(stream.source(), new Streams()).forget(stream.number()); // all else shows in the windows, see the class
        }
    }
}
