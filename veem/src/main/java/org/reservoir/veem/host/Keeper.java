package org.reservoir.veem.host;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vhi.HostFacts;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostListener;
import org.reservoir.interfaces.vhi.Subscription;
import org.reservoir.interfaces.vhi.VeeHost;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.SiteDatabase;
import org.reservoir.veem.kept.Fleet;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.KnownHosts;
import org.reservoir.veem.kept.Loop;
import org.reservoir.veem.work.GuestEar;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what the site database says and what the hosts show together: listens to every host, takes a census now and then, and
 * repairs or marks what differs ({@link Drift} decides). Hosts that stay silent are shown as such, their VEEs become UNKNOWN,
 * and — where the site is configured for it and the host was fenced off — start anew elsewhere. Each host has its own thread, so
 * one that hangs holds up no other.
 */
public final class Keeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    private static final Duration LAST_VISIT = Duration.ofSeconds(2);
    private static final Duration TURN = Duration.ofMillis(500);
    private static final int AT_A_TIME = 64;
    /** What follows from our own orders needs no look at once. */
    private static final Duration LATER = Duration.ofSeconds(5);

    private final SiteDatabase database;
    private final Fleet fleet;
    private final KnownHosts hosts;
    private final InstantSource clock;
    private final Keeping habits;
    private final Reconciliation reconciliation;
    private final LostHosts lost;
    private final SleepingHosts sleeping;
    private final GuestEar voice;
    private final Predicate<VeeId> busy;
    private final Map<HostId, Watch> watches = new ConcurrentHashMap<>();
    private final Semaphore room = new Semaphore(AT_A_TIME);
    private volatile boolean open = true;
    private Optional<Loop> loop = Optional.empty();

    /** @param voice hears what guests say; @param busy tells whether this server does something for a VEE at present */
    public Keeper(SiteDatabase database, Fleet fleet, KnownHosts hosts, InstantSource clock, Keeping habits, SleepingHosts sleeping, GuestEar voice, Predicate<VeeId> busy) {
        this.database = database;
        this.fleet = fleet;
        this.hosts = hosts;
        this.clock = clock;
        this.habits = habits;
        this.reconciliation = new Reconciliation(database, habits.onEnd(), clock);
        this.lost = new LostHosts(database, habits, clock);
        this.sleeping = sleeping;
        this.voice = voice;
        this.busy = busy;
    }

    public void start() {
        loop = Optional.of(Loop.start(Thread.ofPlatform().name("veem-keeper").daemon(), "hosts cannot be looked after", loop -> {
            turn();
            loop.rest(TURN);
        }));
    }

    /** Visits, each on its own thread, the hosts that are due. */
    void turn() {
        var known = database.read(hosts::all);
        watches.keySet().retainAll(known.stream().map(HostTable.HostRecord::id).collect(Collectors.toSet()));
        for (var host : known) {
            var watch = watches.computeIfAbsent(host.id(), Watch::new);
            if (watch.begin(clock.instant(), host.state())) {
                Thread.ofVirtual().name("keeper-" + host.id()).start(() -> visit(host, watch));
            }
        }
    }

    /** Visits all hosts, one after the other, and waits for it: for tests and for the start of a site. */
    public void visitAll() {
        for (var host : database.read(hosts::all)) {
            visit(host, watches.computeIfAbsent(host.id(), Watch::new));
        }
    }

    private void visit(HostTable.HostRecord host, Watch watch) {
        room.acquireUninterruptibly();
        var next = rest(host, habits.census());
        var asked = clock.instant();
        try {
            sleeping.rouse(host);
            var connection = fleet.open(host.id(), host.request());
            watch.listen(connection);
            var entries = reconciliation.entries(host.id());
            var problem = reconciliation.reconcile(host.id(), connection.census(), entries);
            watch.introduce(host);
            seen(host, connection, problem.or(watch::twin));
            sleeping.answered(host, connection, asked);
        } catch (HostFailure failure) {
            next = rest(host, habits.silence().dividedBy(2));
            if (!sleeping.silent(host, failure.getMessage())) {
                lost.silent(host.id(), failure.getMessage());
            }
        } catch (RuntimeException trouble) {
            if (open) {
                LOG.warn("host {}: {}", host.name(), trouble.getMessage(), trouble);
            }
        } finally {
            room.release();
            watch.done(clock.instant().plus(next));
        }
    }

    private Duration rest(HostTable.HostRecord host, Duration usual) {
        return switch (host.state()) {
            case FALLING_ASLEEP, WAKING -> SleepingHosts.LOOK;
            case ASLEEP -> habits.census().multipliedBy(SleepingHosts.SELDOM);
            default -> usual;
        };
    }

    private void seen(HostTable.HostRecord host, VeeHost connection, Optional<String> problem) {
        var back = host.state() == Host.State.UNREACHABLE || host.state() == Host.State.WAKING;
        var facts = back || host.facts().isEmpty() ? Optional.of(connection.facts()) : Optional.<HostFacts>empty();
        database.run(transaction -> HostTable.seen(transaction.sql(), host.id(), facts, problem, clock.instant()));
        problem.filter(it -> !host.problem().equals(problem)).ifPresent(it -> LOG.warn("host {} has {}", host.name(), it));
        if (back) {
            LOG.info("host {} answers again", host.name());
        }
    }

    // ---- listening

    /** When a host is due, whether it is being visited, and what it is heard of in between. */
    private final class Watch implements HostListener {
        private final HostId host;
        private Instant due = Instant.MIN;
        private Host.State known = Host.State.NEW;
        private boolean visiting;
        private VeeHost listenedTo;
        private Subscription subscription = () -> {};
        private boolean introduced;
        private volatile Optional<String> twin = Optional.empty();

        Watch(HostId host) {
            this.host = host;
        }

        /** A host whose state is another than at its last visit is visited at once. */
        synchronized boolean begin(Instant now, Host.State state) {
            if (visiting || due.isAfter(now) && state == known) {
                return false;
            }
            known = state;
            visiting = true;
            due = Instant.MAX;
            return true;
        }

        synchronized void done(Instant next) {
            visiting = false;
            due = due.isBefore(next) ? due : next;
        }

        /** The next turn visits the host, whatever the time. */
        synchronized void soon() {
            due = Instant.EPOCH;
        }

        /** Of a guest for which something is being done the outcome tells first. */
        private synchronized void changed(VeeId vee) {
            var later = clock.instant().plus(LATER);
            if (!busy.test(vee)) {
                soon();
            } else if (due.isAfter(later)) {
                due = later;
            }
        }

        synchronized void listen(VeeHost connection) {
            if (listenedTo != connection) {
                subscription.close();
                subscription = connection.watch(this);
                listenedTo = connection;
            }
        }

        synchronized void stop() {
            subscription.close();
        }

        /** Who it is, of a host that was added before hosts were asked for that. Once; what is one machine with another host is told, for it is promised twice. */
        void introduce(HostTable.HostRecord record) {
            if (introduced) {
                return;
            }
            if (!database.read(sql -> HostTable.hasIdentity(sql, host))) {
                twin = fleet.identity(record.request()).flatMap(identity -> database.transact(transaction -> HostTable.identify(transaction.sql(), host, identity)))
                        .map(other -> "the same machine under it as host '%s', which was added as %s: remove one of the two".formatted(other.name(), other.request().uri()));
            }
            introduced = twin.isEmpty();
        }

        Optional<String> twin() {
            return twin;
        }

        @Override
        public void guestChanged(VeeId vee, GuestState state, String why) {
            changed(vee);
        }

        @Override
        public void guestGone(VeeId vee) {
            changed(vee);
        }

        @Override
        public void guestSaid(VeeId vee, String line) {
            voice.said(vee, line);
        }

        @Override
        public void guestUnheard(VeeId vee, long lines) {
            voice.unheard(vee, lines);
        }

        @Override
        public void connectionLost(String why) {
            LOG.info("{}: connection lost: {}", host, why);
            soon();
        }

        @Override
        public void connectionRegained() {
            soon();
        }

        @Override
        public void missedEvents() {
            soon();
        }
    }

    /** After {@link #close}: waits, not for long, until no host is being visited, for a visit needs the site database. */
    public void settle() {
        try {
            if (!room.tryAcquire(AT_A_TIME, LAST_VISIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.info("hosts are being visited still");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        open = false;
        loop.ifPresent(Loop::end);
        watches.values().forEach(Watch::stop);
    }
}
