package org.reservoir.gateways;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.reservoir.gateways.MeasurementsView.Following;
import org.reservoir.gateways.MeasurementsView.Told;
import org.reservoir.gateways.MeasurementsView.Wanted;

/** Streams to all who follow whatever a test tells; remembers what they want. */
public final class FollowedReadings {
    private static final Told END = new Told(List.of(), 0, true);

    public final Queue<Wanted> wanted = new ConcurrentLinkedQueue<>();
    private final List<Open> followers = new CopyOnWriteArrayList<>();

    private final class Open implements Following {
        private final LinkedBlockingQueue<Told> told = new LinkedBlockingQueue<>();

        @Override
        public Told next(Duration patience) throws InterruptedException {
            var next = told.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            return next == null ? new Told(List.of(), 0, false) : next;
        }

        @Override
        public void close() {
            followers.remove(this);
            told.add(END);
        }
    }

    Following follow(Wanted what) {
        var open = new Open();
        followers.add(open);
        wanted.add(what);
        return open;
    }

    public void tell(Told told) {
        followers.forEach(follower -> follower.told.add(told));
    }

    public int count() {
        return followers.size();
    }

    /** As when a server stops. */
    public void end() {
        followers.forEach(Open::close);
    }
}
