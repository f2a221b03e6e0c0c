package org.reservoir.gateways;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Lease;
import org.reservoir.interfaces.vmi.LeasePolicy;
import org.reservoir.interfaces.vmi.LeaseWish;
import org.reservoir.interfaces.vmi.Leases;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Right;
import org.reservoir.interfaces.vmi.Vees;
import org.reservoir.kernel.Capacity;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.LeaseId;
import org.reservoir.kernel.Refused;

/** Leases in memory: one host of 8 CPUs is given out as if every lease were alone; immediate leases of more are refused. */
final class FakeLeases implements Leases {
    private static final HostId HOST = new HostId(1);

    private final Vees vees;
    private final TreeMap<Long, Lease> leases = new TreeMap<>();
    private LeasePolicy policy = LeasePolicy.USUAL;

    FakeLeases(Vees vees) {
        this.vees = vees;
    }

    @Override
    public synchronized Lease request(Caller caller, LeaseWish wish) {
        if (wish.vees().stream().mapToInt(spec -> spec.cpu().milli()).sum() > 8000) {
            throw Refused.exhausted("LEASE_NO_ROOM", "Lease %s cannot be had: there is no room for it.".formatted(wish.name()), "All of it could run from 2026-11-24T15:00:12Z on.");
        }
        var nodes = new ArrayList<Lease.Node>();
        for (var vee : vees.create(caller, wish.vees())) {
            nodes.add(new Lease.Node(vee.name(), Optional.of(vee.id()), Optional.of(vee.state()), vee.host(), Optional.empty()));
        }
        var start = wish.at().orElse(FakeVmi.NOW);
        var begun = !start.isAfter(FakeVmi.NOW);
        var end = start.plus(wish.duration());
        var run = new Lease.Run(begun ? Lease.Phase.ACTIVE : Lease.Phase.SCHEDULED, start, start, end, end.plusSeconds(12), false, nodes.stream().map(_ -> HOST).toList());
        var lease = new Lease(new LeaseId(leases.size() + 1), wish.name(), Ownership.privateTo(caller), wish.kind(), begun ? Lease.State.ACTIVE : Lease.State.READY, wish.yields(),
                wish.duration(), wish.at(), wish.deadline(), Duration.ZERO, List.of(run), nodes, Optional.empty(), Optional.empty(), wish.mostPerHour(), FakeVmi.NOW, Optional.empty(),
                begun ? List.of(new Lease.Happened(FakeVmi.NOW, Lease.Happened.What.STARTED, "")) : List.of());
        leases.put(lease.id().value(), lease);
        return lease;
    }

    @Override
    public synchronized Lease lease(Caller caller, LeaseId lease) {
        return Optional.ofNullable(leases.get(lease.value())).filter(it -> it.ownership().allows(caller, Right.USE))
                .orElseThrow(() -> Refused.notFound("LEASE_NOT_FOUND", "There is no %s.".formatted(lease), "See: reservoir lease list"));
    }

    @Override
    public synchronized Page<Lease> leases(Caller caller, boolean over, Page.Request page) {
        return new Page<>(leases.values().stream().filter(it -> it.ownership().allows(caller, Right.USE) && (over || it.ended().isEmpty())).toList(), Optional.empty());
    }

    @Override
    public synchronized Lease cancel(Caller caller, LeaseId id) {
        var lease = lease(caller, id);
        if (lease.ended().isPresent()) {
            throw Refused.conflict("LEASE_OVER", "%s is over since %s.".formatted(id, lease.ended().get()), "");
        }
        var over = new Lease(id, lease.name(), lease.ownership(), lease.kind(), Lease.State.CANCELLED, lease.preemptible(), lease.duration(), lease.at(), lease.deadline(), lease.ran(),
                lease.runs(), lease.vees(), Optional.of("cancelled"), Optional.of(new Lease.Instead(Optional.empty(), OptionalInt.of(0))), lease.price(), lease.created(), Optional.of(FakeVmi.NOW), lease.history());
        leases.put(id.value(), over);
        return over;
    }

    @Override
    public synchronized LeasePolicy policy(Caller caller) {
        return policy;
    }

    @Override
    public synchronized LeasePolicy setPolicy(Caller caller, LeasePolicy other) {
        policy = other;
        return other;
    }

    @Override
    public List<HostCalendar> calendar(Caller caller) {
        var whole = new Capacity(Cpus.of(8), DataSize.gibibytes(16), DataSize.gibibytes(100));
        var later = Instant.parse("2026-11-24T16:00:00Z");
        return List.of(new HostCalendar(HOST, "h1", List.of(new Stretch(FakeVmi.NOW, whole), new Stretch(later, new Capacity(Cpus.of(4), DataSize.gibibytes(8), DataSize.gibibytes(90))))));
    }
}
