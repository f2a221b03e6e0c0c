package org.reservoir.monitoring.plane;

import java.util.Map;
import java.util.TreeMap;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.plane.Memory.Subscription;
import org.reservoir.monitoring.probe.DataSource;
import org.reservoir.monitoring.probe.Outlet;

/** Those to whom a station was ordered to send, by numbers that outlast a restart. Guarded by its station's lock. */
final class Subscriptions implements AutoCloseable {
    private record Sending(int linked, Outlet outlet) {}

    private final DataSource source;
    private final Outlets places;
    private final Map<Integer, Sending> all = new TreeMap<>();
    private int last;

    Subscriptions(DataSource source, Outlets places) {
        this.source = source;
        this.places = places;
    }

    /** A number for the next one. */
    int next() {
        return last + 1;
    }

    /** @throws Refused {@code NO_SUCH_PLACE} */
    void begin(Subscription subscription) {
        last = Math.max(last, subscription.number());
        var outlet = places.to(subscription.to());
        all.put(subscription.number(), new Sending(source.subscribe(subscription.interest(), outlet), outlet));
    }

    /** False when there is none of that number. */
    boolean end(int number) {
        var ended = all.remove(number);
        if (ended != null) {
            source.unsubscribe(ended.linked());
            close(ended.outlet());
        }
        return ended != null;
    }

    @Override
    public void close() {
        all.values().forEach(sending -> close(sending.outlet()));
    }

    private static void close(Outlet outlet) {
        if (outlet instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception trouble) { // of an outlet of any make; nothing more is sent through it
                System.getLogger(Station.class.getName()).log(System.Logger.Level.WARNING, "an outlet did not close well: {0}", trouble);
            }
        }
    }
}
