package org.reservoir.veem.review;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.PlacementPolicy;
import org.reservoir.kernel.HostId;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;
import org.reservoir.veem.host.Awakening;
import org.reservoir.veem.host.SleepingHosts;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.KnownHosts;
import org.reservoir.veem.kept.LeaseTable;
import org.reservoir.veem.kept.LicenceTable;
import org.reservoir.veem.kept.PolicyTable;
import org.reservoir.veem.kept.SleepTable;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.kept.VeeTable;
import org.reservoir.veem.placing.Whole;
import org.reservoir.veem.work.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which hosts go to sleep and which are woken: those that VEEs or leases need for which there is no room on hosts that are awake, and as
 * many more as the policy keeps for who comes next; hosts beyond these that have been empty for long enough go to sleep. Under the lock of first
 * placement, so that nobody is given a place on a host that goes to sleep.
 */
public final class PowerSaver {
    private static final Logger LOG = LoggerFactory.getLogger(PowerSaver.class);
    /** Hosts that wake at the same time: each draws more power than at any other moment. */
    private static final int AT_A_TIME = 64;
    private static final int WAITING = 2_000;
    private static final Duration REST = Duration.ofSeconds(1);

    private final SiteDatabase database;
    private final KnownHosts hosts;
    private final SleepingHosts sleeping;
    private final InstantSource clock;
    private Instant next = Instant.MIN;

    public PowerSaver(SiteDatabase database, KnownHosts hosts, SleepingHosts sleeping, InstantSource clock) {
        this.database = database;
        this.hosts = hosts;
        this.sleeping = sleeping;
        this.clock = clock;
    }

    /** @return how many hosts are to fall asleep or to wake now */
    public int turn() {
        var now = clock.instant();
        if (now.isBefore(next)) {
            return 0;
        }
        next = now.plus(REST);
        return database.read(this::mayMatter) ? database.transact(transaction -> new Turn(transaction, now).take()) : 0;
    }

    private boolean mayMatter(Handle sql) {
        return hosts.all(sql).stream().anyMatch(host -> host.state() == Host.State.ASLEEP) || PolicyTable.all(sql).stream().anyMatch(policy -> policy.sleep().isPresent());
    }

    /** No host that sleeps and was to sleep by a policy does so when that has been taken away. */
    void release(Transaction transaction, PlacementPolicy policy) {
        var its = PolicyTable.hosts(transaction.sql(), policy);
        HostTable.all(transaction.sql()).stream().filter(host -> its.test(host) && host.state() == Host.State.ASLEEP && host.takesVeesAwake())
                .forEach(host -> SleepTable.enter(transaction, host, Host.State.WAKING, clock.instant()));
    }

    private final class Turn {
        private final Transaction transaction;
        private final Handle sql;
        private final Instant now;
        private final List<HostTable.HostRecord> all;
        private int room;
        private int done;

        Turn(Transaction transaction, Instant now) {
            this.transaction = transaction;
            this.sql = transaction.sql();
            this.now = now;
            Scheduler.alone(sql);
            all = new ArrayList<>(HostTable.all(sql));
            room = AT_A_TIME - (int) all.stream().filter(host -> host.state() == Host.State.WAKING).count();
        }

        int take() {
            if (all.stream().anyMatch(PowerSaver::sleeps)) {
                var leased = SleepTable.leased(sql);
                wake(host -> leased.contains(host.id()), Integer.MAX_VALUE, "leases need it");
                var needed = needed(SleepTable.waiting(sql, WAITING));
                wake(host -> needed.contains(host.id()), Integer.MAX_VALUE, "VEEs wait for room");
            }
            for (var policy : PolicyTable.all(sql)) {
                policy.sleep().ifPresent(sleep -> keep(sleep, PolicyTable.hosts(sql, policy), SleepTable.idle(sql, now)));
            }
            return done;
        }

        private Set<HostId> needed(List<VeeRecord> waiting) {
            return waiting.isEmpty() ? Set.of()
                    : Awakening.hosts(all, waiting, VeeTable.query(sql, "host is not null order by id"), new Whole.Leases(LeaseTable.held(sql), LeaseTable.leased(sql)), LicenceTable.all(sql));
        }

        /** So many empty hosts are awake, or about to be, as the policy has it. */
        private void keep(PlacementPolicy.Sleep sleep, Predicate<HostTable.HostRecord> its, Map<HostId, Instant> idle) {
            var spare = all.stream().filter(its).filter(host -> host.state() == Host.State.WAKING && host.takesVeesAwake() || host.takesVees() && idle.containsKey(host.id())).toList();
            if (spare.size() < sleep.spare()) {
                wake(its, sleep.spare() - spare.size(), "%d empty hosts are to be awake".formatted(sleep.spare()));
                return;
            }
            spare.stream().filter(host -> host.takesVees() && !idle.get(host.id()).plus(sleep.after()).isAfter(now) && sleeping.objection(host).isEmpty())
                    .sorted(Comparator.comparing(host -> idle.get(host.id()))).limit(spare.size() - sleep.spare()).forEach(host -> {
                        LOG.info("host {} is to sleep: it has been empty since {}", host.name(), idle.get(host.id()));
                        enter(host, Host.State.FALLING_ASLEEP);
                    });
        }

        private void wake(Predicate<HostTable.HostRecord> which, int most, String why) {
            var chosen = all.stream().filter(host -> sleeps(host) && which.test(host)).limit(Math.min(most, Math.max(0, room))).toList();
            chosen.forEach(host -> {
                LOG.info("host {} is to wake: {}", host.name(), why);
                enter(host, Host.State.WAKING);
                room--;
            });
        }

        private void enter(HostTable.HostRecord host, Host.State state) {
            SleepTable.enter(transaction, host, state, now);
            all.replaceAll(it -> it.id().equals(host.id()) ? HostTable.find(sql, host.id()).orElseThrow() : it);
            done++;
        }
    }

    /** Sleeps, and would take VEEs otherwise. */
    private static boolean sleeps(HostTable.HostRecord host) {
        return host.state() == Host.State.ASLEEP && host.takesVeesAwake();
    }
}
