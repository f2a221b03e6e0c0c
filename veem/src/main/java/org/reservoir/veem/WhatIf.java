package org.reservoir.veem;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.Placements.Chance;
import org.reservoir.interfaces.vmi.Placements.Loss;
import org.reservoir.interfaces.vmi.Placements.ServiceToAdmit;
import org.reservoir.interfaces.vmi.Placements.Stranded;
import org.reservoir.interfaces.vmi.Placements.Survival;
import org.reservoir.interfaces.vmi.Placements.Tier;
import org.reservoir.interfaces.vmi.Placements.Verdict;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.placement.Amounts;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Demand;
import org.reservoir.placement.Level;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.admission.Admission;
import org.reservoir.placement.admission.Failover;
import org.reservoir.placement.admission.Failures;
import org.reservoir.placement.admission.Load;
import org.reservoir.placement.admission.Service;
import org.reservoir.placement.admission.Share;
import org.reservoir.placement.search.Budget;
import org.reservoir.store.SiteDatabase;

/** Answers what would become of the placement as it stands when hosts are lost or a service comes; changes nothing. */
final class WhatIf {
    private static final int TRIALS = 2_000;
    private static final long SEED = 1;
    private static final long PATIENCE_NS = 10_000_000_000L;
    private static final double USUAL_DOWNTIME = 0.01;

    private final SiteDatabase database;
    private final Placing placing;
    private final Policies policies;

    WhatIf(SiteDatabase database, Placing placing, Policies policies) {
        this.database = database;
        this.placing = placing;
        this.policies = policies;
    }

    private record Seen(Snapshot snapshot, List<HostTable.HostRecord> hosts, Map<Long, String> vees) {
        String host(long id) {
            return hosts.stream().filter(host -> host.id().value() == id).findFirst().map(HostTable.HostRecord::name).orElseGet(() -> new HostId(id).toString());
        }

        Stranded named(Failover.Loss loss) {
            return new Stranded(loss.hosts().stream().map(this::host).sorted().toList(), loss.stranded().stream().map(vee -> vees.get(vee)).toList());
        }
    }

    /** VEEs that may not move now are moved by the loss of their host all the same. */
    private Seen see(Handle sql) {
        var whole = placing.whole(sql, _ -> true).snapshot();
        var free = whole.with(whole.vees(), whole.constraints().stream().filter(constraint -> !(constraint instanceof Constraint.Root)).toList());
        var names = new HashMap<Long, String>();
        sql.createQuery("select id, name from veem.vee where host is not null").map((row, _) -> Map.entry(row.getLong("id"), row.getString("name")))
                .forEach(entry -> names.put(entry.getKey(), entry.getValue()));
        return new Seen(free, HostTable.all(sql), names);
    }

    Survival survival(Loss loss) {
        var seen = database.read(this::see);
        var snapshot = seen.snapshot();
        // the room that moves and leases keep is lost with its host, and nobody asks for it elsewhere
        var failover = new Failover(snapshot.with(snapshot.vees().stream().filter(Whole::stands).toList(), snapshot.constraints()));
        if (!loss.hosts().isEmpty()) {
            if (loss.any().isPresent()) {
                throw Refused.invalid("BAD_LOSS", "Both the hosts that are lost and how many of any.", "Give one of the two.");
            }
            var lost = failover.losing(ids(seen, loss.hosts()));
            var whole = lost.stranded().isEmpty();
            return new Survival(chance(new Share(whole ? 1 : 0, 1, true)), whole ? List.of() : List.of(seen.named(lost)));
        }
        int any = loss.any().orElse(1);
        return any == 1 ? each(seen, failover.report()) : new Survival(chance(failover.losingAny(any, TRIALS, SEED)), List.of());
    }

    private static Survival each(Seen seen, Failover.Report report) {
        return new Survival(chance(report.survived()), report.losses().stream().map(seen::named).toList());
    }

    private static Set<Long> ids(Seen seen, List<String> hosts) {
        var ids = new HashSet<Long>();
        for (var wanted : hosts) {
            ids.add(seen.hosts().stream().filter(host -> host.name().equals(wanted) || host.id().toString().equals(wanted)).findFirst()
                    .orElseThrow(() -> Refused.notFound("HOST_NOT_FOUND", "There is no host %s.".formatted(wanted), "See: reservoir host list")).id().value());
        }
        return ids;
    }

    private static Chance chance(Share share) {
        return new Chance(share.rate(), share.low(), share.high(), share.of(), share.exact());
    }

    Verdict admit(ServiceToAdmit asked) {
        if (asked.tiers().isEmpty()) {
            throw Refused.invalid("BAD_SERVICE", "Service %s has no tiers.".formatted(asked.name()), "Give one or more, each with what a replica asks for, its least and its most replicas.");
        }
        var seen = database.read(this::see);
        var constraints = new HashSet<>(seen.snapshot().constraints());
        var name = "service " + asked.name();
        var tiers = IntStream.range(0, asked.tiers().size()).mapToObj(i -> tier(name, i, asked.tiers().get(i), constraints)).toList();
        var rank = database.read(sql -> policies.ranks(sql, seen.hosts()).site());
        var admission = new Admission(seen.snapshot().with(seen.snapshot().vees(), List.copyOf(constraints)), List.of(), Failures.of(asked.downtime().orElse(USUAL_DOWNTIME)));
        var budget = Budget.ofIterations(SEED, TRIALS).guarded(System::nanoTime, System.nanoTime() + PATIENCE_NS);
        var verdict = admission.judge(new Service(name, tiers, asked.promised()), rank, budget);
        return new Verdict(verdict.admitted(), chance(verdict.honoured()), chance(verdict.failover().survived()), verdict.why());
    }

    private static Service.Tier tier(String service, int number, Tier tier, Set<Constraint> constraints) {
        var group = "%s, tier %s".formatted(service, tier.name());
        if (tier.apart()) {
            constraints.add(new Constraint.Spread(group, Level.HOST));
        }
        var replica = new Demand(Long.MIN_VALUE + number, Amounts.of(tier.cpu().milli(), tier.memory().bytes(), tier.disk().bytes()), Optional.empty(), Optional.empty(), Set.of(group, service));
        var load = tier.load().isEmpty() ? Load.PEAK : new Load(tier.load().stream().mapToDouble(Double::doubleValue).toArray());
        return new Service.Tier(tier.name(), replica, tier.least(), tier.most(), load);
    }
}
