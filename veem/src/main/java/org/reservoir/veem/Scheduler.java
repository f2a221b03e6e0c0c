package org.reservoir.veem;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.NewWork;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;

/**
 * Gives pending VEEs their hosts: reads what waits and what the hosts have, lets {@link Placing} decide, and writes the decision
 * down together with the work that follows. One cycle at a time in the whole site; a VEE that moved on meanwhile is left alone.
 */
final class Scheduler {
    private final SiteDatabase database;
    private final Placing placing;
    private final InstantSource clock;
    private final int batch;
    private VeeId after = null;

    Scheduler(SiteDatabase database, Placing placing, InstantSource clock, int batch) {
        this.database = database;
        this.placing = placing;
        this.clock = clock;
        this.batch = batch;
    }

    /** Places what it can of the VEEs that wait, in the order in which they came; tells how many. */
    int turn() {
        return database.transact(this::turn);
    }

    private int turn(Transaction transaction) {
        var sql = transaction.sql();
        if (!sql.createQuery("select pg_try_advisory_xact_lock(hashtext('veem.placement'))").mapTo(Boolean.class).one()) {
            return 0;
        }
        var now = clock.instant();
        release(transaction, now);
        var waiting = VeeTable.query(sql, "state = 'PENDING' and id > ? order by id limit ?", after == null ? 0L : after.value(), batch);
        after = waiting.size() < batch ? null : waiting.getLast().id();
        if (waiting.isEmpty()) {
            return 0;
        }
        var decision = placing.place(sql, waiting, List.of());
        var changes = new ArrayList<Change>();
        var work = new ArrayList<NewWork>();
        for (var vee : waiting) {
            var host = Optional.ofNullable(decision.places().get(vee.id()));
            if (host.isPresent()) {
                var placed = deploying(vee, now).on(host);
                changes.add(new Change(vee, placed, "placed on " + host.get(), Change.SELF));
                work.add(Engine.ofVee(placed, now));
            } else {
                told(vee, decision.reasons().get(vee.id())).ifPresent(changes::add);
            }
        }
        if (!changes.isEmpty()) {
            VeeTable.write(transaction, changes, now);
        }
        transaction.enqueueAll(work);
        return work.size();
    }

    private static VeeRecord deploying(VeeRecord vee, Instant now) {
        var failed = vee.task().map(Task::failed).orElse(List.of());
        return vee.step(VeeState.DEPLOYING, Optional.of(new Task(Job.DEPLOY, Optional.empty(), VeeState.PENDING, Optional.empty(), Optional.empty(), failed)), now);
    }

    /** Says once why a VEE cannot be placed, and again when the reason changes. */
    private static Optional<Change> told(VeeRecord vee, String reason) {
        return vee.problem().filter(reason::equals).isPresent() ? Optional.empty()
                : Optional.of(new Change(vee, vee.saying(Optional.of(reason)), reason, Change.SELF));
    }

    /** VEEs whose start time has come. */
    private void release(Transaction transaction, Instant now) {
        var due = VeeTable.query(transaction.sql(), "state = 'HELD' and not_before <= ? limit 1000", VeeTable.at(now));
        if (!due.isEmpty()) {
            VeeTable.write(transaction, due.stream().filter(vee -> !vee.spec().hold())
                    .map(vee -> new Change(vee, vee.step(VeeState.PENDING, Optional.empty(), now), "its start time has come", Change.SELF)).toList(), now);
        }
    }

    /** Moves VEEs whose owner asked to have them rescheduled, and those on hosts that are to be emptied. @return how many begin to move */
    int moves() {
        var candidates = database.read(sql -> VeeTable.query(sql, """
                state = 'RUNNING' and (reschedule or host in (select id from veem.host where state = 'EVACUATING')) order by id limit ?""", 16));
        int moved = 0;
        for (var vee : candidates) {
            moved += database.transact(transaction -> move(transaction, vee));
        }
        return moved;
    }

    private int move(Transaction transaction, VeeRecord seen) {
        var now = clock.instant();
        var vee = VeeTable.lock(transaction.sql(), seen.id()).filter(it -> it.generation() == seen.generation());
        var to = vee.flatMap(it -> Optional.ofNullable(placing.place(transaction.sql(), List.of(it), it.host().stream().toList()).places().get(it.id())));
        if (to.isEmpty()) {
            return 0;
        }
        var task = Task.of(Job.MIGRATE, new VeeAction.Migrate(to, true), VeeState.RUNNING);
        var moving = vee.get().step(VeeState.MIGRATING, Optional.of(task), now).toward(to);
        VeeTable.write(transaction, List.of(new Change(vee.get(), moving, vee.get().reschedule() ? "rescheduled" : "its host is to be emptied", Change.SELF)), now);
        transaction.enqueue(Engine.ofVee(moving, now));
        return 1;
    }
}
