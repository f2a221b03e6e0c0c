package org.reservoir.site;

import java.util.List;

import org.reservoir.monitoring.Listener;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamState;

/** All who hear what this server measures and hears. */
record Ears(List<Listener> all) implements Listener {
    Ears {
        all = List.copyOf(all);
    }

    @Override
    public void measured(StreamInfo stream, Row row) {
        throw new IllegalStateException("some of them need sequence numbers");
    }

    @Override
    public void measured(StreamInfo stream, long sequence, Row row) {
        for (var one : all) {
            one.measured(stream, sequence, row);
        }
    }

    @Override
    public void kept(StreamInfo stream, long sequence, Row row) {
        for (var one : all) {
            one.kept(stream, sequence, row);
        }
    }

    @Override
    public void unkept(StreamInfo stream, long sequence, Row row) {
        for (var one : all) {
            one.unkept(stream, sequence, row);
        }
    }

    @Override
    public void changed(StreamInfo stream, StreamState state, String why) {
        for (var one : all) {
            one.changed(stream, state, why);
        }
    }
}
