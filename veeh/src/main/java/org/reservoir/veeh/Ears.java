package org.reservoir.veeh;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import org.reservoir.interfaces.vhi.HostListener;
import org.reservoir.interfaces.vhi.Subscription;

/** Who listens to a host. Each listener hears in order, on one delivery at a time; one that falls 1024 behind loses the rest and is told so. */
public final class Ears {
    private static final int BOUND = 1024;

    private final List<Ear> ears = new CopyOnWriteArrayList<>();
    private final Executor deliveries;

    public Ears(Executor deliveries) {
        this.deliveries = deliveries;
    }

    public Subscription add(HostListener listener) {
        var ear = new Ear(listener);
        ears.add(ear);
        return () -> ears.remove(ear);
    }

    public void tell(Consumer<HostListener> event) {
        for (var ear : ears) {
            ear.take(event);
        }
    }

    private final class Ear implements Runnable {
        private final HostListener listener;
        private final Queue<Consumer<HostListener>> waiting = new ArrayDeque<>(4);
        private boolean delivering;
        private boolean missed;

        Ear(HostListener listener) {
            this.listener = listener;
        }

        void take(Consumer<HostListener> event) {
            synchronized (waiting) {
                if (waiting.size() >= BOUND) {
                    missed = true;
                    return;
                }
                waiting.add(event);
                if (delivering) {
                    return;
                }
                delivering = true;
            }
            deliveries.execute(this);
        }

        @Override
        public void run() {
            for (var event = next(); event != null; event = next()) {
                if (ears.contains(this)) {
                    event.accept(listener);
                }
            }
        }

        private Consumer<HostListener> next() {
            synchronized (waiting) {
                var event = waiting.poll();
                if (event == null && missed) {
                    missed = false;
                    return HostListener::missedEvents;
                }
                delivering = event != null;
                return event;
            }
        }
    }
}
