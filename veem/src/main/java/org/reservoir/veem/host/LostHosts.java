package org.reservoir.veem.host;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.HostId;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;
import org.reservoir.veem.kept.Change;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.Job;
import org.reservoir.veem.kept.Task;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.kept.VeeTable;
import org.reservoir.veem.work.Engine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of hosts that stay silent and of the VEEs on them. Nothing starts elsewhere before the host is fenced off: it may
 * be only the network between it and this server that is gone.
 */
final class LostHosts {
    private static final Logger LOG = LoggerFactory.getLogger(LostHosts.class);

    private final SiteDatabase database;
    private final Keeping habits;
    private final InstantSource clock;

    LostHosts(SiteDatabase database, Keeping habits, InstantSource clock) {
        this.database = database;
        this.habits = habits;
        this.clock = clock;
    }

    /** The host did not answer when it was visited. */
    void silent(HostId id, String why) {
        var now = clock.instant();
        var found = database.read(sql -> HostTable.find(sql, id));
        var since = found.flatMap(HostTable.HostRecord::lastSeen).orElse(now);
        if (since.plus(habits.silence()).isAfter(now)) {
            return;
        }
        var host = found.orElseThrow();
        if (host.state() != Host.State.UNREACHABLE) {
            LOG.warn("host {} does not answer: {}", host.name(), why);
        }
        database.run(transaction -> {
            HostTable.silent(transaction.sql(), host, why);
            unknown(transaction, host, now);
        });
        if (habits.restartLost().filter(patience -> since.plus(patience).isBefore(now)).isPresent() && holdsBack(id) && habits.fence().fence(host.name(), host.request().uri())) {
            LOG.warn("host {} is fenced off; its VEEs start elsewhere", host.name());
            database.run(transaction -> startElsewhere(transaction, id, now));
        }
    }

    /** Whether there is anybody to start elsewhere. A host that has only VEEs that are off is left alone: fenced again and again, it could not even boot. */
    private boolean holdsBack(HostId host) {
        return database.read(sql -> VeeTable.query(sql, "host = ?", host.value())).stream().anyMatch(vee -> vee.destination().isPresent() || ranThere(vee));
    }

    private static void unknown(Transaction transaction, HostTable.HostRecord host, Instant now) {
        var changes = VeeTable.query(transaction.sql(), "host = ? and state in ('RUNNING', 'SUSPENDED') for update", host.id().value()).stream()
                .map(vee -> new Change(vee, vee.step(VeeState.UNKNOWN, Optional.empty(), now).saying(Optional.of("host %s does not answer".formatted(host.name()))),
                        "its host does not answer", Change.SELF)).toList();
        if (!changes.isEmpty()) {
            VeeTable.write(transaction, changes, now);
        }
    }

    /**
     * The host runs nothing any more: what ran there, or was about to, begins anew from its images; what is left there is erased
     * when the host is back. VEEs that were off or saved to disk wait for their host, where all that they are lies.
     */
    private static void startElsewhere(Transaction transaction, HostId host, Instant now) {
        var changes = new ArrayList<Change>();
        for (var vee : VeeTable.query(transaction.sql(), "host = ? for update", host.value())) {
            if (vee.destination().isPresent()) {
                changes.add(new Change(vee, retreating(vee, now), "its host was lost on its way to another; it starts anew", Change.SELF));
                transaction.enqueue(Engine.ofVee(changes.getLast().after(), now));
                transaction.enqueue(Engine.erasure(vee.id(), host, changes.getLast().after().generation(), now));
            } else if (ranThere(vee)) {
                var memory = Task.own(Job.DEPLOY, VeeState.PENDING).failedOn(List.of(host));
                var pending = vee.with(vee.parts().withSnapshots(List.of())).step(VeeState.PENDING, Optional.of(memory), now).on(Optional.empty());
                changes.add(new Change(vee, pending, "its host was lost; it starts elsewhere", Change.SELF));
                transaction.enqueue(Engine.erasure(vee.id(), host, pending.generation(), now));
            }
        }
        if (!changes.isEmpty()) {
            VeeTable.write(transaction, changes, now);
        }
    }

    /** Nobody knows whether it arrived: the other host is rid of it before it starts anywhere. */
    private static VeeRecord retreating(VeeRecord vee, Instant now) {
        return vee.step(VeeState.DEPLOYING, Optional.of(Task.own(Job.DEPLOY, VeeState.PENDING).undoing()), now).on(vee.destination()).toward(Optional.empty());
    }

    private static boolean ranThere(VeeRecord vee) {
        return switch (vee.state()) {
            case UNKNOWN, DEPLOYING, RESUMING, BOOTING -> true;
            case CHANGING, SUSPENDING, STOPPING -> vee.task().filter(task -> task.before() == VeeState.RUNNING || task.before() == VeeState.SUSPENDED).isPresent();
            case HELD, PENDING, RUNNING, SUSPENDED, STOPPED, SHUTTING_DOWN, POWERED_OFF, MIGRATING, UNDEPLOYING, UNDEPLOYED, FAILED, TERMINATING, TERMINATED -> false;
        };
    }
}
