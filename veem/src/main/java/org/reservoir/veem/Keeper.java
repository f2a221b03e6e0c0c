package org.reservoir.veem;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;

import org.reservoir.interfaces.vhi.Census;
import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.HostListener;
import org.reservoir.interfaces.vhi.VeeHost;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what the site database says and what the hosts show together: listens to every host, takes a census now and then, and
 * repairs or marks what differs ({@link Drift} decides). Hosts that stay silent are shown as such, their VEEs become UNKNOWN,
 * and — where the site is configured for it and the host was fenced off — start anew elsewhere. Each host has its own thread, so
 * one that hangs holds up no other.
 */
final class Keeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    private static final int AT_A_TIME = 64;

    /** Makes sure that a silent host runs nothing any more: switches it off, or cuts it from storage and network. */
    @FunctionalInterface
    interface Fence {
        /** Whether the host certainly runs nothing now. */
        boolean fence(HostTable.HostRecord host);
    }

    private final SiteDatabase database;
    private final Fleet fleet;
    private final InstantSource clock;
    private final Keeping habits;
    private final Fence fence;
    private final GuestEar voice;
    private final Map<HostId, Watch> watches = new ConcurrentHashMap<>();
    private final Semaphore room = new Semaphore(AT_A_TIME);
    private volatile boolean open = true;
    private Optional<Thread> loop = Optional.empty();

    /** @param voice hears what guests say */
    Keeper(SiteDatabase database, Fleet fleet, InstantSource clock, Keeping habits, Fence fence, GuestEar voice) {
        this.database = database;
        this.fleet = fleet;
        this.clock = clock;
        this.habits = habits;
        this.fence = fence;
        this.voice = voice;
    }

    void start() {
        loop = Optional.of(Thread.ofPlatform().name("veem-keeper").daemon().start(() -> {
            while (open) {
                try {
                    turn();
                    Thread.sleep(500);
                } catch (InterruptedException _) {
                    return;
                } catch (RuntimeException trouble) {
                    LOG.warn("hosts cannot be looked after: {}", trouble.getMessage(), trouble);
                }
            }
        }));
    }

    /** Visits, each on its own thread, the hosts that are due. */
    void turn() {
        var hosts = database.read(HostTable::all);
        watches.keySet().retainAll(hosts.stream().map(HostTable.HostRecord::id).collect(Collectors.toSet()));
        for (var host : hosts) {
            var watch = watches.computeIfAbsent(host.id(), Watch::new);
            if (watch.begin(clock.instant())) {
                Thread.ofVirtual().name("keeper-" + host.id()).start(() -> visit(host, watch));
            }
        }
    }

    /** Visits all hosts, one after the other, and waits for it: for tests and for the start of a site. */
    void visitAll() {
        for (var host : database.read(HostTable::all)) {
            visit(host, watches.computeIfAbsent(host.id(), Watch::new));
        }
    }

    private void visit(HostTable.HostRecord host, Watch watch) {
        room.acquireUninterruptibly();
        var next = habits.census();
        try {
            var connection = fleet.open(host.id(), host.request());
            watch.listen(connection);
            var generations = generations(host.id());
            reconcile(host, connection.census(), generations);
            seen(host, connection);
        } catch (HostFailure failure) {
            next = habits.silence().dividedBy(2);
            silent(host, failure.getMessage());
        } catch (RuntimeException trouble) {
            LOG.warn("host {}: {}", host.name(), trouble.getMessage(), trouble);
        } finally {
            room.release();
            watch.done(clock.instant().plus(next));
        }
    }

    // ---- what the host shows

    /** In which generation each VEE of the host was before the census was taken: one that has moved on since is left to the next census. */
    private Map<VeeId, Long> generations(HostId host) {
        return database.read(sql -> VeeTable.query(sql, "host = ? or destination = ?", host.value(), host.value())).stream()
                .collect(Collectors.toMap(VeeRecord::id, VeeRecord::generation));
    }

    private void reconcile(HostTable.HostRecord host, Census census, Map<VeeId, Long> generations) {
        var sightings = census.ours().stream().collect(Collectors.toMap(Census.Sighting::vee, sighting -> sighting, (a, _) -> a));
        for (var vee : generations.keySet()) {
            check(host.id(), vee, generations.get(vee), Optional.ofNullable(sightings.get(vee)).map(Census.Sighting::state));
        }
        sightings.values().stream().filter(sighting -> !generations.containsKey(sighting.vee())).forEach(sighting -> stray(host.id(), sighting));
    }

    private void check(HostId host, VeeId vee, long generation, Optional<GuestState> seen) {
        database.run(transaction -> {
            var now = clock.instant();
            var record = VeeTable.lock(transaction.sql(), vee).filter(it -> it.generation() == generation && it.host().filter(host::equals).isPresent());
            var repair = record.flatMap(it -> Drift.repair(it, seen, habits.onEnd(), now));
            repair.ifPresent(it -> mend(transaction, record.get(), it, now));
        });
    }

    private static void mend(Transaction transaction, VeeRecord vee, Drift.Repair repair, Instant now) {
        VeeTable.write(transaction, List.of(new Change(vee, repair.vee(), repair.why(), Change.SELF)), now);
        if (repair.boot()) {
            var task = new Task(Job.BOOT, Optional.empty(), VeeState.POWERED_OFF, Optional.empty(), Optional.empty(), List.of());
            var booting = repair.vee().step(VeeState.BOOTING, Optional.of(task), now);
            VeeTable.write(transaction, List.of(new Change(repair.vee(), booting, "booted again", Change.SELF)), now);
            transaction.enqueue(Engine.ofVee(booting, now));
        }
    }

    /** A guest of ours on a host where its VEE is not: what a crash, or a host that came back, left behind. */
    private void stray(HostId host, Census.Sighting sighting) {
        database.run(transaction -> {
            var vee = VeeTable.lock(transaction.sql(), sighting.vee());
            if (vee.filter(it -> it.hosts().contains(host)).isPresent()) {
                return;
            }
            var generation = Math.max(sighting.generation(), vee.map(VeeRecord::generation).orElse(Long.MAX_VALUE / 2));
            var subject = sighting.vee() + "@" + host;
            if (transaction.sql().createQuery("select count(*) from work where kind = :kind and subject = :subject").bind("kind", Engine.ERASE)
                    .bind("subject", subject).mapTo(Long.class).one() == 0) {
                LOG.info("{} has remains of {}, which is not there; they are erased", host, sighting.vee());
                transaction.enqueue(Engine.erasure(sighting.vee(), host, generation, clock.instant()));
            }
        });
    }

    private void seen(HostTable.HostRecord host, VeeHost connection) {
        var back = host.state() == Host.State.UNREACHABLE;
        var facts = back || host.facts().isEmpty() ? Optional.of(connection.facts()) : host.facts();
        database.run(transaction -> HostTable.lock(transaction.sql(), host.id()).ifPresent(it -> HostTable.update(transaction.sql(),
                new HostTable.HostRecord(it.id(), it.state() == Host.State.UNREACHABLE ? Host.State.ENABLED : it.state(), Optional.empty(), it.request(), facts,
                        Optional.of(clock.instant())))));
        if (back) {
            LOG.info("host {} answers again", host.name());
        }
    }

    // ---- hosts that are silent

    private void silent(HostTable.HostRecord host, String why) {
        var now = clock.instant();
        var since = host.lastSeen().orElse(now);
        if (since.plus(habits.silence()).isAfter(now)) {
            return;
        }
        if (host.state() != Host.State.UNREACHABLE) {
            LOG.warn("host {} does not answer: {}", host.name(), why);
        }
        database.run(transaction -> HostTable.lock(transaction.sql(), host.id()).ifPresent(it -> {
            HostTable.update(transaction.sql(), new HostTable.HostRecord(it.id(), Host.State.UNREACHABLE, Optional.of(why), it.request(), it.facts(), it.lastSeen()));
            unknown(transaction, it, now);
        }));
        if (habits.restartLost().filter(patience -> since.plus(patience).isBefore(now)).isPresent() && fence.fence(host)) {
            database.run(transaction -> startElsewhere(transaction, host, now));
        }
    }

    private static void unknown(Transaction transaction, HostTable.HostRecord host, Instant now) {
        var changes = VeeTable.query(transaction.sql(), "host = ? and state in ('RUNNING', 'SUSPENDED')", host.id().value()).stream()
                .map(vee -> new Change(vee, vee.step(VeeState.UNKNOWN, Optional.empty(), now).saying(Optional.of("host %s does not answer".formatted(host.name()))),
                        "its host does not answer", Change.SELF)).toList();
        if (!changes.isEmpty()) {
            VeeTable.write(transaction, changes, now);
        }
    }

    /** The host runs nothing any more: its VEEs begin anew from their images, and what is left on it is erased when it is back. */
    private static void startElsewhere(Transaction transaction, HostTable.HostRecord host, Instant now) {
        var changes = new ArrayList<Change>();
        for (var vee : VeeTable.query(transaction.sql(), "host = ? and state = 'UNKNOWN'", host.id().value())) {
            var memory = new Task(Job.DEPLOY, Optional.empty(), VeeState.PENDING, Optional.empty(), Optional.empty(), List.of(host.id()));
            changes.add(new Change(vee, vee.step(VeeState.PENDING, Optional.of(memory), now).on(Optional.empty()), "its host was lost; it starts elsewhere", Change.SELF));
            transaction.enqueue(Engine.erasure(vee.id(), host.id(), vee.generation() + 1, now));
        }
        if (!changes.isEmpty()) {
            VeeTable.write(transaction, changes, now);
        }
    }

    // ---- listening

    /** When a host is due, whether it is being visited, and what it is heard of in between. */
    private final class Watch implements HostListener {
        private final HostId host;
        private Instant due = Instant.MIN;
        private boolean visiting;
        private VeeHost listenedTo;

        Watch(HostId host) {
            this.host = host;
        }

        synchronized boolean begin(Instant now) {
            if (visiting || due.isAfter(now)) {
                return false;
            }
            visiting = true;
            due = Instant.MAX;
            return true;
        }

        synchronized void done(Instant next) {
            visiting = false;
            due = due.equals(Instant.EPOCH) ? clock.instant() : next;
        }

        /** The next turn visits the host, whatever the time. */
        synchronized void soon() {
            due = Instant.EPOCH;
        }

        synchronized void listen(VeeHost connection) {
            if (listenedTo != connection) {
                connection.watch(this);
                listenedTo = connection;
            }
        }

        @Override
        public void guestChanged(VeeId vee, GuestState state, String why) {
            soon();
        }

        @Override
        public void guestGone(VeeId vee) {
            soon();
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

    @Override
    public void close() {
        open = false;
        loop.ifPresent(Engine::end);
    }
}
