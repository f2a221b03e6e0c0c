package org.reservoir.veem.work;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.NewWork;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;
import org.reservoir.veem.kept.Change;
import org.reservoir.veem.kept.Columns;
import org.reservoir.veem.kept.Job;
import org.reservoir.veem.kept.Task;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.kept.VeeTable;
import org.reservoir.veem.placing.Placing;
import org.reservoir.veem.placing.WaitingSets;

/**
 * Gives pending VEEs their hosts: reads what waits and what the hosts have, lets {@link Placing} decide, and writes the decision
 * down together with the work that follows. One cycle at a time in the whole site; a VEE that moved on meanwhile is left alone.
 * It also moves VEEs that are to leave their hosts.
 */
public final class Scheduler {
    private static final int MOVES = 16;
    private static final String ELSEWHERE = "; elsewhere ";
    /** A VEE that could not be moved is tried again after this. */
    private static final Duration REST = Duration.ofSeconds(30);
    /** A host on which a deployment failed is tried again after this, the next time after twice as long, up to the longest. */
    private static final Duration GRUDGE = Duration.ofSeconds(15);
    private static final Duration LONGEST_GRUDGE = Duration.ofMinutes(5);

    private final SiteDatabase database;
    private final Placing placing;
    private final InstantSource clock;
    private final int batch;
    private long placedUpTo;
    private long movedUpTo;
    private final Map<VeeId, Instant> resting = new HashMap<>();

    public Scheduler(SiteDatabase database, Placing placing, InstantSource clock, int batch) {
        this.database = database;
        this.placing = placing;
        this.clock = clock;
        this.batch = batch;
    }

    /** Waits until nobody else decides about places, and keeps it so until the transaction ends: room that is seen stays. */
    public static void alone(Handle sql) {
        sql.execute("select pg_advisory_xact_lock(hashtext('veem.placement'))");
    }

    /** Places what it can of the VEEs that wait, in the order in which they came; tells how many. */
    public int turn() {
        return database.transact(this::turn);
    }

    private int turn(Transaction transaction) {
        var sql = transaction.sql();
        var now = clock.instant();
        release(transaction, now);
        if (!VeeTable.isPending(sql, placedUpTo)) {
            placedUpTo = 0;
            return 0;
        }
        alone(sql);
        var waiting = VeeTable.query(sql, "state = 'PENDING' and id > ? order by id limit ?", placedUpTo, batch); // under the lock: who was placed meanwhile has its room
        placedUpTo = waiting.size() < batch ? 0 : waiting.getLast().id().value();
        var whole = WaitingSets.with(sql, waiting.stream().map(vee -> forgiving(vee, now)).toList());
        waiting.forEach(vee -> Optional.ofNullable(whole.late().get(vee.id())).flatMap(why -> told(vee, why)).ifPresent(change -> VeeTable.write(transaction, List.of(change), now)));
        return write(transaction, whole.ready(), placing.place(sql, whole.ready(), List.of()), now);
    }

    private static int write(Transaction transaction, List<VeeRecord> waiting, Placing.Decision decision, Instant now) {
        var changes = new ArrayList<Change>();
        var work = new HashMap<VeeId, NewWork>();
        for (var vee : waiting) {
            var host = Optional.ofNullable(decision.places().get(vee.id()));
            if (host.isPresent()) {
                var placed = deploying(vee, now).on(host);
                changes.add(new Change(vee, placed, "placed on %s%s".formatted(host.get(), with(vee, waiting)), Change.SELF));
                work.put(vee.id(), Engine.ofVee(placed, now));
            } else {
                told(vee, decision.reasons().get(vee.id())).ifPresent(changes::add);
            }
        }
        if (!changes.isEmpty()) {
            work.keySet().retainAll(VeeTable.write(transaction, changes, now));
        }
        transaction.enqueueAll(work.values());
        return work.size();
    }

    private static String with(VeeRecord vee, List<VeeRecord> waiting) {
        return WaitingSets.of(vee).map(set -> " with all %d of set %s".formatted(waiting.stream().filter(other -> WaitingSets.of(other).filter(set::equals).isPresent()).count(),
                vee.spec().placement().set().orElseThrow())).orElse("");
    }

    /** Begins a deployment on a host that was chosen; under the lock of {@link #alone}. */
    public static void deploy(Transaction transaction, VeeRecord vee, HostId to, String why, Instant now) {
        var placed = deploying(vee, now).on(Optional.of(to));
        VeeTable.write(transaction, List.of(new Change(vee, placed, why, Change.SELF)), now);
        transaction.enqueue(Engine.ofVee(placed, now));
    }

    private static VeeRecord deploying(VeeRecord vee, Instant now) {
        return vee.step(VeeState.DEPLOYING, Optional.of(vee.task().map(Task::waiting).orElseGet(() -> Task.own(Job.DEPLOY, VeeState.PENDING))), now);
    }

    /** Without the hosts on which it failed a while ago: there may be no others. */
    private static VeeRecord forgiving(VeeRecord vee, Instant now) {
        return vee.withTask(vee.task().map(task -> !task.failed().isEmpty() && vee.changed().plus(grudge(task)).isBefore(now) ? task.forgiving() : task));
    }

    /**
     * A host is another now: whoever waits since its deployment failed somewhere is tried anew everywhere in the next turn. Not on that host alone: one that
     * has no address for tunnels keeps VEEs from all hosts of its networks. A new generation, so that a turn under way does not write what it has read before.
     */
    public static void tryAnew(Transaction transaction, String host, String who, Instant now) {
        var waiting = VeeTable.query(transaction.sql(), "state = 'PENDING' and task is not null order by id for update").stream()
                .filter(vee -> !vee.task().orElseThrow().failed().isEmpty()).toList();
        var why = "host %s is another now; it is tried anew wherever it failed".formatted(host);
        if (!waiting.isEmpty()) {
            VeeTable.write(transaction, waiting.stream().map(vee -> new Change(vee, vee.step(VeeState.PENDING, vee.task().map(task -> task.failedOn(List.of())), now), why, who)).toList(), now);
        }
    }

    private static Duration grudge(Task task) {
        var grudge = GRUDGE.multipliedBy(1L << Math.min(task.forgiven(), 10));
        return grudge.compareTo(LONGEST_GRUDGE) < 0 ? grudge : LONGEST_GRUDGE;
    }

    /** Says once why a VEE cannot be placed, and again when the reason changes; why it failed where it was before stays told. */
    private static Optional<Change> told(VeeRecord vee, String reason) {
        var before = vee.task().filter(task -> !task.failed().isEmpty()).flatMap(_ -> vee.problem()).map(problem -> problem.replaceFirst(ELSEWHERE + ".*", "") + ELSEWHERE);
        var problem = before.orElse("") + reason;
        return vee.problem().filter(problem::equals).isPresent() ? Optional.empty()
                : Optional.of(new Change(vee, vee.saying(Optional.of(problem)), reason, Change.SELF));
    }

    /** VEEs whose start time has come. */
    private static void release(Transaction transaction, Instant now) {
        var due = VeeTable.query(transaction.sql(), "state = 'HELD' and not_before <= ? limit 1000", Columns.at(now));
        if (!due.isEmpty()) {
            VeeTable.write(transaction, due.stream().map(vee -> new Change(vee, vee.step(VeeState.PENDING, Optional.empty(), now), "its start time has come", Change.SELF)).toList(), now);
        }
    }

    // ---- moving

    /** Moves VEEs whose owner asked to have them rescheduled, and those on hosts that are to be emptied. @return how many begin to move */
    public int moves() {
        var now = clock.instant();
        var candidates = database.read(sql -> VeeTable.query(sql, """
                state in ('RUNNING', 'SUSPENDED', 'POWERED_OFF', 'STOPPED') and id = any (array(
                    select id from veem.vee where reschedule
                    union all select v.id from veem.host h join veem.vee v on v.host = h.id where h.state = 'EVACUATING'))
                and (problem is null or changed < ?) and id > ? order by id limit ?""", Columns.at(now.minus(REST)), movedUpTo, MOVES));
        movedUpTo = candidates.size() < MOVES ? 0 : candidates.getLast().id().value();
        resting.values().removeIf(since -> since.plus(REST).isBefore(now));
        int moved = 0;
        for (var vee : candidates) {
            if (!resting.containsKey(vee.id())) {
                moved += database.transact(transaction -> move(transaction, vee, now));
            }
        }
        return moved;
    }

    private int move(Transaction transaction, VeeRecord seen, Instant now) {
        alone(transaction.sql());
        var vee = VeeTable.lock(transaction.sql(), seen.id()).filter(it -> it.generation() == seen.generation());
        if (vee.isEmpty()) {
            return 0;
        }
        var held = vee.get().parts().heldBy();
        if (held.isPresent()) {
            stay(transaction, vee.get(), "its snapshot '%s' would be lost".formatted(held.get()), now);
            return 0;
        }
        var leaving = vee.get().reschedule() ? List.of(vee.get()) : together(transaction.sql(), vee.get());
        var decision = placing.place(transaction.sql(), leaving, vee.get().host().stream().toList());
        var without = leaving.stream().map(VeeRecord::id).filter(id -> !decision.places().containsKey(id)).findFirst();
        var to = Optional.ofNullable(decision.places().get(seen.id())).filter(_ -> without.isEmpty());
        to.ifPresentOrElse(host -> move(transaction, vee.get(), host, vee.get().reschedule() ? "rescheduled" : "its host is to be emptied", now), () -> stay(transaction, vee.get(), decision.reasons().get(without.orElseThrow()), now));
        return to.isPresent() ? 1 : 0;
    }

    /** A VEE of a host that is to be emptied, and those there that must be where it is: the first of them to leave goes where there is room for all. */
    private static List<VeeRecord> together(Handle sql, VeeRecord vee) {
        var group = vee.spec().placement().group().filter(_ -> vee.spec().placement().together());
        return Stream.concat(Stream.of(vee), group.stream().flatMap(name -> VeeTable.query(sql, "host = ? and destination is null and affinity = ? and id <> ? order by id",
                vee.host().orElseThrow().value(), name, vee.id().value()).stream()).filter(other -> other.spec().placement().together())).toList();
    }

    /** Begins a migration that nobody asked for but the VEEM; under the lock of {@link #alone}. */
    public static void move(Transaction transaction, VeeRecord vee, HostId to, String why, Instant now) {
        var live = vee.state() == VeeState.RUNNING || vee.state() == VeeState.SUSPENDED;
        var task = Task.of(Job.MIGRATE, new VeeAction.Migrate(Optional.of(to), live), vee.state());
        var moving = vee.step(VeeState.MIGRATING, Optional.of(task), now).toward(Optional.of(to));
        VeeTable.write(transaction, List.of(new Change(vee, moving, why, Change.SELF)), now);
        transaction.enqueue(Engine.ofVee(moving, now));
    }

    /** It stays where it is, says why, and is looked at again after a rest. */
    private void stay(Transaction transaction, VeeRecord vee, String reason, Instant now) {
        resting.put(vee.id(), now);
        var problem = "cannot leave its host: " + reason;
        if (vee.problem().filter(problem::equals).isEmpty()) {
            VeeTable.write(transaction, List.of(new Change(vee, vee.saying(Optional.of(problem)), problem, Change.SELF)), now);
        }
    }
}
