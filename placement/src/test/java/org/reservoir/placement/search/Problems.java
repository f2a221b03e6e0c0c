package org.reservoir.placement.search;

import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.reservoir.placement.Demand;
import org.reservoir.placement.VeeView;
import org.reservoir.placement.Worlds;
import org.reservoir.placement.policy.Balance;
import org.reservoir.placement.policy.FewMoves;
import org.reservoir.placement.policy.Headroom;
import org.reservoir.placement.policy.Objective;
import org.reservoir.placement.policy.PowerProfile;
import org.reservoir.placement.policy.PowerSaving;
import org.reservoir.placement.policy.Profit;

/** Random problems with every sort of constraint and goal. */
public final class Problems {
    private Problems() {}

    private static Objective objective(RandomGenerator random) {
        var power = new PowerSaving(Map.of(1L, new PowerProfile(50, 120, 5, 3), 2L, new PowerProfile(150, 300, 9, 0)), PowerProfile.USUAL);
        return switch (random.nextInt(6)) {
            case 0 -> Objective.of(Balance.USUAL, 1).and(FewMoves.COUNTED, 5);
            case 1 -> Objective.of(power, 1).then(new FewMoves(0.5, 1, 3));
            case 2 -> Objective.of(power, 2).and(Balance.USUAL, 0.3).and(new Headroom(1, true), 0.5).then(FewMoves.COUNTED);
            case 3 -> Objective.of(new Profit(Map.of(1L, new Profit.Offer(2, 1), 30L, new Profit.Offer(5, 0)), Map.of(1L, new Profit.HostCost(1, 0.5), 3L, new Profit.HostCost(0.1, 0.1))), 3);
            case 4 -> Objective.of(new Headroom(random.nextInt(3), false), 1).then(Balance.USUAL);
            default -> Objective.FEW_MOVES;
        };
    }

    /** A placement that is valid and what waits beside it. Three in four VEEs have a place, where there is room. */
    public static Problem random(RandomGenerator random, int hosts, int vees) {
        var snapshot = Worlds.random(random, hosts);
        var demands = Worlds.demands(random, vees, 1);
        var placed = new LocalSearch().solve(Problem.of(snapshot, demands.subList(0, vees * 3 / 4), Objective.FEW_MOVES), Budget.ofIterations(1, 0));
        return Problem.of(snapshot.with(placed.places(), snapshot.constraints()), demands.subList(vees * 3 / 4, vees), objective(random));
    }

    /** Without requirements that speak of what VEEs do: a search asks them at the moment a VEE is put somewhere, the checker not at all. */
    public static Problem lasting(Problem problem) {
        var vees = problem.snapshot().vees().stream().map(vee -> new VeeView(lasting(vee.demand()), vee.host())).toList();
        return Problem.of(problem.snapshot().with(vees, problem.snapshot().constraints()), problem.waiting().stream().map(Problems::lasting).toList(), problem.objective());
    }

    private static Demand lasting(Demand demand) {
        return new Demand(demand.id(), demand.amounts(), demand.requirements().filter(condition -> condition.toString().contains("labels")), demand.rank(), demand.groups());
    }

    public static Problem withoutWaiting(Problem problem) {
        return Problem.of(problem.snapshot(), List.of(), problem.objective());
    }
}
