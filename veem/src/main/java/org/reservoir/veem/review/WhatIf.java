package org.reservoir.veem.review;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.Placements.Chance;
import org.reservoir.interfaces.vmi.Placements.Loss;
import org.reservoir.interfaces.vmi.Placements.Stranded;
import org.reservoir.interfaces.vmi.Placements.Survival;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.Refused;
import org.reservoir.placement.Constraint;
import org.reservoir.placement.Snapshot;
import org.reservoir.placement.admission.Failover;
import org.reservoir.placement.admission.Share;
import org.reservoir.store.SiteDatabase;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.placing.Placing;
import org.reservoir.veem.placing.Whole;

/** Answers what would become of the placement as it stands when hosts are lost; changes nothing. */
public final class WhatIf {
    private static final int TRIALS = 2_000;
    private static final long SEED = 1;

    private final SiteDatabase database;
    private final Placing placing;

    public WhatIf(SiteDatabase database, Placing placing) {
        this.database = database;
        this.placing = placing;
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
    static Snapshot movable(Snapshot whole) {
        return whole.with(whole.vees(), whole.constraints().stream().filter(constraint -> !(constraint instanceof Constraint.Root)).toList());
    }

    private Seen see(Handle sql) {
        var free = movable(placing.whole(sql, _ -> true).snapshot());
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

    static Chance chance(org.reservoir.placement.admission.Chance chance) {
        return new Chance(chance.rate(), chance.low(), chance.high(), chance.trials(), false);
    }

    static Chance chance(Share share) {
        return new Chance(share.rate(), share.low(), share.high(), share.of(), share.exact());
    }
}
