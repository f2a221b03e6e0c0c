package org.reservoir.placement.lease;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.reservoir.kernel.LeaseId;
import org.reservoir.placement.lease.LeaseSettings.Queueing;
import org.reservoir.placement.lease.LogEntry.What;
import org.reservoir.placement.lease.RunPlanner.Planned;
import org.reservoir.placement.lease.RunPlanner.Search;

/**
 * Decides when each lease runs: reservations, immediate leases and those with a deadline as they arrive, best-effort leases from a queue, as room and backfilling allow.
 * The semantics are those of Haizea 1.1 (lease_scheduler, vm_scheduler); where they part, docs/decisions says why.
 */
final class LeasePlanner {
    private static final long NO_LIMIT = Reservation.NEVER;

    final SlotTable table;
    final RunPlanner runs;
    final DeadlinePlanner deadlines;
    final Chronicle chronicle;
    /** Leases that are not over, by id. */
    final TreeMap<Long, Lease> leases = new TreeMap<>();
    final List<Lease> queue = new ArrayList<>();
    /** Leases that have ended, in whatever way, in that order. */
    final List<Lease> over = new ArrayList<>();
    private final LeaseSettings settings;
    /** The site with nothing on it. */
    private final RunPlanner empty;
    private LeasePolicies policies;

    LeasePlanner(LeaseSite site, LeaseSettings settings, LeasePolicies policies) {
        this.table = new SlotTable(site);
        this.settings = settings;
        this.policies = policies;
        this.chronicle = new Chronicle(site);
        var layout = new RunLayout(settings, site.memory());
        this.runs = new RunPlanner(table, settings, new Mapper(table, site, policies.hosts()), layout);
        var nothing = new SlotTable(site);
        this.empty = new RunPlanner(nothing, settings, new Mapper(nothing, site, policies.hosts()), layout);
        this.deadlines = new DeadlinePlanner(table, settings, runs);
    }

    LeasePolicies policies() {
        return policies;
    }

    /** Lets a lease in, or not. @return whether it may be planned */
    boolean admit(Lease lease, long now) {
        chronicle.note(now, lease, What.REQUESTED, "");
        lease.become(LeaseState.PENDING);
        var objection = policies.admission().objection(lease);
        if (objection.isEmpty() && empty.exact(lease, 0, 1, Mapper.Victims.NONE).isEmpty()) {
            objection = Optional.of("it asks for more than the site has");
        }
        objection.ifPresent(why -> refuse(lease, now, LeaseState.REJECTED, why));
        if (objection.isEmpty()) {
            leases.put(lease.id(), lease);
        }
        return objection.isEmpty();
    }

    private void refuse(Lease lease, long now, LeaseState as, String why) {
        lease.become(as);
        lease.reason = why;
        lease.end = now;
        runs.waiting().remove(lease);
        leases.remove(lease.id());
        over.add(lease);
        chronicle.note(now, lease, What.REFUSED, why);
    }

    void enqueue(Lease lease) {
        queue.add(lease);
    }

    void enqueueInOrder(Lease lease) {
        int at = queue.size();
        while (at > 0 && waitsSince(queue.get(at - 1)) > waitsSince(lease)) {
            at--;
        }
        queue.add(at, lease);
    }

    /** The queue's order is that of these times. */
    private long waitsSince(Lease lease) {
        boolean anew = settings.queueing() == Queueing.SUSPENDED_LAST && lease.state().isSuspended();
        return anew ? lease.suspendedAt() : lease.request().arrival();
    }

    /** Brings a queue that was kept into the order of today's settings. */
    void order() {
        queue.sort(Comparator.comparingLong(this::waitsSince));
    }

    /** Plans what has just been let in. */
    void planArrivals(List<Lease> arrivals, long now) {
        for (var lease : arrivals) {
            if (lease.kind() == LeaseKind.BEST_EFFORT) {
                enqueue(lease);
                lease.become(LeaseState.QUEUED);
                chronicle.note(now, lease, What.QUEUED, "");
            }
        }
        for (var lease : arrivals) {
            if (lease.kind() != LeaseKind.BEST_EFFORT && !plan(lease, now) && !lease.state().isEnd()) {
                refuse(lease, now, LeaseState.REJECTED, "there is no room for it");
            }
        }
    }

    /** Plans what the queue holds, in order, as far as backfilling allows. */
    void planQueue(long now) {
        var left = new ArrayList<Lease>();
        while (!queue.isEmpty() && (runs.mayLookAhead() || !table.isFull(now))) {
            var lease = queue.removeFirst();
            if (!plan(lease, now) && !lease.state().isEnd()) {
                left.add(lease);
                if (settings.futureLeases() == 0) {
                    break;
                }
            }
        }
        queue.addAll(0, left);
    }

    /** @return whether the lease has a plan now; a lease that its price keeps out is refused here */
    boolean plan(Lease lease, long now) {
        var concerned = policies.pricing().asks() ? leases.values().stream().filter(other -> other.kind() == LeaseKind.DEADLINE).toList() : List.<Lease>of();
        var attempt = Attempt.begin(table, concerned);
        var planned = find(lease, now).filter(it -> !lease.state().isSuspended() || runs.layout().moveImages(it.run(), now));
        boolean affordable = planned.isEmpty() || takesPrice(lease, planned.get());
        if (planned.isEmpty() || !affordable) {
            attempt.giveUp();
            runs.waiting().remove(lease);
            deadlines.killed().clear();
            if (!affordable) {
                refuse(lease, now, LeaseState.REJECTED_BY_USER, "its user would not pay %s".formatted(lease.price));
            }
            return false;
        }
        attempt.keep();
        killed(now);
        planned.get().preempted().forEach(victim -> preempt(victim, lease, planned.get().run().start, now));
        commit(lease, planned.get().run(), now);
        return true;
    }

    private Optional<Planned> find(Lease lease, long now) {
        return switch (lease.request().start()) {
            case LeaseRequest.Start.Whenever _ -> runs.soon(lease, soon(lease, now, runs.mayLookAhead()));
            case LeaseRequest.Start.Now _ -> runs.soon(lease, soon(lease, now, false));
            case LeaseRequest.Start.At(long start) -> lease.kind() == LeaseKind.DEADLINE ? deadlines.plan(lease, now, victims(lease, start, now)) : exact(lease, Math.max(start, now), now);
        };
    }

    private Search soon(Lease lease, long now, boolean ahead) {
        boolean resuming = lease.state().isSuspended();
        long earliest = resuming ? now + runs.layout().moveEstimate(lease) : now;
        return new Search(lease.remaining(), earliest, ahead, resuming, NO_LIMIT, Optional.empty());
    }

    private Optional<Planned> exact(Lease lease, long start, long now) {
        var victims = victims(lease, start, now);
        if (settings.replanning()) {
            return deadlines.exact(lease, start, now, victims);
        }
        return runs.exact(lease, start, lease.remaining(), new Mapper.Victims() {
            @Override
            public List<Lease> candidates() {
                return victims;
            }

            @Override
            public boolean take(Lease victim) {
                return true;
            }
        });
    }

    /** Leases on the hosts in that time that may be preempted, the one to be taken first last. */
    private List<Lease> victims(Lease preemptor, long start, long now) {
        long end = start + preemptor.remaining() + runs.layout().shutdownSeconds(preemptor);
        record Scored(Lease lease, double score) {}
        var candidates = table.leasesBetween(start, end).stream().filter(lease -> lease.request().preemptible() && mayMove(lease, start, now)).toList();
        var scores = candidates.isEmpty() ? new double[0] : policies.preemption().scores(preemptor, candidates, start);
        return IntStream.range(0, scores.length).mapToObj(i -> new Scored(candidates.get(i), scores[i])).filter(it -> it.score >= 0)
                .sorted(Comparator.comparingDouble(it -> -it.score)).map(Scored::lease).toList();
    }

    private boolean mayMove(Lease lease, long start, long now) {
        if (settings.replanning()) {
            return lease.kind() == LeaseKind.DEADLINE && lease.is(LeaseState.SCHEDULED, LeaseState.READY, LeaseState.ACTIVE, LeaseState.SUSPENDING, LeaseState.SUSPENDED_PENDING,
                    LeaseState.SUSPENDED_SCHEDULED);
        }
        return lease.kind() == LeaseKind.BEST_EFFORT && lease.lastRun().phase != Reservation.Phase.DONE
                && (suspends(lease, start, now) || lease.is(LeaseState.SCHEDULED, LeaseState.READY, LeaseState.ACTIVE) || lease.lastRun().notBegun());
    }

    private boolean suspends(Lease lease, long time, long now) {
        return lease.lastRun().start < time && runs.suspendable(lease) && runs.canSuspendBy(lease, time, Long.MIN_VALUE, now);
    }

    private boolean takesPrice(Lease lease, Planned planned) {
        var pricing = policies.pricing();
        lease.price = pricing.price(lease, List.copyOf(planned.preempted()));
        var userRate = Pricing.userRate(lease.request());
        if (!pricing.asks() || userRate.isEmpty()) {
            return true;
        }
        boolean taken = lease.price <= PricingPolicy.nodeHours(lease.request()) * userRate.getAsDouble();
        policies = policies.with(pricing.after(new PricingPolicy.Verdict(lease.request(), pricing.rate(lease), taken)));
        return taken;
    }

    private void killed(long now) {
        deadlines.killed().forEach(run -> {
            chronicle.over(run, now);
            chronicle.note(now, run.lease, What.KILLED, run);
        });
        deadlines.killed().clear();
    }

    private void commit(Lease lease, Run run, long now) {
        lease.append(run);
        runs.put(run);
        if (lease.state().isSuspended()) {
            lease.become(LeaseState.SUSPENDED_SCHEDULED);
        } else {
            lease.become(LeaseState.SCHEDULED);
            lease.become(LeaseState.READY);
        }
        chronicle.note(now, lease, What.PLANNED, run);
    }

    private void preempt(Lease victim, Lease preemptor, long time, long now) {
        var run = victim.lastRun();
        if (suspends(victim, time, now)) {
            runs.preempt(run, time);
            chronicle.note(now, victim, What.PREEMPTED, "for %s: it is to be suspended".formatted(new LeaseId(preemptor.id())));
            return;
        }
        chronicle.note(now, victim, What.PREEMPTED, "for %s: it waits again".formatted(new LeaseId(preemptor.id())));
        boolean running = victim.is(LeaseState.ACTIVE);
        runs.cancel(run);
        if (running) {
            chronicle.over(run, now);
            chronicle.note(now, victim, What.KILLED, run);
            victim.beginAnew();
        }
        victim.become(victim.is(LeaseState.SUSPENDED_SCHEDULED) ? LeaseState.SUSPENDED_QUEUED : LeaseState.QUEUED);
        enqueueInOrder(victim);
    }

    /** After a lease has ended early. */
    void reconsider(Lease ended, long now) {
        reconsider(now);
        deadlines.fillGap(ended, now);
    }

    /** After something became free: leases that hold a place in the future may find an earlier one. */
    void reconsider(long now) {
        var waiting = runs.waiting().stream().filter(lease -> lease.kind() == LeaseKind.BEST_EFFORT && lease.is(LeaseState.READY, LeaseState.SCHEDULED, LeaseState.SUSPENDED_SCHEDULED))
                .filter(lease -> lease.lastRun().notBegun()).sorted(Comparator.comparingLong(this::waitsSince).thenComparing(LeaseView::id)).toList();
        for (var lease : waiting) {
            lease.become(lease.is(LeaseState.SUSPENDED_SCHEDULED) ? LeaseState.SUSPENDED_PENDING : LeaseState.PENDING);
            runs.cancel(lease.lastRun());
            if (!plan(lease, now) && !lease.state().isEnd()) {
                lease.become(lease.state().isSuspended() ? LeaseState.SUSPENDED_QUEUED : LeaseState.QUEUED);
                enqueueInOrder(lease);
            }
        }
    }
}
