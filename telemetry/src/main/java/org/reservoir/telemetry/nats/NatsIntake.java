package org.reservoir.telemetry.nats;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.nats.client.Message;

import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.wire.Collector;
import org.reservoir.monitoring.wire.Frame;
import org.reservoir.monitoring.wire.FrameHearing;
import org.reservoir.monitoring.wire.Spool;

/** Hears measurements over NATS and gives them to a {@link Collector}; NATS delivers only what one of the interests wants. */
public final class NatsIntake implements AutoCloseable {
    private final FrameHearing hearing;
    private final NatsLine line;
    private final byte[] frame = FrameHearing.buffer();
    private Optional<String> replyTo = Optional.empty();

    /**
     * @param interests what is listened to: by service, type and prefix of the name
     * @param inbox     where measurements for accounting are put before they are acknowledged; without one they are left to others
     */
    public NatsIntake(NatsSettings settings, List<Interest> interests, Collector collector, Optional<Spool> inbox) {
        hearing = new FrameHearing(collector, settings.key(), inbox, this::answer).ofSome();
        var subjects = new ArrayList<String>();
        interests.forEach(interest -> subjects.add(Subjects.wanted(settings.root(), interest)));
        subjects.add(settings.root() + ".alive.*");
        if (inbox.isPresent()) {
            subjects.add(settings.root() + ".kept.*");
        }
        line = new NatsLine(settings, "reservoir collector", it -> it.hear(this::heard, subjects));
    }

    /** Why there is no connection, as far as it is known; empty when there is one. */
    public String problem() {
        return line.problem();
    }

    public boolean isConnected() {
        return line.isConnected();
    }

    public FrameHearing.Counts counts() {
        return hearing.counts();
    }

    @Override
    public void close() {
        line.close();
    }

    private void heard(Message message) {
        int length = message.getData().length;
        replyTo = NatsLine.replyTo(message);
        System.arraycopy(message.getData(), 0, frame, 0, Math.min(length, Frame.LARGEST));
        hearing.hear(frame, length <= Frame.LARGEST ? length : 0);
    }

    private void answer(byte[] bytes, int length) {
        replyTo.ifPresent(subject -> line.publish(subject, Optional.empty(), bytes, length));
    }
}
