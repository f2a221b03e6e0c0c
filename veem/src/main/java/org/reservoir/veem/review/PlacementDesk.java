package org.reservoir.veem.review;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.PlacementPlan;
import org.reservoir.interfaces.vmi.PlacementPolicy;
import org.reservoir.interfaces.vmi.Placements;
import org.reservoir.kernel.Refused;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.PlanTable;
import org.reservoir.veem.kept.PolicyTable;
import org.reservoir.veem.placing.Goals;

/** Takes administrators' wishes about placement. */
public final class PlacementDesk implements Placements {
    private final SiteDatabase database;
    private final Goals goals;
    private final Optimiser optimiser;
    private final WhatIf whatIf;
    private final Admitting admitting;
    private final PowerSaver saver;
    private final InstantSource clock;
    private final Runnable wake;

    /** @param wake tells that a plan may go on */
    public PlacementDesk(SiteDatabase database, Goals goals, Optimiser optimiser, WhatIf whatIf, Admitting admitting, PowerSaver saver, InstantSource clock, Runnable wake) {
        this.database = database;
        this.goals = goals;
        this.optimiser = optimiser;
        this.whatIf = whatIf;
        this.admitting = admitting;
        this.saver = saver;
        this.clock = clock;
        this.wake = wake;
    }

    public static void requireAdministrator(Caller caller) {
        if (!caller.administrator()) {
            throw Refused.forbidden("ADMINISTRATORS_ONLY", "Only administrators may do this.", "Ask one, or use an administrator's token: reservoir login URL");
        }
    }

    @Override
    public List<PlacementPolicy> policies(Caller caller) {
        requireAdministrator(caller);
        var set = database.read(PolicyTable::all);
        return set.stream().anyMatch(policy -> policy.cluster().isEmpty()) ? set : Stream.concat(Stream.of(PlacementPolicy.NONE), set.stream()).toList();
    }

    @Override
    public PlacementPolicy set(Caller caller, PlacementPolicy policy) {
        requireAdministrator(caller);
        goals.check(policy);
        database.run(transaction -> {
            policy.cluster().ifPresent(cluster -> requireCluster(transaction.sql(), cluster));
            if (policy.sleep().isEmpty()) {
                release(transaction, policy.cluster());
            }
            PolicyTable.put(transaction.sql(), policy, clock.instant());
            Optimiser.abandon(transaction, policy.cluster(), "its policy was changed", clock.instant());
        });
        wake.run();
        return policy;
    }

    /** Hosts that sleep by the policy as it was are woken. */
    private void release(Transaction transaction, Optional<String> cluster) {
        PolicyTable.all(transaction.sql()).stream().filter(policy -> policy.cluster().equals(cluster) && policy.sleep().isPresent()).forEach(policy -> saver.release(transaction, policy));
    }

    private static void requireCluster(Handle sql, String cluster) {
        if (HostTable.all(sql).stream().noneMatch(host -> host.request().cluster().equals(cluster))) {
            throw Refused.notFound("CLUSTER_NOT_FOUND", "No host is in a cluster %s.".formatted(cluster), "See: reservoir host list");
        }
    }

    @Override
    public void unset(Caller caller, Optional<String> cluster) {
        requireAdministrator(caller);
        database.run(transaction -> {
            release(transaction, cluster);
            if (!PolicyTable.delete(transaction.sql(), cluster)) {
                throw notSet(cluster);
            }
            Optimiser.abandon(transaction, cluster, "its policy was unset", clock.instant());
        });
    }

    private static Refused notSet(Optional<String> cluster) {
        return Refused.notFound("POLICY_NOT_SET", "No policy is set for %s.".formatted(cluster.map(name -> "cluster " + name).orElse("the site")),
                "Set one, such as: reservoir policy set --goal balance=1");
    }

    private List<PlacementPolicy> toReview(Optional<String> cluster) {
        return database.read(sql -> {
            var found = PolicyTable.all(sql).stream().filter(policy -> cluster.isEmpty() || policy.cluster().equals(cluster)).filter(policy -> !policy.goals().isEmpty()).toList();
            if (found.isEmpty()) {
                cluster.ifPresent(name -> requireCluster(sql, name));
                throw notSet(cluster);
            }
            return found;
        });
    }

    @Override
    public List<PlacementPlan> review(Caller caller, Optional<String> cluster) {
        requireAdministrator(caller);
        return toReview(cluster).stream().map(optimiser::review).toList();
    }

    @Override
    public List<PlacementPlan> run(Caller caller, Optional<String> cluster) {
        requireAdministrator(caller);
        var policies = toReview(cluster);
        if (database.read(PlanTable::going).stream().anyMatch(plan -> policies.stream().anyMatch(policy -> policy.cluster().equals(plan.cluster())))) {
            throw Optimiser.underWay();
        }
        var plans = new ArrayList<PlacementPlan>();
        policies.forEach(policy -> plans.add(optimiser.begin(policy, caller.name() + " asked for it")));
        wake.run();
        return plans;
    }

    @Override
    public List<PlacementPlan> plans(Caller caller) {
        requireAdministrator(caller);
        return database.read(PlanTable::latest);
    }

    @Override
    public Survival survival(Caller caller, Loss loss) {
        requireAdministrator(caller);
        return whatIf.survival(loss);
    }

    @Override
    public Verdict admit(Caller caller, ServiceToAdmit service) {
        requireAdministrator(caller);
        return admitting.admit(service);
    }

    @Override
    public Verdict admission(ServiceToAdmit service, List<ServiceToAdmit> there, List<ServiceToAdmit> others) {
        return admitting.admission(service, there, others);
    }
}
