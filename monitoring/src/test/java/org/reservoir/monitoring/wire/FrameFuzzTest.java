package org.reservoir.monitoring.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.reservoir.monitoring.Listener;
import org.reservoir.monitoring.lattice.LatticeMessage;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.ProbeSettings;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.probe.Transmission;

/**
 * Whatever comes from a stranger, or from a friend gone mad, ends soon, throws nothing and takes no more room than it has bytes.
 * Runs what frames should be, and what was found before in the folder beside it; {@link FuzzingTest} looks for more.
 */
public class FrameFuzzTest {
    /** A frame of this many bytes cannot hold more rows: the smallest takes five. */
    private static final int LEAST_ROW = 5;

    private static final class Counting implements Listener {
        long measured;

        @Override
        public void measured(StreamInfo stream, Row row) {
            measured++;
        }

        @Override
        public void changed(StreamInfo stream, StreamState state, String why) {
            // states cost nothing to count
        }
    }

    static Stream<Arguments> frames() {
        var stream = SpoolTest.stream(1, 1);
        var told = new Cursor().over(new byte[Frame.LARGEST + Cursor.SLACK], 0, Frame.LARGEST);
        Words.put(told, new Words.Told(stream, StreamState.ON, ""));
        var data = FrameWriter.selfContained(Frame.LARGEST);
        var delta = FrameWriter.ordered(Frame.LARGEST);
        var kept = new Cursor().over(new byte[Frame.LARGEST + Cursor.SLACK], 0, Frame.LARGEST);
        kept.putLong(5);
        kept.putVar(0);
        kept.putVar(1);
        KeptWriter.putWord(kept, stream);
        var records = new KeptWriter();
        for (long n = 1; n <= 3; n++) {
            data.add(1, n, SpoolTest.row(n));
            delta.add(1, n, SpoolTest.row(n));
            records.putRow(kept, stream, n, SpoolTest.row(n));
        }
        var all = new ByteArrayOutputStream();
        put(all, Frame.TELL, told.bytes, 0, told.at);
        put(all, Frame.DATA, data.frame(), Frame.HEADER, data.end());
        put(all, Frame.DELTA, delta.frame(), Frame.HEADER, delta.end());
        put(all, Frame.KEPT, kept.bytes, 0, kept.at);
        put(all, Frame.ALIVE, told.bytes, 0, 0);
        return Stream.of(Arguments.of((Object) all.toByteArray()));
    }

    private static void put(ByteArrayOutputStream out, int kind, byte[] bytes, int from, int to) {
        out.write(kind);
        out.write(to - from >> 8);
        out.write(to - from);
        out.write(bytes, from, to - from);
    }

    static Stream<Arguments> words() {
        var words = new ArrayList<byte[]>();
        var out = new Cursor().over(new byte[Frame.LARGEST + Cursor.SLACK], 0, Frame.LARGEST);
        Words.put(out, new Words.Told(SpoolTest.stream(1, 1), StreamState.OFF, "because"));
        words.add(Arrays.copyOf(out.bytes, out.at));
        out.at = 0;
        Words.put(out, Interest.ALL);
        words.add(Arrays.copyOf(out.bytes, out.at));
        out.at = 0;
        Words.put(out, ProbeSettings.every(Duration.ofSeconds(1)).sending(Transmission.Band.above("n", 3)));
        words.add(Arrays.copyOf(out.bytes, out.at));
        return words.stream().map(word -> Arguments.of((Object) word));
    }

    static Stream<Arguments> messages() throws IOException {
        try (var in = LatticeMessage.class.getResourceAsStream("messages.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> line.contains("-all ") || line.contains("-4 "))
                    .map(line -> Arguments.of((Object) HexFormat.of().parseHex(line.substring(line.indexOf(' ') + 1)))).toList().stream();
        }
    }

    /** The first byte says what kind the frame is to be; the rest is its body. Several follow each other, as they would from one source. */
    @MethodSource("frames")
    @FuzzTest(maxDuration = "30s")
    void framesOfEveryKind(byte[] input) {
        var counting = new Counting();
        var hearing = new FrameHearing(new Collector(counting, () -> 1), Optional.empty(), Optional.empty(), (_, _) -> { });
        var frame = FrameHearing.buffer();
        int at = 0;
        long number = 0;
        while (at + 3 <= input.length && number < 50) {
            int length = Math.min((input[at + 1] & 0xff) << 8 | input[at + 2] & 0xff, input.length - at - 3);
            Arrays.fill(frame, (byte) 0);
            System.arraycopy(input, at + 3, frame, Frame.HEADER, length);
            Frame.putHeader(frame, Math.floorMod(input[at], 9), 1, ++number);
            hearing.hear(frame, Frame.HEADER + length);
            at += 3 + length;
        }
        if (counting.measured > input.length / LEAST_ROW) {
            throw new IllegalStateException("%d measurements out of %d bytes".formatted(counting.measured, input.length));
        }
    }

    @MethodSource("words")
    @FuzzTest(maxDuration = "20s")
    void wordsOfEveryKind(byte[] input) {
        var padded = Arrays.copyOf(input, input.length + Cursor.SLACK);
        Words.told(new Cursor().over(padded, 0, input.length), new SourceId(1)).ifPresent(told -> {
            var again = new Cursor().over(new byte[Frame.LARGEST + Cursor.SLACK], 0, Frame.LARGEST);
            if (!Words.put(again, told)) {
                throw new IllegalStateException("what was read cannot be written: " + told);
            }
        });
        Words.interest(new Cursor().over(padded, 0, input.length));
        Words.settings(new Cursor().over(padded, 0, input.length));
    }

    @MethodSource("messages")
    @FuzzTest(maxDuration = "20s")
    void messagesOfLattice(byte[] input) {
        LatticeMessage.read(input, input.length).ifPresent(message -> {
            if (message.values().size() > input.length / 4) {
                throw new IllegalStateException("%d values out of %d bytes".formatted(message.values().size(), input.length));
            }
        });
    }
}
