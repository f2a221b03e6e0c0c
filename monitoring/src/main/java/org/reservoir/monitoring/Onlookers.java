package org.reservoir.monitoring;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.reservoir.monitoring.Measurements.Latest;
import org.reservoir.monitoring.probe.Interest;
import org.reservoir.monitoring.probe.Row;
import org.reservoir.monitoring.probe.StreamInfo;
import org.reservoir.monitoring.probe.StreamKey;
import org.reservoir.monitoring.probe.StreamState;

/**
 * Those who look on while it is measured: each says what it wants, which is judged where the measurement is heard, before anything is copied.
 * What waits for an onlooker is bounded: when it is slow, the oldest goes and is counted. Costs nothing while nobody looks. Safe for several threads.
 */
public final class Onlookers implements Listener, AutoCloseable {
    private static final int MOST_WAITING = 10_000;
    private static final int AT_ONCE = 500;

    private final Whereabouts whereabouts;
    private final InstantSource clock;
    private final List<Look> looks = new CopyOnWriteArrayList<>();

    /** @param clock whose times are told: those of hearing */
    public Onlookers(Whereabouts whereabouts, InstantSource clock) {
        this.whereabouts = whereabouts;
        this.clock = clock;
    }

    /** @param subject of which alone, if any @param name of the one stream that is wanted, if it is one */
    public record Wanted(Interest interest, Optional<Subject> subject, Optional<String> name) {
        boolean wants(StreamInfo stream) {
            return subject.filter(wanted -> !wanted.equals(stream.subject())).isEmpty() && name.filter(wanted -> !wanted.equals(stream.name())).isEmpty() && interest.wants(stream);
        }
    }

    /** @param missed measurements that went before they were fetched, since the last time @param ended nothing more will come */
    public record Seen(List<Latest> values, long missed, boolean ended) {}

    public Look look(Wanted wanted) {
        var look = new Look(wanted);
        looks.add(look);
        return look;
    }

    /** One who looks; closed by him. */
    public final class Look implements AutoCloseable {
        private final Wanted wanted;
        private final long gapMillis;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition arrived = lock.newCondition();
        private final ArrayDeque<Latest> waiting = new ArrayDeque<>();
        private final Map<StreamKey, Long> sent = new HashMap<>();
        private long missed;
        private boolean ended;

        private Look(Wanted wanted) {
            this.wanted = wanted;
            this.gapMillis = wanted.interest().leastGap().map(Duration::toMillis).orElse(0L);
        }

        /** What came since, the oldest first; nothing when nothing came within {@code patience}. */
        public Seen next(Duration patience) throws InterruptedException {
            lock.lockInterruptibly();
            try {
                for (long left = patience.toNanos(); waiting.isEmpty() && !ended && left > 0; ) {
                    left = arrived.awaitNanos(left);
                }
                var values = new ArrayList<Latest>();
                while (!waiting.isEmpty() && values.size() < AT_ONCE) {
                    values.add(waiting.removeFirst());
                }
                long gone = missed;
                missed = 0;
                return new Seen(values, gone, ended && waiting.isEmpty());
            } finally {
                lock.unlock();
            }
        }

        private void take(StreamInfo stream, Row row) {
            long now = clock.millis();
            var labels = stream.subject() instanceof Subject.OfVee(var vee) ? whereabouts.of(vee).orElse(stream.labels()) : stream.labels();
            lock.lock();
            try {
                if (gapMillis > 0 && now - sent.getOrDefault(stream.key(), Long.MIN_VALUE / 2) < gapMillis) {
                    return;
                }
                if (gapMillis > 0) {
                    sent.put(stream.key(), now);
                }
                add(stream, row, labels, now);
                arrived.signal();
            } finally {
                lock.unlock();
            }
        }

        private void add(StreamInfo stream, Row row, Labels labels, long now) {
            var attributes = stream.schema().attributes();
            for (int i = 0; i < attributes.size(); i++) {
                var name = attributes.get(i).name();
                if (attributes.get(i).type().isNumber() && row.has(i) && Double.isFinite(row.number(i)) && (wanted.interest().attributes().isEmpty() || wanted.interest().attributes().contains(name))) {
                    waiting.addLast(new Latest(new SeriesKey(stream.subject(), name), labels, row.number(i), java.time.Instant.ofEpochMilli(now)));
                }
            }
            for (; waiting.size() > MOST_WAITING; missed++) {
                waiting.removeFirst();
            }
        }

        private void forget(StreamInfo stream) {
            lock.lock();
            try {
                sent.remove(stream.key());
            } finally {
                lock.unlock();
            }
        }

        private void end() {
            lock.lock();
            try {
                ended = true;
                arrived.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            looks.remove(this);
            end();
        }
    }

    @Override
    public void measured(StreamInfo stream, Row row) {
        for (var look : looks) {
            if (look.wanted.wants(stream)) {
                look.take(stream, row);
            }
        }
    }

    @Override
    public void changed(StreamInfo stream, StreamState state, String why) {
        if (state == StreamState.RETIRED || state == StreamState.LOST) {
            looks.forEach(look -> look.forget(stream));
        }
    }

    /** All looks end. */
    @Override
    public void close() {
        looks.forEach(Look::close);
    }
}
