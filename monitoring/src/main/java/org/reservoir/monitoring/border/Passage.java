package org.reservoir.monitoring.border;

import java.util.Optional;
import java.util.stream.IntStream;

import org.reservoir.monitoring.probe.Delivery;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;

/** Which streams pass on to others, and as what. Decides, and keeps nothing. */
interface Passage {
    /** How a stream is called where it goes, and which of its attributes go. */
    record Crossing(StreamInfo stream, int[] attributes) {}

    /** Empty when it does not pass. @param source that passes it on @param number of the stream among those of that source */
    Optional<Crossing> crossing(StreamInfo stream, SourceId source, int number);

    /** All of it, as it is: between servers of one site. */
    static Optional<Crossing> whole(StreamInfo stream, SourceId source, int number) {
        return Optional.of(new Crossing(new StreamInfo(source, number, stream.name(), stream.subject(), stream.labels(), stream.schema(), stream.period(), stream.silence(), Delivery.CONTROL),
                IntStream.range(0, stream.schema().size()).toArray()));
    }
}
