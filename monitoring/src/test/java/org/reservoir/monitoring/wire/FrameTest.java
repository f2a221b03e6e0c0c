package org.reservoir.monitoring.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.reservoir.kernel.testing.Seeded;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.Schema;
import org.reservoir.monitoring.probe.ValueType;

class FrameTest {
    private record Item(int stream, int low, String row) {}

    /** Knows the rows of some streams and writes down all it is given. */
    private static final class Noting implements FrameReader.Taker {
        final Map<Integer, Row> rows = new HashMap<>();
        final List<Item> items = new ArrayList<>();
        int passedOver;

        @Override
        public Row row(int stream) {
            return rows.getOrDefault(stream, FrameReader.UNKNOWN);
        }

        @Override
        public void taken(int stream, int low, Row row) {
            items.add(new Item(stream, low, text(row)));
        }

        @Override
        public void passedOver(int stream, int low) {
            passedOver++;
        }
    }

    private static String text(Row row) {
        var text = new StringBuilder(row.schema().type() + "@" + row.at());
        for (int i = 0; i < row.schema().size(); i++) {
            Object value = !row.has(i) ? "-" : row.type(i).isNumber() ? Double.isNaN(row.number(i)) ? "NaN" : (Object) row.bits(i)
                    : row.thing(i) instanceof byte[] bytes ? Arrays.toString(bytes) : sorted(row.thing(i));
            text.append(' ').append(value);
        }
        return text.toString();
    }

    private static Object sorted(Object thing) {
        return thing instanceof Map<?, ?> map ? new java.util.TreeMap<>(map) : thing;
    }

    @Test
    void whateverIsWrittenIsReadAgain() {
        Seeded.forAll(300, seed -> {
            var random = Seeded.random(seed);
            boolean ordered = random.nextBoolean();
            var writer = ordered ? FrameWriter.ordered(Frame.LARGEST) : FrameWriter.selfContained(Frame.LARGEST);
            var reader = ordered ? FrameReader.ordered() : FrameReader.selfContained();
            var noting = new Noting();
            var sending = new HashMap<Integer, Row>();
            for (int i = 0; i < 8; i++) {
                var schema = i > 0 && random.nextBoolean() ? sending.values().iterator().next().schema() : Rows.schema(random);
                int stream = random.nextInt(5000);
                sending.put(stream, new Row(schema));
                noting.rows.put(stream, new Row(schema));
            }
            var streams = List.copyOf(sending.keySet());
            var expected = new ArrayList<Item>();
            long at = 1_700_000_000_000L;
            for (int frame = 0; frame < 4; frame++) {
                writer.clear();
                for (int i = random.nextInt(30); i > 0; i--) {
                    int stream = streams.get(random.nextInt(streams.size()));
                    var row = sending.get(stream);
                    at += random.nextInt(2000) - 500;
                    Rows.fill(row, at, random);
                    long sequence = random.nextLong(1 << 20);
                    assertThat(writer.add(stream, sequence, row)).isTrue();
                    expected.add(new Item(stream, (int) sequence & 0xffff, text(row)));
                }
                if (writer.rows() > 0) {
                    assertThat(reader.read(writer.frame(), Frame.HEADER, writer.end(), noting)).isTrue();
                }
            }
            assertThat(noting.items).isEqualTo(expected);
        });
    }

    @Test
    void aFullFrameTakesNoMoreAndLosesNothingOfWhatItHolds() {
        Seeded.forAll(200, seed -> {
            var random = Seeded.random(seed);
            var writer = FrameWriter.selfContained(Frame.DATAGRAM);
            var noting = new Noting();
            var expected = new ArrayList<Item>();
            for (int i = 0; i < 500; i++) {
                var row = new Row(Rows.schema(random));
                Rows.fill(row, i, random);
                noting.rows.put(i, new Row(row.schema()));
                if (writer.add(i, i, row)) {
                    expected.add(new Item(i, i & 0xffff, text(row)));
                }
            }
            assertThat(writer.end()).isLessThanOrEqualTo(Frame.DATAGRAM - Frame.SEAL);
            assertThat(FrameReader.selfContained().read(writer.frame(), Frame.HEADER, writer.end(), noting)).isTrue();
            assertThat(noting.items).isEqualTo(expected).isNotEmpty();
        });
    }

    @Test
    void unknownStreamsAndOtherTypesArePassedOverAndTheRestIsRead() {
        var number = Schema.of("n", Schema.Attribute.of("x", ValueType.LONG));
        var text = Schema.of("s", Schema.Attribute.of("x", ValueType.STRING), Schema.Attribute.of("y", ValueType.MAP));
        var writer = FrameWriter.selfContained(Frame.DATAGRAM);
        writer.add(1, 1, new Row(text).begin(5).set(0, (Object) "hello").set(1, Map.of("k", 1L)));
        writer.add(2, 1, new Row(number).begin(6).set(0, 42L));
        writer.add(3, 1, new Row(number).begin(7).set(0, 43L));
        var noting = new Noting();
        noting.rows.put(2, new Row(text));
        noting.rows.put(3, new Row(number));

        assertThat(FrameReader.selfContained().read(writer.frame(), Frame.HEADER, writer.end(), noting)).isTrue();
        assertThat(noting.items).containsExactly(new Item(3, 1, "n@7 43"));
        assertThat(noting.passedOver).isEqualTo(2);
    }

    @Test
    void aStreamWhoseDifferencesWerePassedOverIsReadRightlyOnceItIsKnown() {
        var number = Schema.of("n", Schema.Attribute.of("x", ValueType.LONG));
        var writer = FrameWriter.ordered(Frame.LARGEST);
        var reader = FrameReader.ordered();
        var noting = new Noting();
        writer.add(1, 1, new Row(number).begin(5).set(0, 1000L));
        reader.read(writer.frame(), Frame.HEADER, writer.end(), noting);
        noting.rows.put(1, new Row(number));
        writer.clear();
        writer.add(1, 2, new Row(number).begin(6).set(0, 1001L));
        reader.read(writer.frame(), Frame.HEADER, writer.end(), noting);

        assertThat(noting.items).containsExactly(new Item(1, 2, "n@6 1001"));
        assertThat(noting.passedOver).isEqualTo(1);
    }

    @Test
    void noBytesWhateverTheyAreBreakTheReader() {
        Seeded.forAll(3000, seed -> {
            var random = Seeded.random(seed);
            var writer = FrameWriter.selfContained(Frame.DATAGRAM);
            var noting = new Noting();
            for (int i = 0; i < 5; i++) {
                var row = new Row(Rows.schema(random));
                Rows.fill(row, i, random);
                noting.rows.put(i, new Row(row.schema()));
                writer.add(i, i, row);
            }
            var bytes = writer.frame();
            int end = writer.end();
            if (random.nextInt(4) == 0) {
                random.nextBytes(bytes);
            }
            for (int flips = random.nextInt(8); flips > 0; flips--) {
                bytes[Frame.HEADER + random.nextInt(Math.max(1, end - Frame.HEADER))] = (byte) random.nextInt();
            }
            end = Frame.HEADER + random.nextInt(Math.max(1, end - Frame.HEADER + 1));
            FrameReader.selfContained().read(bytes, Frame.HEADER, end, noting);
            FrameReader.ordered().read(bytes, Frame.HEADER, end, noting);
            Words.told(new Cursor().over(bytes, Frame.HEADER, end), new org.reservoir.monitoring.probe.SourceId(1));
            Words.interest(new Cursor().over(bytes, Frame.HEADER, end));
            Words.settings(new Cursor().over(bytes, Frame.HEADER, end));
            assertThat(noting.items.size() + noting.passedOver).as("a frame cannot hold more rows than bytes").isLessThan(2 * Frame.DATAGRAM);
        });
    }

    @Test
    void numbersOfEveryLengthComeBack() {
        var bytes = new byte[64];
        for (int shift = 0; shift < 64; shift++) {
            for (long value : new long[] {1L << shift, (1L << shift) - 1, -(1L << shift), ~(1L << shift)}) {
                var out = new Cursor().over(bytes, 0, 40);
                out.putVar(value);
                out.putSigned(value);
                int end = out.at;
                var in = new Cursor().over(bytes, 0, end);
                assertThat(in.takeVar()).isEqualTo(value);
                assertThat(in.takeSigned()).isEqualTo(value);
                assertThat(in.left()).isZero();
                assertThat(in.broken).isFalse();
            }
        }
    }

    @Test
    void aSealedFrameIsOpenedByItsKeyAloneAndOnlyUntouched() {
        var key = "0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        var frame = new byte[200];
        Frame.putHeader(frame, Frame.DATA, 77, 1);
        Arrays.fill(frame, Frame.HEADER, 100, (byte) 5);
        int end = new Seal(key, 77, 0).close(frame, 100);
        assertThat(end).isEqualTo(116);
        for (int i = 0; i < end; i++) {
            var touched = frame.clone();
            touched[i] ^= 1;
            assertThat(new Seal(key, 77, 0).open(touched, end)).as("byte %d changed", i).isEqualTo(-1);
        }
        assertThat(new Seal(key, 77, 1).open(frame.clone(), end)).as("sent back to its sender").isEqualTo(-1);
        assertThat(new Seal("another key 0123".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 77, 0).open(frame.clone(), end)).isEqualTo(-1);
        assertThat(new Seal(key, 77, 0).open(frame, end)).isEqualTo(100);
        assertThat(frame[50]).isEqualTo((byte) 5);
    }

    @Test
    void eachFrameNumberPassesOnceAndWhatIsMissingIsCounted() {
        Seeded.forAll(200, seed -> {
            var random = Seeded.random(seed);
            var guard = new ReplayGuard();
            var seen = new java.util.HashSet<Long>();
            long start = random.nextInt(100_000);
            long highest = start;
            guard.passes(start);
            seen.add(start);
            for (int i = 0; i < 3000; i++) {
                long number = Math.max(start, highest + random.nextInt(20) - 15);
                highest = Math.max(highest, number);
                assertThat(guard.passes(number)).isEqualTo(seen.add(number));
            }
            assertThat(guard.passes(highest - 5000)).isFalse();
            assertThat(guard.missing()).isEqualTo(highest - start + 1 - seen.size());
        });
    }
}
