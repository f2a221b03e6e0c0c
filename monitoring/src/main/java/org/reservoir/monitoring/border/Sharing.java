package org.reservoir.monitoring.border;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.reservoir.monitoring.Listener;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.SourceId;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;
import org.reservoir.monitoring.wire.KeepingOutlet;

/**
 * Tells the other servers of a site what one of them measures and hears, as one source, and takes what they tell. What a server measures
 * itself it does not take from others, since each looks at the hosts: a sum must not count it twice. Safe for several threads.
 */
public final class Sharing implements Listener, AutoCloseable {
    private final SourceId source;
    private final Border border;
    /** What this server measures or hears itself. */
    private final Set<Called> ours = ConcurrentHashMap.newKeySet();

    /** How a stream is known on all servers: what is told of another subject under its name mutes nobody. */
    private record Called(String name, Subject subject) {
        static Called of(StreamInfo stream) {
            return new Called(stream.name(), stream.subject());
        }
    }

    /** @param way to the other servers, for a source that it is given */
    public Sharing(SourceId source, Function<SourceId, KeepingOutlet> way) {
        this.source = source;
        this.border = new Border(Passage::whole, "the other servers", source, way.apply(source), Optional.empty(), _ -> false);
    }

    /** What others tell, on its way to {@code listener}; our own words come back too and are dropped. */
    public Listener from(Listener listener) {
        return new Others(listener);
    }

    /** Measurements told so far. */
    public long told() {
        return border.passed();
    }

    /** Says that this server lives, and again what some of the streams are; call it about every ten seconds. */
    public void turn() {
        border.tellAgain();
    }

    @Override
    public void measured(StreamInfo stream, Row row) {
        throw new IllegalStateException("who passes on needs sequence numbers");
    }

    @Override
    public void measured(StreamInfo stream, long sequence, Row row) {
        border.measured(stream, sequence, row);
    }

    @Override
    public void changed(StreamInfo stream, StreamState state, String why) {
        if (state == StreamState.RETIRED || state == StreamState.LOST) {
            ours.remove(Called.of(stream));
        } else {
            ours.add(Called.of(stream));
        }
        border.changed(stream, state);
    }

    @Override
    public void close() {
        border.close();
    }

    private final class Others implements Listener {
        private final Listener listener;

        Others(Listener listener) {
            this.listener = listener;
        }

        private boolean isTheirs(StreamInfo stream) {
            return !stream.source().equals(source) && !ours.contains(Called.of(stream));
        }

        @Override
        public void measured(StreamInfo stream, Row row) {
            throw new IllegalStateException("a collector counts");
        }

        @Override
        public void measured(StreamInfo stream, long sequence, Row row) {
            if (isTheirs(stream)) {
                listener.measured(stream, sequence, row);
            }
        }

        @Override
        public void changed(StreamInfo stream, StreamState state, String why) {
            if (isTheirs(stream)) {
                listener.changed(stream, state, why);
            }
        }
    }
}
