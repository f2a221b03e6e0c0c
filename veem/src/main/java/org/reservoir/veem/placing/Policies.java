package org.reservoir.veem.placing;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.PlacementPolicy;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Demand;
import org.reservoir.placement.Policy;
import org.reservoir.placement.Speeds;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.PolicyTable;

/** How first placement ranks hosts, by the policies in force: those of the site among all, those of a cluster among its own. */
public final class Policies {
    private final Policy otherwise;
    private final Goals goals;

    /** @param otherwise while no policy says anything else */
    public Policies(Policy otherwise, Goals goals) {
        this.otherwise = otherwise;
        this.goals = goals;
    }

    /** @param site among all hosts; @param clusters where another rank holds, with a fence around each */
    public record Ranks(Policy site, Map<String, Policy> clusters, Map<Long, String> clusterOf, Set<Constraint> fences) {
        /** The rank that holds within the host's cluster, where it is another than the site's. */
        Optional<Policy> within(long host) {
            return Optional.ofNullable(clusterOf.get(host)).map(clusters::get);
        }

        /** The same demand, which only that host's cluster may take. */
        Demand kept(Demand demand, long host) {
            var groups = new HashSet<>(demand.groups());
            groups.add(group(clusterOf.get(host)));
            return new Demand(demand.id(), demand.amounts(), demand.requirements(), demand.rank(), groups);
        }
    }

    private static String group(String cluster) {
        return "in cluster " + cluster;
    }

    public Ranks ranks(Handle sql, List<HostTable.HostRecord> hosts) {
        var site = otherwise;
        var clusters = new HashMap<String, Policy>();
        for (var policy : PolicyTable.all(sql)) {
            var rank = rank(policy);
            site = policy.cluster().isEmpty() ? rank : site;
            policy.cluster().ifPresent(cluster -> clusters.put(cluster, rank));
        }
        clusters.values().removeIf(site::equals);
        var clusterOf = new HashMap<Long, String>();
        hosts.stream().filter(host -> clusters.containsKey(host.request().cluster())).forEach(host -> clusterOf.put(host.id().value(), host.request().cluster()));
        var fences = new HashSet<Constraint>();
        clusters.keySet().forEach(cluster -> fences.add(new Constraint.Fence(group(cluster),
                Set.copyOf(clusterOf.entrySet().stream().filter(entry -> entry.getValue().equals(cluster)).map(Map.Entry::getKey).toList()))));
        return new Ranks(site, clusters, clusterOf, fences);
    }

    private Policy rank(PlacementPolicy policy) {
        return policy.goals().isEmpty() ? otherwise : new Policy(goals.objective(policy, Speeds.UNMEASURED).rank());
    }
}
