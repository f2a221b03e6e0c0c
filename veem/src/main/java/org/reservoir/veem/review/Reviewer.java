package org.reservoir.veem.review;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.PlacementPlan;
import org.reservoir.interfaces.vmi.PlacementPolicy;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.VeeId;
import org.reservoir.placement.Move;
import org.reservoir.placement.Rates;
import org.reservoir.placement.Speeds;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.plan.Cycle;
import org.reservoir.placement.plan.Order;
import org.reservoir.placement.plan.Review;
import org.reservoir.placement.search.Budget;
import org.reservoir.placement.search.Solver;
import org.reservoir.store.SiteDatabase;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.PassageTable;
import org.reservoir.veem.kept.PolicyTable;
import org.reservoir.veem.placing.Goals;
import org.reservoir.veem.placing.Placing;
import org.reservoir.veem.placing.Whole;

/** Reviews the placement by a policy: reads what is, asks the placement room, and puts its answer into people's words. Changes nothing. */
public final class Reviewer {
    /** A migration is live or of what is halted; a cycle for which no host has room to turn is left rather than broken by a suspend that users would notice. */
    private static final Rates RATES = Rates.USUAL.withoutSuspend();

    private final SiteDatabase database;
    private final Placing placing;
    private final Goals goals;
    private final Solvers solvers;

    /** Who searches, and for how long a site of so many VEEs is worth it. */
    public interface Solvers {
        Solver solver();

        Budget budget(int vees);
    }

    public Reviewer(SiteDatabase database, Placing placing, Goals goals, Solvers solvers) {
        this.database = database;
        this.placing = placing;
        this.goals = goals;
        this.solvers = solvers;
    }

    /** What the site is at this moment, with the names of things. */
    private record Seen(Whole whole, Map<Long, String> hosts, Map<Long, String> vees, Speeds speeds) {
        PlacementPlan.Place place(long host) {
            return new PlacementPlan.Place(new HostId(host), hosts.get(host));
        }
    }

    PlacementPlan review(PlacementPolicy policy, Instant now) {
        var seen = database.read(sql -> see(sql, policy, now));
        var whole = seen.whole();
        var order = new Order(goals.objective(policy, seen.speeds()), policy.mostMoves(), policy.leastGain(), RATES.measured(seen.speeds()));
        var review = Cycle.review(whole.snapshot(), whole.waiting(), order, solvers.solver(), solvers.budget(whole.snapshot().vees().size()));
        var missing = goals.missing(policy);
        var note = missing.isEmpty() ? "" : "; without " + String.join(", ", missing) + ", which no plug-in in force provides";
        return switch (review) {
            case Review.Keep(var why) -> nothing(policy, why + note, now);
            case Review.Change change when change.plan().steps().isEmpty() -> nothing(policy, "no move would help, and hosts are idle: %s%s".formatted(String.join(", ", idle(seen, change)), note), now);
            case Review.Change change -> proposed(policy, seen, change, note, now);
        };
    }

    private Seen see(Handle sql, PlacementPolicy policy, Instant now) {
        var names = new HashMap<Long, String>();
        HostTable.all(sql).forEach(host -> names.put(host.id().value(), host.name()));
        var vees = new HashMap<Long, String>();
        sql.createQuery("select id, name from veem.vee where state <> 'TERMINATED'").map((row, _) -> Map.entry(row.getLong("id"), row.getString("name")))
                .forEach(entry -> vees.put(entry.getKey(), entry.getValue()));
        return new Seen(placing.whole(sql, PolicyTable.hosts(sql, policy)), names, vees, PassageTable.speeds(sql, now));
    }

    private static PlacementPlan nothing(PlacementPolicy policy, String why, Instant now) {
        return new PlacementPlan(OptionalLong.empty(), policy.cluster(), PlacementPlan.State.NOTHING, why, "", Map.of(), Map.of(), List.of(), List.of(), List.of(), now, Optional.empty());
    }

    private static PlacementPlan proposed(PlacementPolicy policy, Seen seen, Review.Change change, String note, Instant now) {
        var steps = new ArrayList<PlacementPlan.Step>();
        for (int i = 0; i < change.plan().steps().size(); i++) {
            var step = change.plan().steps().get(i);
            var move = step.move();
            steps.add(new PlacementPlan.Step(new VeeId(move.vee()), seen.vees().get(move.vee()), from(move).map(seen::place), seen.place(to(move)), step.begin(), step.end(),
                    change.gains().get(i).points(), PlacementPlan.Progress.WAITING));
        }
        var left = new ArrayList<String>();
        change.left().forEach(violation -> left.add(violation.text()));
        change.plan().unfinished().forEach(move -> left.add("no safe order was found for moving %s to %s".formatted(seen.vees().get(move.vee()), seen.hosts().get(to(move)))));
        var why = "%d %s%s".formatted(steps.size(), steps.size() == 1 ? "move" : "moves", note);
        return new PlacementPlan(OptionalLong.empty(), policy.cluster(), PlacementPlan.State.PROPOSED, why, change.solution().solver(), change.before(), change.after(), steps, left,
                idle(seen, change), now, Optional.empty());
    }

    private static List<String> idle(Seen seen, Review.Change change) {
        Set<Long> used = new HashSet<>(change.solution().places().stream().map(VeeView::host).toList());
        return seen.whole().snapshot().hosts().stream().filter(host -> host.usable() && !used.contains(host.id())).map(host -> host.name()).sorted().toList();
    }

    private static Optional<Long> from(Move move) {
        return move instanceof Move.Migrate(_, var from, _) ? Optional.of(from) : Optional.empty();
    }

    private static long to(Move move) {
        return switch (move) {
            case Move.Start(_, var to) -> to;
            case Move.Migrate(_, _, var to) -> to;
            case Move.Suspend _, Move.Resume _, Move.Stop _ -> throw new IllegalStateException("a review asked for " + move);
        };
    }
}
