package org.reservoir.placement.lease;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.reservoir.kernel.Refused;

/**
 * All leases of a site that are not over, as a value: what is asked for, what runs, what is planned. {@link #step} gives the next book and what has to be done to VEEs;
 * it is pure, so a book can be stored, tried out ("what if") and stepped again after a crash.
 *
 * @param lost    hosts that are gone
 * @param now     the time of the last step; steps go forward only
 * @param leases  by id
 * @param queue   ids of leases that wait, in order
 * @param waiting ids of leases that hold a place in the future for which backfilling vouches, in order
 */
public record LeaseBook(LeaseSite site, LeaseSettings settings, LeasePolicies policies, Set<Long> lost, long now, List<LeaseRecord> leases, List<Long> queue, List<Long> waiting) {

    /**
     * What a step comes to.
     *
     * @param actions in the order in which they are to be begun
     * @param log     everything that happened
     * @param used    how hosts were used, as far as that is over
     * @param ended   leases that left the book: done, cancelled, refused or failed
     */
    public record Next(LeaseBook book, List<LeaseAction> actions, List<LogEntry> log, List<Slot> used, List<Ended> ended) {
        public Next {
            actions = List.copyOf(actions);
            log = List.copyOf(log);
            used = List.copyOf(used);
            ended = List.copyOf(ended);
        }
    }

    /** A lease that is over. @param instead what it could have had, when it was refused or failed for want of room */
    public record Ended(Outcome.Result result, Optional<Instead> instead) {}

    /**
     * What a lease could have instead of what it asked for, without disturbing others.
     *
     * @param start earliest time at which all of it could run; empty if never
     * @param nodes how many of its nodes could run when it asked for
     */
    public record Instead(OptionalLong start, int nodes) {}

    public LeaseBook {
        lost = Set.copyOf(lost);
        leases = List.copyOf(leases);
        queue = List.copyOf(queue);
        waiting = List.copyOf(waiting);
    }

    public static LeaseBook empty(LeaseSite site, LeaseSettings settings, LeasePolicies policies, long now) {
        return new LeaseBook(site, settings, policies, Set.of(), now, List.of(), List.of(), List.of());
    }

    /** This book under other policies, from the next step on. */
    public LeaseBook under(LeasePolicies others) {
        return new LeaseBook(site, settings, others, lost, now, leases, queue, waiting);
    }

    public Optional<LeaseRecord> lease(long id) {
        return leases.stream().filter(lease -> lease.request().id() == id).findFirst();
    }

    /**
     * What follows from an event. What became due since the last step is done first, at its own time; call it with a {@link LeaseEvent.Tick} at {@link #due} to be in time.
     *
     * @throws Refused {@code BACKWARDS}, {@code LEASE_EXISTS}, {@code LEASE_NOT_FOUND}, {@code NOT_RUNNING} or {@code HOST_UNKNOWN}; nothing has happened then
     */
    public Next step(LeaseEvent event, long time) {
        if (time < now) {
            throw Refused.invalid("BACKWARDS", "The book is at %d; it cannot step to %d.".formatted(now, time), "");
        }
        var engine = engine();
        for (long due = engine.nextTurn(now); due < time; due = engine.nextTurn(due)) {
            engine.turn(due, List.of());
        }
        boolean timely = event instanceof LeaseEvent.Tick || event instanceof LeaseEvent.Requested;
        if (!timely) {
            engine.due(time);
        }
        engine.turn(time, react(engine, event, time));
        var chronicle = engine.planner.chronicle;
        return new Next(close(engine, time), chronicle.actions(), chronicle.log(), chronicle.slots(), engine.over().stream().map(lease -> ended(engine, lease)).toList());
    }

    /** @return leases that arrive */
    private List<LeaseRequest> react(LeaseEngine engine, LeaseEvent event, long time) {
        switch (event) {
            case LeaseEvent.Tick _ -> {
                return List.of();
            }
            case LeaseEvent.Requested(var requests) -> {
                return arriving(engine, requests, time);
            }
            case LeaseEvent.Cancelled(long id) -> engine.drop(leaseIn(engine, id), LeaseState.CANCELLED, LogEntry.What.CANCELLED, "cancelled", time);
            case LeaseEvent.EndedEarly(long id) -> endEarly(engine, leaseIn(engine, id), time);
            case LeaseEvent.HostLost(long host) -> new HostLoss(engine).lose(hostIn(host), host, time);
            case LeaseEvent.HostBack(long host) -> engine.planner.table.lose(hostIn(host), false);
        }
        engine.planner.reconsider(time);
        return List.of();
    }

    private List<LeaseRequest> arriving(LeaseEngine engine, List<LeaseRequest> requests, long time) {
        var known = requests.stream().filter(request -> engine.planner.leases.containsKey(request.id())).findFirst();
        known.ifPresent(request -> {
            throw Refused.conflict("LEASE_EXISTS", "There is a lease %d already.".formatted(request.id()), "");
        });
        return new Workload(site, time, requests.stream().map(request -> request.numbered(request.id(), time)).toList()).requests();
    }

    private static void endEarly(LeaseEngine engine, Lease lease, long time) {
        if (!lease.is(LeaseState.ACTIVE) || lease.lastRun().phase == Reservation.Phase.DONE || lease.runAt(time) == null) {
            throw Refused.conflict("NOT_RUNNING", "Lease %d is %s, it cannot have ended early.".formatted(lease.id(), lease.state().label()), "");
        }
        engine.endEarly(lease, time);
    }

    private static Lease leaseIn(LeaseEngine engine, long id) {
        return Optional.ofNullable(engine.planner.leases.get(id)).orElseThrow(() -> Refused.notFound("LEASE_NOT_FOUND", "There is no lease %d, or it is over.".formatted(id), ""));
    }

    private int hostIn(long host) {
        return IntStream.range(0, site.hosts().size()).filter(h -> site.hosts().get(h).id() == host).findFirst()
                .orElseThrow(() -> Refused.notFound("HOST_UNKNOWN", "The site has no host %d.".formatted(host), ""));
    }

    /** When something is due next; empty if nothing is. */
    public OptionalLong due() {
        long next = engine().nextTurn(now);
        return next == Reservation.NEVER ? OptionalLong.empty() : OptionalLong.of(next);
    }

    /** What is free when, with all that is planned now. */
    public Calendar calendar() {
        var table = engine().planner.table;
        var stretches = new HashMap<Long, List<Calendar.Stretch>>();
        for (int h = 0; h < table.hosts(); h++) {
            var line = table.line(h);
            stretches.put(site.hosts().get(h).id(), IntStream.range(0, line.size()).mapToObj(s -> new Calendar.Stretch(line.from(s), line.free(s))).toList());
        }
        return new Calendar(stretches);
    }

    /** What a lease could have from now on, or from its start on, without disturbing others. */
    public Instead instead(LeaseRequest request) {
        return instead(engine(), new Lease(request, settings, site.memory()));
    }

    private Instead instead(LeaseEngine engine, Lease lease) {
        long wanted = lease.request().start() instanceof LeaseRequest.Start.At(long start) ? Math.max(start, engine.now()) : engine.now();
        return new Instead(engine.planner.runs.earliest(lease, wanted), engine.planner.runs.most(lease, wanted));
    }

    private Ended ended(LeaseEngine engine, Lease lease) {
        boolean wanting = lease.is(LeaseState.REJECTED, LeaseState.FAIL);
        return new Ended(Outcome.Result.of(lease), wanting ? Optional.of(instead(engine, new Lease(lease.request(), settings, site.memory()))) : Optional.empty());
    }

    private LeaseEngine engine() {
        var engine = new LeaseEngine(site, settings, policies);
        var planner = engine.planner;
        lost.forEach(host -> planner.table.lose(hostIn(host), true));
        new Frost(site).thaw(leases, settings, planner.table).forEach(lease -> planner.leases.put(lease.id(), lease));
        queue.forEach(id -> planner.queue.add(planner.leases.get(id)));
        planner.order();
        waiting.forEach(id -> planner.runs.waiting().add(planner.leases.get(id)));
        engine.at(now);
        return engine;
    }

    private LeaseBook close(LeaseEngine engine, long time) {
        var frost = new Frost(site);
        var planner = engine.planner;
        var gone = new TreeSet<Long>();
        for (int h = 0; h < site.hosts().size(); h++) {
            if (planner.table.line(h).lost()) {
                gone.add(site.hosts().get(h).id());
            }
        }
        return new LeaseBook(site, settings, planner.policies(), gone, time, new ArrayList<>(planner.leases.values()).stream().map(frost::freeze).toList(),
                planner.queue.stream().map(LeaseView::id).toList(), planner.runs.waiting().stream().map(LeaseView::id).toList());
    }
}
