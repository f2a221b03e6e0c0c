package org.reservoir.veem.kept;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.PlacementPolicy;

/** The table of placement policies, read anew for each decision. */
public final class PolicyTable {
    private PolicyTable() {}

    /** By cluster, the site's first. */
    public static List<PlacementPolicy> all(Handle sql) {
        return sql.createQuery("select policy from veem.placement_policy order by cluster").mapTo(String.class).map(json -> Wire.read(json, PlacementPolicy.class)).list();
    }

    /** Whose hosts it is about: a cluster with a policy of its own is looked at by itself, and all others together. */
    public static Predicate<HostTable.HostRecord> hosts(Handle sql, PlacementPolicy policy) {
        if (policy.cluster().isPresent()) {
            return host -> host.request().cluster().equals(policy.cluster().get());
        }
        var others = all(sql).stream().flatMap(other -> other.cluster().stream()).collect(Collectors.toSet());
        return host -> !others.contains(host.request().cluster());
    }

    public static void put(Handle sql, PlacementPolicy policy, Instant now) {
        var due = policy.period().isZero() ? null : Columns.at(now);
        sql.createUpdate("""
                        insert into veem.placement_policy (cluster, policy, due) values (:cluster, :policy, :due)
                        on conflict (cluster) do update set policy = :policy, due = :due""")
                .bind("cluster", policy.cluster().orElse("")).bind("policy", Wire.write(policy)).bind("due", due).execute();
    }

    public static boolean delete(Handle sql, Optional<String> cluster) {
        return sql.createUpdate("delete from veem.placement_policy where cluster = :cluster").bind("cluster", cluster.orElse("")).execute() > 0;
    }

    /** Takes the reviews that are due and sets when the next are, so that one server of the site makes each. */
    public static List<PlacementPolicy> take(Handle sql, Instant now) {
        var due = sql.createQuery("select policy from veem.placement_policy where due <= :now order by cluster for update skip locked").bind("now", Columns.at(now))
                .mapTo(String.class).map(json -> Wire.read(json, PlacementPolicy.class)).list();
        due.forEach(policy -> sql.createUpdate("update veem.placement_policy set due = :due where cluster = :cluster")
                .bind("due", Columns.at(now.plus(policy.period()))).bind("cluster", policy.cluster().orElse("")).execute());
        return due;
    }
}
