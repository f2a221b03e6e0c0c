package org.reservoir.veem.host;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

import org.reservoir.interfaces.vhi.HostFacts;
import org.reservoir.interfaces.vhi.HostFailure;
import org.reservoir.interfaces.vhi.VeeHost;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;
import org.reservoir.veem.kept.Fleet;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.SleepTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of hosts that are to sleep, sleep, or are to wake. That one sleeps is seen by its silence after it was ordered to, and that it is
 * awake by its answers; orders are given again until one of the two is seen, and one that does neither in time is told of. Who is to sleep
 * is decided elsewhere.
 */
public final class SleepingHosts {
    /** Between two looks at a host that is about to change. */
    static final Duration LOOK = Duration.ofSeconds(2);
    /** One that sleeps is looked at so many times less often than others: somebody may have pressed its button. */
    static final int SELDOM = 10;
    private static final Logger LOG = LoggerFactory.getLogger(SleepingHosts.class);
    /** Between two orders: a packet that wakes may be lost. */
    private static final Duration AGAIN = Duration.ofSeconds(15);
    /** libvirt carries the order to sleep out ten seconds after it has taken it: what a host answers before that tells nothing. */
    private static final Duration SETTLED = Duration.ofSeconds(30);
    /** A host that answers still is awake, whatever it was told. */
    private static final Duration FALLING = Duration.ofMinutes(3);

    private final SiteDatabase database;
    private final Fleet fleet;
    private final Waking waking;
    private final InstantSource clock;
    private final Runnable place;

    /** @param place called when a host has become able to take VEEs */
    public SleepingHosts(SiteDatabase database, Fleet fleet, Waking waking, InstantSource clock, Runnable place) {
        this.database = database;
        this.fleet = fleet;
        this.waking = waking;
        this.clock = clock;
        this.place = place;
    }

    // ---- who can

    /** Why the host is never put to sleep; empty when it can be, and can be woken. */
    public Optional<String> objection(HostTable.HostRecord host) {
        if (host.facts().filter(facts -> facts.features().contains(HostFacts.Feature.SLEEP)).isEmpty()) {
            return Optional.of("it says that it cannot be put to sleep");
        }
        return unwakeable(host);
    }

    /** Why nothing wakes the host. */
    Optional<String> unwakeable(HostTable.HostRecord host) {
        try {
            return waking.program().isPresent() || fleet.wakes(host.request()) ? Optional.empty() : Optional.of("nothing is known that would wake it");
        } catch (HostFailure wrong) {
            return Optional.of(wrong.getMessage());
        }
    }

    // ---- visits

    /** Before it is looked whether it answers. */
    void rouse(HostTable.HostRecord host) {
        if (host.state() != Host.State.WAKING || !database.transact(transaction -> SleepTable.take(transaction.sql(), host.id(), Host.State.WAKING, AGAIN, clock.instant()))) {
            return;
        }
        try {
            if (waking.program().isEmpty()) {
                fleet.wake(host.request());
            } else if (!waking.program().get().wake(host.name(), host.request().uri())) {
                LOG.warn("host {}: the program that wakes hosts says that it could not", host.name());
            }
        } catch (HostFailure failure) {
            LOG.warn("host {} cannot be sent what wakes it: {}", host.name(), failure.getMessage());
        }
    }

    /** It answered. @param asked when it was asked */
    void answered(HostTable.HostRecord host, VeeHost connection, Instant asked) {
        if (!host.state().drowsy()) {
            return;
        }
        database.read(sql -> SleepTable.find(sql, host.id())).ifPresent(sleep -> {
            switch (sleep.state()) {
                case FALLING_ASLEEP -> fall(host, sleep, connection);
                case ASLEEP, WAKING -> {
                    if (sleep.since().isBefore(asked) && sleep.settled(asked.minus(SETTLED))) {
                        wakes(host, sleep);
                    }
                }
                default -> { }
            }
        });
    }

    private void fall(HostTable.HostRecord host, SleepTable.Sleep sleep, VeeHost connection) {
        if (sleep.since().plus(FALLING).isBefore(clock.instant())) {
            stays(host, "it was told to sleep and answers still");
            return;
        }
        if (database.transact(transaction -> SleepTable.take(transaction.sql(), host.id(), Host.State.FALLING_ASLEEP, AGAIN.multipliedBy(4), clock.instant()))) {
            try {
                connection.sleep();
            } catch (HostFailure failure) {
                if (!failure.kind().passing()) {
                    stays(host, "it does not go to sleep: " + failure.getMessage());
                }
            }
        }
    }

    private void stays(HostTable.HostRecord host, String problem) {
        LOG.warn("host {} stays awake: {}", host.name(), problem);
        database.run(transaction -> locked(transaction, host, Host.State.FALLING_ASLEEP).ifPresent(it -> SleepTable.awake(transaction, it, Optional.of(problem))));
        place.run();
    }

    private void wakes(HostTable.HostRecord host, SleepTable.Sleep sleep) {
        LOG.info(sleep.state() == Host.State.WAKING ? "host {} is awake" : "host {} woke by itself", host.name());
        database.run(transaction -> locked(transaction, host, sleep.state()).ifPresent(it -> SleepTable.awake(transaction, it, Optional.empty())));
        place.run();
    }

    private static Optional<HostTable.HostRecord> locked(Transaction transaction, HostTable.HostRecord host, Host.State still) {
        return HostTable.lock(transaction.sql(), host.id()).filter(it -> it.state() == still);
    }

    /** It did not answer. @return whether that is as it should be */
    boolean silent(HostTable.HostRecord host, String why) {
        var found = database.read(sql -> SleepTable.find(sql, host.id()));
        if (found.isEmpty()) {
            return false;
        }
        var sleep = found.get();
        return switch (sleep.state()) {
            case FALLING_ASLEEP -> sleep.slept().isPresent() && sleeps(host);
            case WAKING -> late(host, sleep, why);
            default -> true;
        };
    }

    /** What is left of the connection would knock at the host's door again and again. */
    private boolean sleeps(HostTable.HostRecord host) {
        LOG.info("host {} sleeps", host.name());
        database.run(transaction -> locked(transaction, host, Host.State.FALLING_ASLEEP).ifPresent(it -> SleepTable.enter(transaction, it, Host.State.ASLEEP, clock.instant())));
        fleet.forget(host.id());
        return true;
    }

    private boolean late(HostTable.HostRecord host, SleepTable.Sleep sleep, String why) {
        if (sleep.since().plus(waking.patience()).isBefore(clock.instant())) {
            var problem = "it was to wake at %s and did not come within %s: %s".formatted(sleep.since().truncatedTo(ChronoUnit.SECONDS),
                    waking.patience().toString().substring(2).toLowerCase(java.util.Locale.ROOT), why);
            LOG.warn("host {} is lost: {}", host.name(), problem);
            database.run(transaction -> locked(transaction, host, Host.State.WAKING).ifPresent(it -> SleepTable.lost(transaction, it, problem)));
        }
        return true;
    }
}
