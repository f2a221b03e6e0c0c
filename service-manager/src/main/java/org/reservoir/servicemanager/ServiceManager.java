package org.reservoir.servicemanager;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.reservoir.interfaces.smi.Services;
import org.reservoir.interfaces.vmi.Vmi;
import org.reservoir.store.SiteDatabase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Service Manager of a site: the SMI for those who ask, and the loops that do what was asked for. Several servers on one database
 * share the work. Every loop's turn can also be taken by hand, at any time: that is how tests and simulations drive it.
 */
public final class ServiceManager implements AutoCloseable {
    /** Class path folder of its tables. */
    public static final String MIGRATIONS = "db/service-manager";

    private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);
    /** Longer than a turn takes; a server that is gone for good holds its services up for so long. Should a turn outlive it, another does the same again, harmlessly. */
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int AT_ONCE = 16;

    private final TurnQueue turns;
    private final Reconciler reconciler;
    private final ElasticityLoop elasticity;
    private final ServiceSettings settings;
    private final InstantSource clock;
    private final Services services;
    private final SiteDatabase database;
    private final Semaphore room = new Semaphore(AT_ONCE);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * @param server   name of this server, which no other that lives has
     * @param database with the tables of {@link #MIGRATIONS}
     * @param vmi      where VEEs, images and networks are
     * @param kpis     what rules decide on; {@link MeasuredKpis} in a site
     * @param price    for plans; {@link HourlyPrice#UNKNOWN} when there is no price book
     */
    public ServiceManager(String server, SiteDatabase database, Vmi vmi, KpiWindows kpis, HourlyPrice price, ServiceSettings settings, InstantSource clock) {
        var records = new DatabaseRecords(database);
        this.database = database;
        this.turns = new TurnQueue(database, server);
        this.reconciler = new Reconciler(records, vmi, settings);
        this.elasticity = new ElasticityLoop(records, kpis);
        this.settings = settings;
        this.clock = clock;
        this.services = new ServiceDesk(records, vmi, price, settings, clock);
    }

    public Services services() {
        return services;
    }

    /** Begins to work in the background, until {@link #close}. */
    public void start() {
        turns.takeBack();
        threads.submit(() -> loop("turns", () -> {
            var from = database.outbox().latest();
            hear(clock.instant());
            dispatch();
            database.outbox().awaitNews(from, TICK);
        }));
        threads.submit(() -> loop("rules", () -> {
            elasticity.turn(clock.instant());
            waitFor(settings.evaluation());
        }));
    }

    @FunctionalInterface
    private interface Round {
        void go() throws InterruptedException;
    }

    /** Waits, or is woken when this is closed: what is under way then is finished, not cut off. */
    private boolean waitFor(Duration time) throws InterruptedException {
        return closing.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void loop(String name, Round round) {
        while (closing.getCount() > 0 && !Thread.currentThread().isInterrupted()) {
            try {
                try {
                    round.go();
                } catch (RuntimeException trouble) {
                    LOG.error("The loop '{}' goes on after trouble", name, trouble);
                    waitFor(TICK);
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void hear(Instant now) {
        int heard;
        do {
            heard = turns.listen(now);
        } while (heard == TurnQueue.MOST_EVENTS);
    }

    /** Has turns begun for services that are due, as many at once as there is room for; a slow one holds up no other. */
    private void dispatch() throws InterruptedException {
        room.acquire();
        room.release();
        var now = clock.instant();
        for (var turn : turns.claim(now, LEASE, Math.max(1, room.availablePermits()))) {
            room.acquire();
            threads.submit(() -> {
                try {
                    take(turn, now);
                } finally {
                    room.release();
                }
            });
        }
    }

    /** Hears what has happened and takes the turns of all services that are due, one after the other. @return how many turns that was */
    int turn(Instant now) {
        hear(now);
        int taken = 0;
        for (var due = turns.claim(now, LEASE, AT_ONCE); !due.isEmpty(); due = turns.claim(now, LEASE, AT_ONCE)) {
            due.forEach(turn -> take(turn, now));
            taken += due.size();
        }
        return taken;
    }

    void evaluate(Instant now) {
        elasticity.turn(now);
    }

    private void take(TurnQueue.Turn turn, Instant now) {
        try {
            turns.finish(turn, now, reconciler.turn(turn.service(), now));
        } catch (RuntimeException trouble) {
            LOG.error("A turn of {} is put off after trouble", turn.service(), trouble);
            turns.finish(turn, now, Optional.of(now.plus(settings.resync())));
        }
    }

    @Override
    public void close() {
        closing.countDown();
        threads.shutdown();
        try {
            if (!threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
