package org.reservoir.bench.monitoring;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.wire.Frame;
import org.reservoir.monitoring.wire.FrameReader;
import org.reservoir.monitoring.wire.FrameWriter;

/** Our frames: self-contained ones as in datagrams, or differences as on a connection; the VEE's name in the dictionary, or in each measurement. */
final class Frames implements Codec, FrameReader.Taker {
    private final String name;
    private final boolean named;
    private final List<FrameWriter> writers = new ArrayList<>();
    private final IntFunction<FrameWriter> more;
    private final FrameReader reader;
    private final Row[] outgoing = new Row[Sample.VEES + 1];
    private final Row[] incoming = new Row[Sample.VEES + 1];
    private int frames;
    private long sequence;
    private double sum;

    private Frames(String name, boolean named, IntFunction<FrameWriter> more, FrameReader reader) {
        this.name = name;
        this.named = named;
        this.more = more;
        this.reader = reader;
        for (int i = 1; i <= Sample.VEES; i++) {
            outgoing[i] = new Row(named ? Sample.NAMED : Sample.SCHEMA);
            incoming[i] = new Row(named ? Sample.NAMED : Sample.SCHEMA);
        }
    }

    static Frames datagrams() {
        return new Frames("frames in datagrams", false, _ -> FrameWriter.selfContained(Frame.DATAGRAM), FrameReader.selfContained());
    }

    static Frames named() {
        return new Frames("frames in datagrams, name in each", true, _ -> FrameWriter.selfContained(Frame.DATAGRAM), FrameReader.selfContained());
    }

    static Frames differences() {
        return new Frames("frames of differences", false, _ -> FrameWriter.ordered(Frame.LARGEST), FrameReader.ordered());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long write(Sample sample) {
        sequence++;
        frames = 0;
        long bytes = 0;
        var writer = next();
        for (int i = 0; i < Sample.VEES; i++) {
            var row = named ? sample.named(outgoing[i + 1], i) : sample.into(outgoing[i + 1], i);
            if (!writer.add(i + 1, sequence, row)) {
                bytes += writer.end();
                writer = next();
                writer.add(i + 1, sequence, row);
            }
        }
        return bytes + writer.end();
    }

    private FrameWriter next() {
        if (frames == writers.size()) {
            writers.add(more.apply(frames));
        }
        var writer = writers.get(frames++);
        writer.clear();
        return writer;
    }

    @Override
    public double read() {
        sum = 0;
        for (int i = 0; i < frames; i++) {
            if (!reader.read(writers.get(i).frame(), Frame.HEADER, writers.get(i).end(), this)) {
                throw new IllegalStateException("cannot read what was written");
            }
        }
        return sum;
    }

    @Override
    public Row row(int stream) {
        return stream > 0 && stream < incoming.length ? incoming[stream] : FrameReader.UNKNOWN;
    }

    @Override
    public void taken(int stream, int low, Row row) {
        int first = 0;
        if (named) {
            sum += ((String) row.thing(0)).length();
            first = 1;
        }
        sum += row.number(first) + row.whole(first + 1) + row.whole(first + 2) + row.whole(first + 3) + row.whole(first + 4);
    }
}
