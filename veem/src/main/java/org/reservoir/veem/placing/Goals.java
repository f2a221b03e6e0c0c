package org.reservoir.veem.placing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

import org.reservoir.interfaces.vmi.PlacementPolicy;
import org.reservoir.kernel.Refused;
import org.reservoir.placement.Speeds;
import org.reservoir.placement.policy.Balance;
import org.reservoir.placement.policy.Earnings;
import org.reservoir.placement.policy.FewMoves;
import org.reservoir.placement.policy.Goal;
import org.reservoir.placement.policy.Headroom;
import org.reservoir.placement.policy.Objective;
import org.reservoir.placement.policy.PowerSaving;

/** The goals that a policy may name: the site's own, and those that plug-ins provide, by name of the plug-in. */
public final class Goals {
    private static final String POWER = "power";
    private static final String FEW_MOVES = "few-moves";
    /** Points of a migration that nobody gave a weight: a tier behind the others would blow the points of all gains up. */
    private static final double BETWEEN_EQUALS = 0.01;

    private final Plugged plugged;

    public Goals(Plugged plugged) {
        this.plugged = plugged;
    }

    /** @throws Refused {@code GOAL_UNKNOWN} */
    public void check(PlacementPolicy policy) {
        policy.goals().keySet().stream().filter(name -> goal(name, policy).isEmpty()).findFirst().ifPresent(unknown -> {
            var known = new TreeSet<>(List.of("balance", POWER, FEW_MOVES, "headroom", "profit"));
            known.addAll(plugged.goals());
            throw Refused.invalid("GOAL_UNKNOWN", "There is no goal %s.".formatted(unknown), "Choose of %s, or add a plug-in that provides it.".formatted(String.join(", ", known)));
        });
    }

    /** Goals that are not there any more, for their plug-in was withdrawn or fenced off. */
    public List<String> missing(PlacementPolicy policy) {
        return policy.goals().keySet().stream().filter(name -> goal(name, policy).isEmpty()).sorted().toList();
    }

    /** Of what is there of its goals; between what is equal by them, few moves. @param speeds of moves, as measured: a slow one counts more */
    public Objective objective(PlacementPolicy policy, Speeds speeds) {
        var mix = new ArrayList<Objective.Weighted>();
        Map<String, Double> sorted = new TreeMap<>(policy.goals());
        sorted.forEach((name, weight) -> goal(name, policy)
                .ifPresent(goal -> mix.add(new Objective.Weighted(goal instanceof FewMoves few ? few.measured(speeds) : goal, weight))));
        if (!policy.goals().containsKey(FEW_MOVES)) {
            mix.add(new Objective.Weighted(FewMoves.COUNTED.measured(speeds), mix.isEmpty() ? 1 : BETWEEN_EQUALS));
        }
        return new Objective(List.of(mix));
    }

    private Optional<Goal> goal(String name, PlacementPolicy policy) {
        return switch (name) {
            case "balance" -> Optional.of(Balance.USUAL);
            case POWER -> Optional.of(PowerSaving.USUAL);
            case FEW_MOVES -> Optional.of(FewMoves.COUNTED);
            case "headroom" -> Optional.of(new Headroom(policy.failures(), policy.goals().containsKey(POWER)));
            case "profit" -> Optional.of(Earnings.of(policy.prices()));
            default -> plugged.goal(name);
        };
    }
}
