package org.reservoir.veem.kept;

import java.util.List;
import java.util.Optional;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.PlacementPlan;
import org.reservoir.interfaces.vmi.Placements;
import org.reservoir.store.Transaction;

/** The table of plans; each change is told as an event. Of each policy one plan at most is under way. */
public final class PlanTable {
    private static final int KEPT = 20;

    private PlanTable() {}

    /** @return the plan with its number; empty when another of that policy is under way */
    public static Optional<PlacementPlan> begin(Transaction transaction, PlacementPlan plan, String why) {
        var sql = transaction.sql();
        if (going(sql).stream().anyMatch(other -> other.cluster().equals(plan.cluster()))) {
            return Optional.empty();
        }
        long id = sql.createQuery("insert into veem.placement_plan (cluster, going, plan) values (:cluster, true, '') returning id").bind("cluster", plan.cluster().orElse(""))
                .mapTo(Long.class).one();
        sql.createUpdate("delete from veem.placement_plan where not going and id <= :id").bind("id", id - KEPT).execute();
        return Optional.of(write(transaction, plan.begun(id, why)));
    }

    public static PlacementPlan write(Transaction transaction, PlacementPlan plan) {
        var json = Wire.write(plan);
        transaction.sql().createUpdate("update veem.placement_plan set plan = :plan, going = :going where id = :id").bind("plan", json)
                .bind("going", plan.state() == PlacementPlan.State.UNDER_WAY).bind("id", plan.id().getAsLong()).execute();
        transaction.publish(Placements.TOPIC, "plan-" + plan.id().getAsLong(), "plan." + plan.state().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'), json);
        return plan;
    }

    public static List<PlacementPlan> going(Handle sql) {
        return sql.createQuery("select plan from veem.placement_plan where going order by id").mapTo(String.class).map(json -> Wire.read(json, PlacementPlan.class)).list();
    }

    /** Those under way and the last that were, newest first. */
    public static List<PlacementPlan> latest(Handle sql) {
        return sql.createQuery("select plan from veem.placement_plan order by id desc limit :kept").bind("kept", KEPT).mapTo(String.class)
                .map(json -> Wire.read(json, PlacementPlan.class)).list();
    }
}
