package org.reservoir.monitoring;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;

import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.VeeId;
import org.reservoir.monitoring.history.History;
import org.reservoir.monitoring.history.Pen;

/**
 * What is known now: for each series a bounded ring of its latest samples, and windows over them. Everything is in
 * memory and bounded; what does not fit is refused, counted by reason and seen in {@link #refusals()}. What goes beyond its
 * rings is kept by a {@link History}, if there is one. It decides nothing. Safe for many threads.
 */
public final class Measurements {

    /**
     * @param series  series at most
     * @param samples samples kept per series at most
     * @param name    characters of a name at most
     * @param idle    a series of which nothing was heard for this long is dropped by {@link #sweep}
     */
    public record Bounds(int series, int samples, int name, Duration idle) {
        public static final Bounds USUAL = new Bounds(200_000, 1024, 200, Duration.ofHours(1));
    }

    /** Why a sample was not taken. */
    public enum Refusal { TOO_MANY_SERIES, BAD_NAME, NOT_A_NUMBER, RATE_LIMIT, NO_HELLO, UNKNOWN_VEE, BAD_LINE }

    private final Bounds bounds;
    private final Whereabouts whereabouts;
    private final Optional<History> history;
    private final Map<SeriesKey, Ring> series = new ConcurrentHashMap<>();
    private volatile int era;
    private final AtomicInteger count = new AtomicInteger();
    private final LongAdder taken = new LongAdder();
    private final Map<Refusal, LongAdder> refused = new EnumMap<>(Refusal.class);

    /** Keeps nothing beyond its rings. */
    public Measurements(Bounds bounds, Whereabouts whereabouts) {
        this(bounds, whereabouts, Optional.empty());
    }

    public Measurements(Bounds bounds, Whereabouts whereabouts, Optional<History> history) {
        this.history = history;
        this.bounds = bounds;
        this.whereabouts = whereabouts;
        for (var reason : Refusal.values()) {
            refused.put(reason, new LongAdder());
        }
    }

    /** Takes one sample. Tells whether it was taken; when not, the reason was counted. */
    public boolean take(SeriesKey key, double value, Instant at) {
        if (!Double.isFinite(value)) {
            return refuse(Refusal.NOT_A_NUMBER);
        }
        var ring = ring(key);
        if (ring == null) {
            return false;
        }
        ring.add(at.toEpochMilli(), value);
        ring.pen(() -> pen(key.subject(), List.of(key.name()))).write(at.toEpochMilli(), value);
        taken.increment();
        return true;
    }

    /** For who takes samples of the same series again and again. */
    public Together together(Subject subject, List<String> names) {
        return new Together(this, subject, names);
    }

    /** Null when it was refused, and counted; kept within this package. */
    Ring ring(SeriesKey key) {
        var ring = series.get(key);
        if (ring == null && (key.name().length() > bounds.name() || !SeriesKey.isName(key.name()))) {
            refuse(Refusal.BAD_NAME);
        } else if (ring == null) {
            ring = begin(key);
            if (ring == null) {
                refuse(Refusal.TOO_MANY_SERIES);
            }
        }
        return ring;
    }

    void took(int samples) {
        taken.add(samples);
    }

    /** Goes up when pens are to be asked for anew. */
    int era() {
        return era;
    }

    public boolean take(Subject subject, String name, double value, Instant at) {
        return take(new SeriesKey(subject, name), value, at);
    }

    /** Counts a sample that was refused before it came here. Always false, to be given on. */
    public boolean refuse(Refusal reason) {
        return refuse(reason, 1);
    }

    public boolean refuse(Refusal reason, long samples) {
        refused.get(reason).add(samples);
        return false;
    }

    /** The samples of {@code (now - length, now]}; a silent window when the series is not known. */
    public Window window(Subject subject, String name, Duration length, Instant now) {
        var ring = series.get(new SeriesKey(subject, name));
        return ring == null ? Window.silent(length, now) : ring.window(length, now);
    }

    /** What the samples of {@code (now - length, now]} come to: for those who ask often, as it costs little however many they are. */
    public Figures figures(Subject subject, String name, Duration length, Instant now) {
        var ring = series.get(new SeriesKey(subject, name));
        return ring == null ? new Figures(0, 0, 0, Double.NaN, Double.NaN, Double.NaN, 0, 0) : ring.figures(length, now);
    }

    /** The figures of each of the VEEs. */
    public Total total(Collection<VeeId> vees, String name, Duration length, Instant now) {
        var figures = new TreeMap<VeeId, Figures>();
        vees.forEach(vee -> figures.put(vee, figures(Subject.of(vee), name, length, now)));
        return new Total(figures);
    }

    /** The figures of each living replica of the component, as the whereabouts know them at this moment. */
    public Total total(ServiceId service, String component, String name, Duration length, Instant now) {
        return total(whereabouts.replicas(service, component), name, length, now);
    }

    /** The living replicas of a component, as the whereabouts know them at this moment. */
    public Set<VeeId> replicas(ServiceId service, String component) {
        return whereabouts.replicas(service, component);
    }

    /**
     * A service's KPI as a rule of one of its components sees it: told by the component's replicas; else by other VEEs of the
     * service; else for the service as a whole. Who has not yet told anything is left out, for a replica that just boots is
     * no gap; who told before and is silent now is one, and lessens the coverage.
     */
    public Kpi kpi(ServiceId service, String component, String name, Duration length, Instant now) {
        var tellers = tellers(whereabouts.replicas(service, component), name);
        if (tellers.isEmpty()) {
            tellers = tellers(whereabouts.vees(service), name);
        }
        if (!tellers.isEmpty()) {
            var total = total(tellers, name, length, now);
            return new Kpi(total.value(), total.coverage(), total.missing());
        }
        var figures = figures(Subject.of(service), name, length, now);
        return new Kpi(figures.mean(), figures.coverage(), Set.of());
    }

    /**
     * @param value    sum over those who tell it of each one's mean; empty when nothing was heard
     * @param coverage mean of their coverage, 0 to 1
     * @param missing  those who told it before and were silent for the whole window
     */
    public record Kpi(OptionalDouble value, double coverage, Set<VeeId> missing) {}

    private Set<VeeId> tellers(Set<VeeId> vees, String name) {
        var tellers = new TreeSet<VeeId>();
        vees.stream().filter(vee -> series.containsKey(new SeriesKey(Subject.of(vee), name))).forEach(tellers::add);
        return tellers;
    }

    /** Drops all series of subjects that are gone. */
    public void forget(Set<? extends Subject> subjects) {
        series.keySet().stream().filter(key -> subjects.contains(key.subject())).toList().forEach(this::drop);
    }

    /** Drops series of which nothing was heard for long, and tells the history where the others are now. */
    public synchronized void sweep(Instant now) {
        era++;
        long oldest = now.minus(bounds.idle()).toEpochMilli();
        series.forEach((key, ring) -> {
            if (ring.lastTime() < oldest) {
                drop(key);
            } else {
                ring.forgetPen();
            }
        });
    }

    Pen pen(Subject subject, List<String> names) {
        return history.map(keeper -> keeper.pen(subject, names, labels(subject))).orElse(Pen.NONE);
    }

    public int seriesCount() {
        return count.get();
    }

    public long takenCount() {
        return taken.sum();
    }

    public Map<Refusal, Long> refusals() {
        var counts = new EnumMap<Refusal, Long>(Refusal.class);
        refused.forEach((reason, adder) -> counts.put(reason, adder.sum()));
        return counts;
    }

    /** A series' newest sample. */
    public record Latest(SeriesKey key, Labels labels, double value, Instant at) {}

    /** Walks over the newest sample of every series that was heard since {@code oldest}, in no order. */
    public void latest(Instant oldest, java.util.function.Consumer<Latest> visitor) {
        each((key, ring) -> {
            long at = ring.lastTime();
            if (at >= oldest.toEpochMilli()) {
                visitor.accept(new Latest(key, labels(key.subject()), ring.lastValue(), Instant.ofEpochMilli(at)));
            }
        });
    }

    private void each(BiConsumer<SeriesKey, Ring> visitor) {
        series.forEach(visitor);
    }

    private Labels labels(Subject subject) {
        return subject instanceof Subject.OfVee(var vee) ? whereabouts.of(vee).orElse(Labels.NONE) : Labels.NONE;
    }

    /** Null when there is no room; kept within this class. */
    private Ring begin(SeriesKey key) {
        if (count.get() >= bounds.series()) {
            return null;
        }
        return series.computeIfAbsent(key, _ -> {
            count.incrementAndGet();
            return new Ring(bounds.samples());
        });
    }

    private void drop(SeriesKey key) {
        var ring = series.remove(key);
        if (ring != null) {
            ring.leave();
            count.decrementAndGet();
        }
    }
}
