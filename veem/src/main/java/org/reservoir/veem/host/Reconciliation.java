package org.reservoir.veem.host;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.reservoir.interfaces.vhi.Census;
import org.reservoir.interfaces.vhi.GuestState;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.PlannedAnew;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;
import org.reservoir.veem.kept.Change;
import org.reservoir.veem.kept.Job;
import org.reservoir.veem.kept.Task;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.kept.VeeTable;
import org.reservoir.veem.work.Engine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds what a host shows against what the site database says, and writes down or orders what follows ({@link Drift} decides). */
public final class Reconciliation {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);

    private final SiteDatabase database;
    private final Drift.OnEnd onEnd;
    private final InstantSource clock;

    public Reconciliation(SiteDatabase database, Drift.OnEnd onEnd, InstantSource clock) {
        this.database = database;
        this.onEnd = onEnd;
        this.clock = clock;
    }

    /** What the site database says of a VEE of the host: enough to tell whether the host agrees. */
    record Entry(VeeId vee, long generation, VeeState state) {}

    /** Read before the census is taken: a VEE that has moved on since is left to the next census. */
    List<Entry> entries(HostId host) {
        return database.read(sql -> sql.createQuery("select id, generation, state from veem.vee where host = :host or destination = :host").addCustomizer(new PlannedAnew())
                .bind("host", host.value())
                .map((row, _) -> new Entry(new VeeId(row.getLong(1)), row.getLong(2), VeeState.valueOf(row.getString(3)))).list());
    }

    /** @return what only a person can put right */
    public Optional<String> reconcile(HostId host, Census census, List<Entry> entries) {
        var sightings = census.ours().stream().collect(Collectors.toMap(Census.Sighting::vee, sighting -> sighting, (a, _) -> a));
        for (var entry : entries) {
            var seen = Optional.ofNullable(sightings.remove(entry.vee()));
            if (Drift.differs(entry.state(), seen.map(Census.Sighting::state))) {
                check(host, entry, seen);
            }
        }
        var remains = Stream.concat(census.remains().stream(), ended(census.shared()).stream()).distinct();
        var left = Stream.concat(sightings.values().stream(), remains.map(vee -> new Census.Sighting(vee, 0, GuestState.SHUT_OFF)));
        var unknown = left.filter(sighting -> !stray(host, sighting)).map(sighting -> sighting.vee().toString()).sorted().collect(Collectors.joining(", "));
        return Optional.of(unknown).filter(vees -> !vees.isEmpty())
                .map("%s: guests of this site that it knows nothing of, younger than its backup? They are left alone."::formatted);
    }

    /** Those of them that never come back: what hosts share of the others they may need elsewhere. */
    private List<VeeId> ended(Set<VeeId> shared) {
        return shared.isEmpty() ? List.of() : database.read(sql -> sql.createQuery("select id from veem.vee where state = 'TERMINATED' and id = any(:ids)")
                .bindArray("ids", Long.class, shared.stream().map(VeeId::value).toArray()).mapTo(Long.class).map(VeeId::new).list());
    }

    private void check(HostId host, Entry entry, Optional<Census.Sighting> seen) {
        database.run(transaction -> {
            var now = clock.instant();
            var record = VeeTable.lock(transaction.sql(), entry.vee()).filter(it -> it.generation() == entry.generation() && it.host().filter(host::equals).isPresent());
            var repair = record.flatMap(it -> Drift.repair(it, seen, onEnd, now));
            repair.ifPresent(it -> mend(transaction, record.get(), it, now));
        });
    }

    private static void mend(Transaction transaction, VeeRecord vee, Drift.Repair repair, Instant now) {
        VeeTable.write(transaction, List.of(new Change(vee, repair.vee(), repair.why(), Change.SELF)), now);
        if (repair.boot()) {
            var booting = repair.vee().step(VeeState.BOOTING, Optional.of(Task.own(Job.BOOT, VeeState.POWERED_OFF)), now);
            VeeTable.write(transaction, List.of(new Change(repair.vee(), booting, "booted again", Change.SELF)), now);
            transaction.enqueue(Engine.ofVee(booting, now));
        }
    }

    /**
     * A guest of ours, or what is left of one, on a host where its VEE is not: what a crash, a call that a host carried out too late, or a host that came
     * back left behind is erased. But rows of VEEs are kept for
     * ever, so one without a row was made after the backup from which this database comes: somebody may want it, and its number is not given again.
     *
     * @return whether the site knows the VEE
     */
    private boolean stray(HostId host, Census.Sighting sighting) {
        return database.transact(transaction -> {
            var vee = VeeTable.lock(transaction.sql(), sighting.vee());
            if (vee.isEmpty()) {
                VeeTable.numberIsTaken(transaction.sql(), sighting.vee());
                return false;
            }
            if (vee.get().hosts().contains(host)) {
                return true;
            }
            var generation = Math.max(sighting.generation(), vee.get().generation());
            var subject = sighting.vee() + "@" + host;
            if (transaction.sql().createQuery("select count(*) from work where kind = :kind and subject = :subject").bind("kind", Engine.ERASE)
                    .bind("subject", subject).mapTo(Long.class).one() == 0) {
                LOG.info("{} has remains of {}, which is not there; they are erased", host, sighting.vee());
                transaction.enqueue(Engine.erasure(sighting.vee(), host, generation, clock.instant()));
            }
            return true;
        });
    }
}
