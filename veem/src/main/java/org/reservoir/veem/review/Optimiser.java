package org.reservoir.veem.review;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

import org.reservoir.interfaces.vmi.PlacementPlan;
import org.reservoir.interfaces.vmi.PlacementPolicy;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;
import org.reservoir.veem.kept.PlanTable;
import org.reservoir.veem.kept.PolicyTable;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.kept.VeeTable;
import org.reservoir.veem.placing.Placing;
import org.reservoir.veem.placing.WaitingSets;
import org.reservoir.veem.work.Room;
import org.reservoir.veem.work.Scheduler;

/**
 * The periodic cycle of placement: makes the reviews that are due and carries their plans out. All it knows is in the site database: any server
 * of the site takes each turn, and one that is killed leaves nothing that the next does not see. A move is begun when those before it have
 * ended and its host still takes the VEE, under the lock of first placement; when one fails, or the world changed, the rest is dropped.
 */
public final class Optimiser {
    private final SiteDatabase database;
    private final Placing placing;
    private final Room room;
    private final Reviewer reviewer;
    private final InstantSource clock;

    public Optimiser(SiteDatabase database, Placing placing, Room room, Reviewer reviewer, InstantSource clock) {
        this.database = database;
        this.placing = placing;
        this.room = room;
        this.reviewer = reviewer;
        this.clock = clock;
    }

    /** Goes on with what is under way, and begins what is due. @return how many moves began */
    public int turn() {
        int begun = carryOut();
        var due = database.transact(transaction -> PolicyTable.take(transaction.sql(), clock.instant()));
        for (var policy : due) {
            if (database.read(PlanTable::going).stream().noneMatch(plan -> plan.cluster().equals(policy.cluster()))) {
                begin(policy, "as its policy has it every " + policy.period().toString().substring(2).toLowerCase(java.util.Locale.ROOT));
            }
        }
        return due.isEmpty() ? begun : begun + carryOut();
    }

    PlacementPlan review(PlacementPolicy policy) {
        return reviewer.review(policy, clock.instant());
    }

    /** Reviews and keeps the plan, if it is one. @throws Refused {@code PLAN_UNDER_WAY} */
    PlacementPlan begin(PlacementPolicy policy, String why) {
        var plan = review(policy);
        if (plan.state() == PlacementPlan.State.NOTHING) {
            return plan;
        }
        return database.transact(transaction -> {
            Scheduler.alone(transaction.sql());
            return PlanTable.begin(transaction, plan, why);
        }).orElseThrow(Optimiser::underWay);
    }

    static Refused underWay() {
        return Refused.conflict("PLAN_UNDER_WAY", "Another plan of this policy is under way.", "See it by: reservoir plan show. A new policy ends it.");
    }

    /** The rest of what is under way for a policy is dropped. */
    static void abandon(Transaction transaction, Optional<String> cluster, String why, Instant now) {
        Scheduler.alone(transaction.sql());
        PlanTable.going(transaction.sql()).stream().filter(plan -> plan.cluster().equals(cluster))
                .forEach(plan -> PlanTable.write(transaction, plan.ended(PlacementPlan.State.ABANDONED, why, now)));
    }

    private int carryOut() {
        int begun = 0;
        for (var plan : database.read(PlanTable::going)) {
            begun += database.transact(transaction -> advance(transaction, plan.id().getAsLong()));
        }
        return begun;
    }

    private int advance(Transaction transaction, long id) {
        Scheduler.alone(transaction.sql());
        var plan = PlanTable.going(transaction.sql()).stream().filter(it -> it.id().getAsLong() == id).findFirst();
        return plan.map(it -> new Turn(transaction, it).take()).orElse(0);
    }

    /** One look at a plan under way. */
    private final class Turn {
        private final Transaction transaction;
        private final PlacementPlan plan;
        private final List<PlacementPlan.Step> steps;
        private final Instant now = clock.instant();
        private int begun;

        Turn(Transaction transaction, PlacementPlan plan) {
            this.transaction = transaction;
            this.plan = plan;
            steps = new java.util.ArrayList<>(plan.steps());
        }

        int take() {
            var vees = VeeTable.find(transaction.sql(), steps.stream().map(PlacementPlan.Step::vee).toList());
            steps.replaceAll(step -> step.now(Steps.progress(step, Optional.ofNullable(vees.get(step.vee())))));
            var failed = steps.stream().filter(step -> step.progress() == PlacementPlan.Progress.FAILED).findFirst();
            if (failed.isPresent()) {
                var why = Optional.ofNullable(vees.get(failed.get().vee())).flatMap(VeeRecord::problem).map(problem -> ": " + problem).orElse("");
                return end(PlacementPlan.State.ABANDONED, "%s did not get to %s%s".formatted(failed.get().name(), failed.get().to().name(), why));
            }
            for (int i = 0; i < steps.size(); i++) {
                var stopped = Steps.ripe(steps, i, step -> step.from().isEmpty() && Optional.ofNullable(vees.get(step.vee())).flatMap(WaitingSets::of).isPresent())
                        ? begin(i) : Optional.<String>empty();
                if (stopped.isPresent()) {
                    return end(PlacementPlan.State.ABANDONED, stopped.get());
                }
            }
            if (steps.stream().allMatch(step -> step.progress() == PlacementPlan.Progress.DONE)) {
                return end(PlacementPlan.State.DONE, "all moves are made");
            }
            if (!steps.equals(plan.steps())) {
                PlanTable.write(transaction, plan.with(steps));
            }
            return begun;
        }

        private int end(PlacementPlan.State state, String why) {
            PlanTable.write(transaction, plan.with(steps).ended(state, why, now));
            return begun;
        }

        /** Begins the step if its host takes the VEE now. @return why the plan cannot go on */
        private Optional<String> begin(int i) {
            var step = steps.get(i);
            var vee = VeeTable.lock(transaction.sql(), step.vee()).filter(it -> Steps.asPlanned(step, it));
            if (vee.isEmpty()) {
                return Optional.of("%s is not any more as it was when the plan was made".formatted(step.name()));
            }
            if (WaitingSets.of(vee.get()).isPresent()) {
                return beginSet(vee.get());
            }
            var objection = objection(vee.get(), step.to().id());
            if (objection.isPresent()) {
                var others = steps.stream().anyMatch(other -> other.progress() == PlacementPlan.Progress.UNDER_WAY);
                return others ? Optional.empty() : Optional.of("%s does not take %s any more: %s".formatted(step.to().name(), step.name(), objection.get()));
            }
            var why = "plan-%d, %s".formatted(plan.id().getAsLong(), plan.why());
            if (step.from().isPresent()) {
                Scheduler.move(transaction, vee.get(), step.to().id(), why, now);
            } else {
                Scheduler.deploy(transaction, vee.get(), step.to().id(), why, now);
            }
            steps.set(i, step.now(PlacementPlan.Progress.UNDER_WAY));
            begun++;
            return Optional.empty();
        }

        /** All of a set begin, those of whom the plan says so on their hosts, or none does. */
        private Optional<String> beginSet(VeeRecord one) {
            var set = WaitingSets.of(one);
            var waiting = WaitingSets.with(transaction.sql(), List.of(one));
            var members = waiting.ready().stream().filter(vee -> WaitingSets.of(vee).equals(set))
                    .map(vee -> stepOf(vee).map(step -> vee.with(vee.spec().wishing(vee.spec().placement().on(step.to().name())))).orElse(vee)).toList();
            var decision = placing.place(transaction.sql(), members, List.of());
            if (members.isEmpty() || !decision.reasons().isEmpty()) {
                return Optional.of("%s does not get a place with its set: %s".formatted(one.name(), members.isEmpty() ? waiting.late().get(one.id()) : decision.reasons().get(one.id())));
            }
            VeeTable.find(transaction.sql(), members.stream().map(VeeRecord::id).toList()).values()
                    .forEach(vee -> Scheduler.deploy(transaction, vee, decision.places().get(vee.id()), "plan-%d, %s".formatted(plan.id().getAsLong(), plan.why()), now));
            steps.replaceAll(step -> step.progress() == PlacementPlan.Progress.WAITING && decision.places().containsKey(step.vee()) ? step.now(PlacementPlan.Progress.UNDER_WAY) : step);
            begun += members.size();
            return Optional.empty();
        }

        private Optional<PlacementPlan.Step> stepOf(VeeRecord vee) {
            return steps.stream().filter(step -> step.vee().equals(vee.id())).findFirst();
        }

        /** Those of its group whose turn to go there comes later. */
        private List<VeeRecord> following(VeeRecord vee, HostId host) {
            var later = steps.stream().filter(step -> step.progress() == PlacementPlan.Progress.WAITING && step.from().isPresent() && step.to().id().equals(host)).map(PlacementPlan.Step::vee)
                    .filter(id -> !id.equals(vee.id())).toList();
            var wish = vee.spec().placement();
            return !wish.together() || later.isEmpty() ? List.of()
                    : VeeTable.find(transaction.sql(), later).values().stream().filter(other -> other.spec().placement().together() && other.spec().placement().group().equals(wish.group())).toList();
        }

        private Optional<String> objection(VeeRecord vee, HostId host) {
            var said = placing.objections(transaction.sql(), vee, following(vee, host), host);
            return said.isEmpty() ? room.objection(transaction.sql(), host, vee) : said.stream().findFirst();
        }
    }
}
