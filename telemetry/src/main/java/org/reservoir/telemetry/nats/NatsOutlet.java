package org.reservoir.telemetry.nats;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.wire.Frame;
import org.reservoir.monitoring.wire.FrameOutlet;
import org.reservoir.monitoring.wire.FramedOutlet;
import org.reservoir.monitoring.wire.Spool;

/**
 * Publishes a source's measurements over NATS, each stream under its own {@link Subjects subject}. While NATS is away nothing
 * waits: newer measurements count, and the gap is counted where it shows; what is for accounting waits in the spool, when there is
 * one, until a {@link NatsIntake} with an inbox has acknowledged it.
 */
public final class NatsOutlet extends FramedOutlet implements FrameOutlet.Carrier {
    private final String root;
    private final SourceId source;
    private final FrameOutlet frames;
    private final NatsLine line;
    /** Subjects by stream; made anew when its words change. */
    private final Map<Integer, Named> subjects = new HashMap<>();
    private final byte[] answer = new byte[Frame.LARGEST];

    private record Named(StreamInfo stream, String subject) {}

    public NatsOutlet(NatsSettings settings, SourceId source, Optional<Spool> spool) {
        this.root = settings.root();
        this.source = source;
        this.line = new NatsLine(settings, "reservoir " + source, it -> {
            if (spool.isPresent()) {
                it.hear(message -> answered(message.getData()), List.of(Subjects.acknowledged(root, spool.get().id())));
            }
        });
        this.frames = new FrameOutlet(source, settings.key(), true, Frame.DATAGRAM, spool, this);
    }

    /** Whether NATS is there now. */
    public boolean isConnected() {
        return line.isConnected();
    }

    @Override
    protected FrameOutlet frames() {
        return frames;
    }

    @Override
    public void close() {
        frames.close();
        line.close();
    }

    @Override
    public boolean carry(Optional<StreamInfo> stream, byte[] frame, int length) {
        var subject = stream.map(this::subject).orElseGet(() -> Subjects.alive(root, Long.toHexString(source.value())));
        return line.publish(subject, Optional.empty(), frame, length);
    }

    @Override
    public boolean carryKept(long spool, byte[] frame, int length) {
        return line.publish(Subjects.kept(root, spool), Optional.of(Subjects.acknowledged(root, spool)), frame, length);
    }

    private String subject(StreamInfo stream) {
        var known = subjects.get(stream.number());
        if (known == null || known.stream() != stream && !known.stream().equals(stream)) {
            known = new Named(stream, Subjects.of(root, stream));
            subjects.put(stream.number(), known);
        }
        return known.subject();
    }

    private void answered(byte[] bytes) {
        if (bytes.length < answer.length / 2) {
            System.arraycopy(bytes, 0, answer, 0, bytes.length);
            frames.answered(answer, bytes.length);
        }
    }
}
