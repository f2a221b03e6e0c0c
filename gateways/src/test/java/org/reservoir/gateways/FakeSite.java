package org.reservoir.gateways;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.reservoir.interfaces.smi.Services;
import org.reservoir.kernel.Interval;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;

/** All that a gateway's ports want beside SMI and VMI, in memory. */
public final class FakeSite implements MeasurementsView, GuestVoice, StatementsView, EventSource, SiteAdmin {
    public volatile boolean ready = true;
    private final FakeVmi vmi;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final List<Event> events = new ArrayList<>();
    private final List<Reading> readings = new ArrayList<>();
    /** Told what is to be streamed. */
    public final FollowedReadings followed = new FollowedReadings();
    private final List<PriceBook> books = new ArrayList<>();

    public FakeSite(FakeVmi vmi) {
        this.vmi = vmi;
    }

    /** Hands {@code ports} all of this. */
    public Ports behind(Ports ports) {
        var history = new FakeHistory();
        return ports.with(Services.class, new FakeServices()).with(MeasurementsView.class, this).with(GuestVoice.class, this).with(StatementsView.class, this)
                .with(EventSource.class, this).with(SiteAdmin.class, this).with(PluginsView.class, new FakePlugins()).with(ProbesView.class, new FakeProbes()).with(AgentsView.class, new FakeAgents()).with(BordersView.class, new FakeBorders())
                .with(HistoryView.class, history).with(QueryView.class, history).with(AlarmsView.class, new FakeAlarms());
    }

    public void happens(String topic, String subject, String json) {
        lock.lock();
        try {
            events.add(new Event(Integer.toString(events.size() + 1), FakeVmi.NOW, topic, subject, "changed", json));
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Event> after(String cursor, int limit, Duration patience) throws InterruptedException {
        if (!cursor.matches("[0-9]+")) {
            throw Refused.invalid("EVENT_CURSOR_MALFORMED", "'%s' is no place in the order of events.".formatted(cursor), "Send the id of the last event received.");
        }
        lock.lock();
        try {
            var left = patience.toNanos();
            while (events.size() <= Long.parseLong(cursor) && left > 0) {
                left = arrived.awaitNanos(left);
            }
            return events.stream().skip(Long.parseLong(cursor)).limit(limit).toList();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String newest() {
        lock.lock();
        try {
            return Integer.toString(events.size());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public synchronized void report(VeeId vee, String secret, Map<String, Double> kpis) {
        admit(vee, secret);
        kpis.forEach((name, value) -> readings.add(new Reading(vee.toString(), name, value, FakeVmi.NOW, Map.of("service", "service-1"))));
    }

    @Override
    public boolean isKpi(String name) {
        return name.matches("[a-z][a-z.:/]*");
    }

    @Override
    public void ready(VeeId vee, String secret) {
        admit(vee, secret);
        vmi.vees().guestReady(vee);
    }

    private void admit(VeeId vee, String secret) {
        if (!vmi.vees().knowsSecret(vee, secret)) {
            throw new Refused(Refused.Kind.UNAUTHENTICATED, "WRONG_SECRET", "This is not the secret of %s.".formatted(vee), "");
        }
    }

    @Override
    public synchronized List<Reading> latest(Optional<String> subject, Optional<String> metric, int limit) {
        return readings.stream().filter(reading -> subject.map(reading.subject()::equals).orElse(true))
                .filter(reading -> metric.map(reading.metric()::equals).orElse(true)).limit(limit).toList();
    }

    @Override
    public Following follow(Wanted wanted) {
        return followed.follow(wanted);
    }

    @Override
    public synchronized Figures window(String subject, String metric, Duration length) {
        var values = latest(Optional.of(subject), Optional.of(metric), 1000).stream().mapToDouble(Reading::value).summaryStatistics();
        var some = values.getCount() > 0;
        return new Figures(FakeVmi.NOW.minus(length), FakeVmi.NOW, (int) values.getCount(), some ? 1 : 0, some ? OptionalDouble.of(values.getAverage()) : OptionalDouble.empty(),
                some ? OptionalDouble.of(values.getMin()) : OptionalDouble.empty(), some ? OptionalDouble.of(values.getMax()) : OptionalDouble.empty(),
                OptionalDouble.empty(), OptionalDouble.empty());
    }

    @Override
    public Statement ofService(ServiceId service, Optional<Interval> time) {
        return statement(service.toString(), time);
    }

    @Override
    public Statement ofUser(UserId user, Optional<Interval> time) {
        return statement(user.toString(), time);
    }

    private static Statement statement(String subject, Optional<Interval> time) {
        return new Statement(subject, time.map(Interval::from).orElse(FakeVmi.NOW), time.map(Interval::to).orElse(FakeVmi.NOW.plusSeconds(3600)), "EUR",
                List.of(new Line(Optional.of("web"), "RUNNING", "CPU", "CPU", new BigDecimal("1.5"), new BigDecimal("0.02"), new BigDecimal("0.03"))), 1,
                Duration.ofMinutes(90), 0, BigDecimal.ZERO, new BigDecimal("0.03"));
    }

    @Override
    public List<Metered> metered(Optional<String> subject, Optional<String> metric, Interval time) {
        return List.of(new Metered(subject.orElse("vee-1"), metric.orElse("net.bytes"), FakeVmi.NOW, 2, 30, 15, 10, 20));
    }

    @Override
    public synchronized List<PriceBook> priceBooks() {
        return List.copyOf(books);
    }

    @Override
    public synchronized PriceBook add(NewPriceBook book) {
        var added = new PriceBook(book.validFrom().orElse(FakeVmi.NOW), book.currency(), book.granularity(), book.prices());
        books.add(added);
        return added;
    }

    @Override
    public Status status() {
        return new Status("test", "0.1.0", FakeVmi.NOW, Map.of("database", "in memory"));
    }

    @Override
    public List<Figure> figures() {
        if (!ready) {
            throw Refused.unavailable("DATABASE_UNAVAILABLE", "The database is away.", "");
        }
        return List.of(new Figure("reservoir_vees", "Living VEEs by state.", Map.of("state", "RUNNING"), 3), new Figure("reservoir_vees", "Living VEEs by state.", Map.of("state", "HELD"), 1),
                new Figure("reservoir_work_waiting", "Work.", Map.of(), 7));
    }

    @Override
    public Backup backup() {
        return new Backup("backup-1.tar", 4096, FakeVmi.NOW);
    }

    @Override
    public boolean ready() {
        return ready;
    }
}
