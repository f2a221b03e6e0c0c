package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.act;
import static org.reservoir.gateways.rest.Route.delete;
import static org.reservoir.gateways.rest.Route.get;
import static org.reservoir.gateways.rest.Route.post;
import static org.reservoir.gateways.rest.Route.put;

import java.util.List;

import org.reservoir.interfaces.vmi.PlacementPlan;
import org.reservoir.interfaces.vmi.PlacementPolicy;
import org.reservoir.interfaces.vmi.Placements;

/** Policies, plans and what-ifs of placement over REST, for infrastructure administrators. */
final class PlacementRoutes {
    private static final String V1 = "/api/placement/v1/";
    private static final String CLUSTER = "cluster";

    private final Placements placements;

    PlacementRoutes(Placements placements) {
        this.placements = placements;
    }

    List<Route> routes() {
        var policies = V1 + "policies";
        return List.of(
                get(policies, "policy.list", "Shows the policies of placement, the site's first.", x -> Answer.of(placements.policies(x.caller()))).answers(new Shape.Many(PlacementPolicy.class)),
                put(policies, "policy.set", "Sets the policy of the site, or of the cluster that it names; in force at the next decision.",
                        x -> Answer.of(placements.set(x.caller(), x.body(PlacementPolicy.class)))).takes(PlacementPolicy.class).answers(PlacementPolicy.class),
                delete(policies, "policy.unset", "Takes a policy away.", this::unset).query(CLUSTER, "Whose; the site's when left out."),
                post(V1 + "reviews", "plan.review", "Tells what would be done by each policy now; changes nothing.", x -> Answer.of(placements.review(x.caller(), x.query(CLUSTER))))
                        .query(CLUSTER, "By the policy of this cluster alone.").answers(new Shape.Many(PlacementPlan.class)),
                act(V1 + "plans", "plan.run", "Reviews the placement now and begins what that comes to.", x -> Answer.of(placements.run(x.caller(), x.query(CLUSTER))))
                        .query(CLUSTER, "By the policy of this cluster alone.").answers(new Shape.Many(PlacementPlan.class)),
                get(V1 + "plans", "plan.list", "Shows the plans under way and the last that were, newest first.", x -> Answer.of(placements.plans(x.caller())))
                        .answers(new Shape.Many(PlacementPlan.class)),
                post(V1 + "survival", "plan.survival", "Tells whether the loss of hosts would be survived.", x -> Answer.of(placements.survival(x.caller(), x.body(Placements.Loss.class))))
                        .takes(Placements.Loss.class).answers(Placements.Survival.class),
                post(V1 + "admissions", "plan.admit", "Tells whether a service would be admitted.", x -> Answer.of(placements.admit(x.caller(), x.body(Placements.ServiceToAdmit.class))))
                        .takes(Placements.ServiceToAdmit.class).answers(Placements.Verdict.class));
    }

    private Answer unset(Exchange x) {
        placements.unset(x.caller(), x.query(CLUSTER));
        return Answer.NOTHING;
    }
}
