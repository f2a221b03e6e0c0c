package org.reservoir.monitoring;

import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/**
 * Puts every number that is heard into the {@link Measurements}: attribute {@code a} of a stream of subject {@code s} becomes
 * series {@code (s, a)}. Times are those of hearing: a source's clock decides nothing. Its first stale, lost or retired state
 * needs no word here, for a window of a silent series says itself how little it covers.
 */
public final class Feed implements Listener {
    /** Streams: fewer than what a processor has on its way at once would wait more often, more would push each other out. */
    private static final int AHEAD = 16;
    /** Looks at a stream, each further than the one before. */
    private static final int STEPS = 3;

    private final Measurements measurements;
    private final InstantSource clock;
    private final Map<SourceId, Streams> known = new ConcurrentHashMap<>();

    public Feed(Measurements measurements, InstantSource clock) {
        this.measurements = measurements;
        this.clock = clock;
    }

    /** A stream's numbers, found once. Guarded by its source's {@link Streams}. */
    private final class Numbers {
        private final StreamInfo stream;
        private final int[] attributes;
        private final Together series;

        Numbers(StreamInfo stream, int[] attributes) {
            this.stream = stream;
            this.attributes = attributes;
            series = measurements.together(stream.subject(), Arrays.stream(attributes).mapToObj(i -> stream.schema().attributes().get(i).name()).toList());
        }

        boolean isOf(StreamInfo other) {
            return stream == other || stream.schema().equals(other.schema()) && stream.subject().equals(other.subject());
        }

        /** Touches what lies two steps further on the way to where its next row will be written. */
        long seen(int step) {
            return switch (step) {
                case 0 -> attributes.length;
                case 1 -> series.known();
                default -> series.seen();
            };
        }

        /** @param values as many as it has numbers; what is in them is of no meaning */
        void take(Row row, long at, double[] values) {
            for (int i = 0; i < values.length; i++) {
                values[i] = row.number(attributes[i]);
                if (Double.isNaN(values[i]) && row.has(attributes[i])) {
                    measurements.refuse(Measurements.Refusal.NOT_A_NUMBER);
                }
            }
            series.take(at, values);
        }
    }

    private static int[] numbers(Schema schema) {
        return IntStream.range(0, schema.size()).filter(i -> schema.attributes().get(i).type().isNumber()).toArray();
    }

    /** Those of one source, which tells one after another: a table with open places, found by the streams' numbers, which lie close together. */
    private final class Streams {
        private Numbers[] table = new Numbers[16];
        private int size;
        /** Of the schema that came last, for as a rule the streams of one come one after another, and share them. */
        private Schema schema;
        private int[] attributes;
        /** For values of a row, by how many they are. */
        private double[][] rooms = new double[1][0];
        /** By the place of a stream: that of the one that came after it the last time. A guess, as is {@code last}: either may have moved since. */
        private int[] after = new int[table.length];
        private int last;
        private int lookedAt;
        /** Made of what was looked at, or the compiler would leave the looking out. */
        private long seen;

        synchronized void take(StreamInfo stream, Row row, long at) {
            int place = of(stream);
            after[last] = place;
            last = place;
            if (--lookedAt <= 0) {
                lookAhead(place);
            }
            var numbers = table[place];
            numbers.take(row, at, room(numbers.attributes.length));
        }

        /**
         * Looks at where the next streams will be written. Of a hundred thousand series nothing is in the processor's cache a second later; here it waits for
         * many of them at once, and under the locks on the way of each for one after the other. It goes a step further with each round: all the way of one stream
         * before the next would be more than a processor has in view, and it would wait for few at once.
         */
        private void lookAhead(int from) {
            for (int step = 0; step < STEPS; step++) {
                int place = from;
                for (int i = 0; i < AHEAD; i++) {
                    place = after[place];
                    seen += table[place] == null ? 0 : table[place].seen(step);
                }
            }
            lookedAt = AHEAD;
        }

        private int[] attributes(Schema of) {
            if (!of.equals(schema)) {
                schema = of;
                attributes = numbers(of);
            }
            return attributes;
        }

        private double[] room(int values) {
            for (int i = rooms.length; i <= values; i++) {
                rooms = Arrays.copyOf(rooms, i + 1);
                rooms[i] = new double[i];
            }
            return rooms[values];
        }

        /** Its place. */
        private int of(StreamInfo stream) {
            int place = place(stream.number());
            var there = table[place];
            if (there != null && there.isOf(stream)) {
                return place;
            }
            size += there == null ? 1 : 0;
            table[place] = new Numbers(stream, attributes(stream.schema()));
            makeRoom();
            return place(stream.number());
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
                after = Arrays.copyOf(after, table.length);
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
        streams(stream.source()).take(stream, row, clock.millis());
    }

    private Streams streams(SourceId source) {
        var there = known.get(source);
        return there == null ? known.computeIfAbsent(source, _ -> new Streams()) : there;
    }

    @Override
    public void changed(StreamInfo stream, StreamState state, String why) {
        if (state == StreamState.RETIRED || state == StreamState.LOST) {
            known.getOrDefault(stream.source(), new Streams()).forget(stream.number()); // all else shows in the windows, see the class
        }
    }
}
