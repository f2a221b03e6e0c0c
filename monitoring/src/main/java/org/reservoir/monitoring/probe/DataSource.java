package org.reservoir.monitoring.probe;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import org.reservoir.kernel.Guard;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Labels;
import org.reservoir.monitoring.Subject;

/**
 * Many probes and those who listen to them, as Lattice's data source: probes are added, switched, re-rated and removed while
 * all runs; each listener states its {@link Interest} and gets nothing else; a probe that nobody wants rests. Probes are due by
 * a timing wheel and measured on the thread that calls {@link #turn}; only those that wait have a (virtual) thread while they
 * measure. It keeps no clock: whoever turns it says what time it is. Safe for several threads.
 */
public final class DataSource implements AutoCloseable {
    /** So often every listener is told that the source lives. */
    static final long ALIVE_MILLIS = 10_000;
    /** So often what is asked is held against the budgets. */
    private static final long ADAPTED_MILLIS = 2_000;
    /** Each time this share of the streams is told again, so that a listener who lost a word knows all within a minute. */
    private static final int TELL_AGAIN_SHARE = 6;
    public static final int MOST_PROBES = 200_000;
    /** So many probes that were added one after another are due together: they lie side by side in memory, and their measurements share a datagram. */
    public static final int NEIGHBOURS = 32;
    /** Ticks. What is asked anew wakes whoever rests; what else is looked at now and then need not be so to the moment. */
    private static final int LONGEST_REST = 20;
    /** Ticks, while there are streams to be told of again, a few at each turn. */
    private static final int REST_WHILE_TELLING = 5;

    /** As a fraction of 2^64: its multiples are spread evenly, however many there are. */
    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    private final SourceId id;
    private final Guard lock = new Guard();
    private final Numbered<Running> probes = new Numbered<>();
    private final Listeners listeners = new Listeners();
    /** A row of each schema, which all probes of it fill by turns: there are few schemas and many probes. */
    private final Map<Schema, Row> rows = new HashMap<>();
    private final Wheel wheel;
    private final Measuring measuring;
    private final Lately lately = new Lately();
    private final Rest rest = new Rest(lock);
    private int lastNumber;
    private long toldAt;
    private int tellings;
    private SourceInfo self;
    private Budgets budgets = Budgets.NONE;
    private Function<StreamInfo, Priority> ranking = _ -> Priority.NORMAL;
    private long adaptedAt;

    /** @param nowMillis of a clock that never goes back, the same as later given to {@link #turn} */
    public DataSource(SourceId id, long nowMillis) {
        this.id = id;
        this.wheel = new Wheel(nowMillis);
        this.measuring = new Measuring(lock, nowMillis);
        this.toldAt = nowMillis;
        this.self = SourceInfo.unnamed(id);
    }

    /** What it says of itself to its listeners. @param orders where it hears orders, {@code HOST:PORT}; empty in its own process alone */
    public void introduce(String name, Optional<HostId> host, String orders) {
        lock.hold(() -> {
            self = new SourceInfo(id, name, host, orders, 0, 0, 0);
            listeners.alive(info());
        });
    }

    private SourceInfo info() {
        double share = probes.all().stream().filter(Running::measures).mapToDouble(running -> running.status().effort().share()).sum();
        return new SourceInfo(id, self.name(), self.host(), self.orders(), probes.size(), share, measuring.failures());
    }

    /** @throws Refused {@code BAD_STREAM}, {@code BAD_PERIOD}, {@code NO_SUCH_ATTRIBUTE}, {@code TOO_MANY_PROBES} */
    public StreamInfo add(String name, Subject subject, Labels labels, Probe probe, ProbeSettings settings) {
        return lock.hold(() -> {
            if (probes.size() >= MOST_PROBES) {
                throw Refused.exhausted("TOO_MANY_PROBES", "%s has %d probes already.".formatted(id, probes.size()), "");
            }
            var info = new StreamInfo(id, lastNumber + 1, name, subject, labels, probe.schema(),
                    settings.period(), settings.silence(), settings.delivery());
            Gate.of(info.schema(), settings.sending());
            var running = new Running(info, probe, settings, rows.computeIfAbsent(info.schema(), Row::new));
            probes.put(++lastNumber, running);
            listeners.link(running);
            lately.told(running);
            start(running, spread(info.number(), running.periodMillis()));
            return info;
        });
    }

    /**
     * Asks something else of a probe, in force at once; one that was stopped for its cost gets another chance.
     *
     * @throws Refused {@code STREAM_NOT_FOUND}, {@code BAD_PERIOD}, {@code NO_SUCH_ATTRIBUTE}; then all is as before
     */
    public void change(int stream, ProbeSettings settings) {
        lock.hold(() -> {
            var running = find(stream);
            long rate = running.rate();
            var info = running.info.asked(settings);
            Gate.of(info.schema(), settings.sending());
            for (var link : running.links) {
                link.gate = Gate.of(info.schema(), settings.sending());
            }
            running.settings = settings;
            running.info = info;
            running.problem = "";
            running.forgive();
            if (rate != running.rate()) { // at another moment than those that were asked the same with it
                start(running, spread(info.number(), running.periodMillis()));
            }
            Listeners.tell(running);
            lately.told(running);
        });
    }

    /** Does several things while nothing is measured in between. @param what must not wait */
    public void atOnce(Runnable what) {
        lock.hold(what);
    }

    /** Says where the stream's VEE belongs now; interests are looked at anew. */
    public void relabel(int stream, Labels labels) {
        lock.hold(() -> {
            var running = find(stream);
            running.info = running.info.labelled(labels);
            listeners.relink(running);
            lately.told(running);
            start(running, running.periodMillis());
        });
    }

    public void remove(int stream) {
        remove(stream, "");
    }

    /** @param why told to those who listen */
    public void remove(int stream, String why) {
        lock.hold(() -> {
            var running = find(stream);
            running.removed = true;
            running.problem = why;
            wheel.cancel(running);
            Listeners.tell(running);
            measuring.end(running);
            probes.remove(stream);
        });
    }

    /** Begins to send to a listener; it is told of all its streams at once. Gives the number for {@link #unsubscribe}. */
    public int subscribe(Interest interest, Outlet outlet) {
        return lock.hold(() -> {
            int number = listeners.add(interest, outlet);
            if (!self.name().isEmpty()) {
                outlet.alive(info());
            }
            probes.forEach(running -> {
                boolean rested = !running.measures();
                listeners.link(running, number);
                lately.told(running);
                start(running, rested ? spread(running.info.number(), running.periodMillis()) : Math.min(running.periodMillis(), 1000));
            });
            return number;
        });
    }

    public void unsubscribe(int subscription) {
        lock.hold(() -> {
            probes.forEach(running -> {
                if (Listeners.unlink(running, subscription) && !running.measures()) {
                    wheel.cancel(running);
                }
            });
            listeners.remove(subscription);
        });
    }

    /**
     * Keeps measuring within budgets, from now on: streams are measured less often where it must be, and told of it.
     *
     * @param rank of a stream, asked again and again: pinned ones are never slowed. Must not wait
     */
    public void keepWithin(Budgets other, Function<StreamInfo, Priority> rank) {
        lock.hold(() -> {
            budgets = other;
            ranking = rank;
            adapt();
        });
    }

    private void adapt() {
        adaptedAt = measuring.now();
        Adaptation.adapt(probes.all(), budgets, ranking, running -> {
            start(running, running.periodMillis());
            Listeners.tell(running);
        });
    }

    /** Measures now, out of turn: for probes that tell of events, and for those that are fed, unless it is too soon for them. */
    public void inform(int stream) {
        lock.hold(() -> inform(stream, measuring.now()));
    }

    /** The same where it is known what time it is: the last turn may be a while ago. @param nowMillis of the same clock as given to {@link #turn} */
    public void inform(int stream, long nowMillis) {
        lock.hold(() -> {
            measuring.itIs(nowMillis);
            var running = find(stream);
            if (running.measures() && !(running.probe.fed() && running.tooSoon(measuring.now()))) {
                running.measuredAt = measuring.now();
                measuring.measure(running);
            }
        });
    }

    /**
     * Measures whatever is due.
     *
     * @param nowMillis  of a clock that never goes back
     * @param wallMillis the time that measurements carry, in epoch milliseconds
     */
    public void turn(long nowMillis, long wallMillis) {
        lock.hold(() -> {
            measuring.itIs(nowMillis, wallMillis);
            long now = measuring.now();
            listeners.burst();
            try {
                wheel.turn(now, spoke -> due((Running) spoke));
                tellWhatIsDue(now);
            } finally {
                listeners.rest();
            }
        });
    }

    private void tellWhatIsDue(long now) {
        if (!budgets.isNone() && now - adaptedAt >= ADAPTED_MILLIS) {
            adapt();
        }
        if (now - toldAt >= ALIVE_MILLIS) {
            toldAt = now;
            tellAgain();
        }
        lately.turn(now);
    }

    /** Waits until it is to be turned again: until something is due, or is asked of it that is due sooner, and never long. */
    public void rest() throws InterruptedException {
        lock.lock();
        try {
            rest.last(quietMillis());
        } finally {
            lock.unlock();
        }
    }

    long quietMillis() {
        return lock.hold(() -> (long) Wheel.TICK_MILLIS * Math.max(1, wheel.quiet(lately.isTelling() ? REST_WHILE_TELLING : LONGEST_REST)));
    }

    /** What is there: the information plane's view of this source. */
    public List<Status> streams() {
        return lock.hold(() -> probes.all().stream().map(Running::status).toList());
    }

    /** @throws Refused {@code STREAM_NOT_FOUND} */
    public StreamInfo info(int number) {
        return lock.hold(() -> find(number).info);
    }

    /** How often it is to be measured, not counting that it may be slowed; empty while it is not measured, or is no more. */
    public Optional<Duration> wanted(int number) {
        return lock.hold(() -> probes.of(number).filter(Running::measures).map(running -> running.settings.period()));
    }

    /** @throws Refused {@code STREAM_NOT_FOUND} */
    public Status stream(int number) {
        return lock.hold(() -> find(number).status());
    }

    /** @param measured whether it is measured at all: it rests while nobody wants it */
    public record Status(StreamInfo info, ProbeSettings settings, StreamState state, boolean measured, String problem, Effort effort) {}

    /** Measurements that failed so far. */
    public long failures() {
        return lock.hold(measuring::failures);
    }

    /** Tells that all streams end, and interrupts probes that wait. */
    @Override
    public void close() {
        lock.hold(() -> {
            for (var running : probes.all()) {
                running.waiting.ifPresent(waiting -> waiting.thread().interrupt());
                remove(running.info.number());
            }
        });
    }

    private void due(Running running) {
        if (!running.measures()) {
            return;
        }
        measuring.measure(running);
        if (running.measures()) {
            wheel.again(running, running.periodMillis());
        }
    }

    private void tellAgain() {
        listeners.alive(info());
        tellings++;
        probes.all().stream().filter(running -> running.info.number() % TELL_AGAIN_SHARE == tellings % TELL_AGAIN_SHARE).forEach(lately::again);
    }

    private void start(Running running, long inMillis) {
        wheel.cancel(running);
        if (running.measures() && !running.probe.fed()) {
            if (running.probe.waits()) { // for others, on threads that are to be woken: better for several at once
                wheel.scheduleTogether(running, inMillis, running.periodMillis());
            } else {
                wheel.schedule(running, inMillis);
            }
            rest.dueIn(inMillis);
        }
    }

    private Running find(int stream) {
        return probes.of(stream).orElseThrow(() -> Refused.notFound("STREAM_NOT_FOUND", "%s has no stream %d.".formatted(id, stream), ""));
    }

    /** Spreads the first firings over the period, so that a thousand probes added at once do not fire at once for ever; neighbours stay together. */
    private static long spread(int number, long period) {
        return Math.unsignedMultiplyHigh((number / NEIGHBOURS + 1) * GOLDEN_RATIO, Math.max(1, period));
    }
}
