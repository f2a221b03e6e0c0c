package org.reservoir.gateways;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.PlacementPlan;
import org.reservoir.interfaces.vmi.PlacementPolicy;
import org.reservoir.interfaces.vmi.Placements;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.VeeId;

/** Placement in memory: each policy comes to the same plan, which is done at the next look. */
public final class FakePlacements implements Placements {
    private final TreeMap<String, PlacementPolicy> policies = new TreeMap<>();
    private final List<PlacementPlan> plans = new ArrayList<>();

    private static void require(Caller caller) {
        if (!caller.administrator()) {
            throw Refused.forbidden("ADMINISTRATORS_ONLY", "Only administrators may do this.", "");
        }
    }

    @Override
    public synchronized List<PlacementPolicy> policies(Caller caller) {
        require(caller);
        var all = new ArrayList<>(policies.values());
        if (!policies.containsKey("")) {
            all.addFirst(PlacementPolicy.NONE);
        }
        return all;
    }

    @Override
    public synchronized PlacementPolicy set(Caller caller, PlacementPolicy policy) {
        require(caller);
        if (policy.goals().containsKey("beauty")) {
            throw Refused.invalid("GOAL_UNKNOWN", "There is no goal beauty.", "Choose of balance, few-moves, headroom, power, or add a plug-in that provides it.");
        }
        policies.put(policy.cluster().orElse(""), policy);
        return policy;
    }

    @Override
    public synchronized void unset(Caller caller, Optional<String> cluster) {
        require(caller);
        if (policies.remove(cluster.orElse("")) == null) {
            throw notSet();
        }
    }

    private static Refused notSet() {
        return Refused.notFound("POLICY_NOT_SET", "No policy is set for the site.", "Set one, such as: reservoir policy set --goal balance=1");
    }

    private static PlacementPlan plan(PlacementPolicy policy) {
        var step = new PlacementPlan.Step(new VeeId(7), "web", Optional.of(new PlacementPlan.Place(new HostId(1), "n1")), new PlacementPlan.Place(new HostId(2), "n2"), Duration.ZERO,
                Duration.ofMillis(6120), 99.5, PlacementPlan.Progress.WAITING);
        return new PlacementPlan(OptionalLong.empty(), policy.cluster(), PlacementPlan.State.PROPOSED, "1 move", "local search", Map.of("watts", 250.0, "cost of migrations", 0.0),
                Map.of("watts", 150.5, "cost of migrations", 1.0), List.of(step), List.of(), List.of("n1"), FakeVmi.NOW, Optional.empty());
    }

    @Override
    public synchronized List<PlacementPlan> review(Caller caller, Optional<String> cluster) {
        require(caller);
        var found = policies.values().stream().filter(policy -> cluster.isEmpty() || policy.cluster().equals(cluster)).map(FakePlacements::plan).toList();
        if (found.isEmpty()) {
            throw notSet();
        }
        return found;
    }

    @Override
    public synchronized List<PlacementPlan> run(Caller caller, Optional<String> cluster) {
        return review(caller, cluster).stream().map(plan -> {
            plans.addFirst(plan.begun(plans.size() + 1L, caller.name() + " asked for it"));
            return plans.getFirst();
        }).toList();
    }

    @Override
    public synchronized List<PlacementPlan> plans(Caller caller) {
        require(caller);
        var seen = List.copyOf(plans);
        plans.replaceAll(plan -> plan.with(plan.steps().stream().map(step -> step.now(PlacementPlan.Progress.DONE)).toList())
                .ended(PlacementPlan.State.DONE, "all moves are made", FakeVmi.NOW.plusSeconds(7)));
        return seen;
    }

    @Override
    public Survival survival(Caller caller, Loss loss) {
        require(caller);
        return loss.hosts().isEmpty() ? new Survival(new Chance(0.5, 0.5, 0.5, 2, true), List.of(new Stranded(List.of("n1"), List.of("db", "web"))))
                : new Survival(new Chance(1, 1, 1, 1, true), List.of());
    }

    @Override
    public Verdict admit(Caller caller, ServiceToAdmit service) {
        require(caller);
        var admitted = service.promised() < 0.999;
        return new Verdict(admitted, new Chance(0.9985, 0.9956, 0.9995, 2000, false), new Chance(1, 1, 1, 2, true),
                List.of("%s is %s: it has all that it wants 99.850 %% of the time.".formatted(service.name(), admitted ? "admitted" : "refused")),
                admitted ? List.of() : List.of("a promise of at most 99.56 %"));
    }

    @Override
    public Verdict admission(ServiceToAdmit service, List<ServiceToAdmit> there, List<ServiceToAdmit> others) {
        throw new UnsupportedOperationException("only a Service Manager asks");
    }
}
