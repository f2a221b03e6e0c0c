package org.reservoir.veem.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.vmi.Lease;
import org.reservoir.interfaces.vmi.Leases;
import org.reservoir.kernel.HostId;
import org.reservoir.placement.lease.LeaseBook;
import org.reservoir.placement.lease.LeaseRecord;
import org.reservoir.placement.lease.SlotKind;
import org.reservoir.veem.kept.HostTable;
import org.reservoir.veem.kept.LeaseJson;
import org.reservoir.veem.kept.LeaseNode;
import org.reservoir.veem.kept.LeaseTable;
import org.reservoir.veem.kept.VeeRecord;
import org.reservoir.veem.kept.VeeTable;

/** Leases as their users see them: the row, what the book plans, and what the VEEs really are. */
final class LeaseViews {
    private final Handle sql;
    private final Map<Long, LeaseRecord> planned;

    LeaseViews(Handle sql) {
        this.sql = sql;
        this.planned = LeaseTable.book(sql).map(LeaseJson.Kept::leases).orElse(List.of()).stream().collect(Collectors.toMap(lease -> lease.request().id(), Function.identity()));
    }

    Lease of(LeaseTable.Row row) {
        var verdict = row.verdict();
        var record = verdict.map(LeaseTable.Verdict::last).orElseGet(() -> planned.get(row.id().value()));
        var state = verdict.map(LeaseTable.Verdict::state).orElse(record.state());
        var wish = row.wish();
        return new Lease(row.id(), wish.name(), row.ownership(), wish.kind(), Lease.State.valueOf(state.name()), wish.yields(), wish.duration(), wish.at(), wish.deadline(),
                Duration.ofSeconds(verdict.map(LeaseTable.Verdict::ran).orElse(record.ran())), runs(record, row.ended()), nodes(row), verdict.map(LeaseTable.Verdict::reason).filter(reason -> !reason.isEmpty()),
                verdict.flatMap(LeaseTable.Verdict::instead).map(LeaseViews::instead), Optional.of(record.price()).filter(price -> price > 0), row.created(), row.ended(), LeaseTable.history(sql, row.id()));
    }

    private static Lease.Instead instead(LeaseBook.Instead instead) {
        return new Lease.Instead(instead.start().isPresent() ? Optional.of(Instant.ofEpochSecond(instead.start().getAsLong())) : Optional.empty(), OptionalInt.of(instead.nodes()));
    }

    /** Of a lease that is over, only the runs that had begun. */
    private static List<Lease.Run> runs(LeaseRecord lease, Optional<Instant> ended) {
        return lease.runs().stream().map(LeaseViews::run).filter(run -> ended.filter(run.from()::isAfter).isEmpty()).toList();
    }

    private static Lease.Run run(LeaseRecord.PlannedRun run) {
        var slot = run.run().slot();
        var from = run.before().stream().filter(step -> step.slot().kind() == SlotKind.RESUME).mapToLong(step -> step.slot().start()).findFirst().orElse(slot.start());
        var until = run.after().isEmpty() ? slot.until() : run.after().getLast().slot().until();
        var suspends = !run.after().isEmpty() && run.after().getFirst().slot().kind() == SlotKind.SUSPEND;
        var hosts = IntStream.range(0, slot.nodes().size()).boxed().collect(Collectors.toMap(i -> slot.nodes().get(i), i -> new HostId(slot.hosts().get(i)), (a, _) -> a, TreeMap::new));
        return new Lease.Run(Lease.Phase.valueOf(run.run().phase().name()), Instant.ofEpochSecond(from), Instant.ofEpochSecond(slot.start()), Instant.ofEpochSecond(slot.until()),
                Instant.ofEpochSecond(until), suspends, List.copyOf(hosts.values()));
    }

    private List<Lease.Node> nodes(LeaseTable.Row row) {
        var nodes = LeaseTable.nodes(sql, row.id());
        var vees = VeeTable.find(sql, nodes.stream().flatMap(node -> node.vee().stream()).toList());
        return nodes.stream().map(node -> node(row, node, node.vee().map(vees::get))).toList();
    }

    private static Lease.Node node(LeaseTable.Row row, LeaseNode node, Optional<VeeRecord> vee) {
        return new Lease.Node(row.wish().vees().get(node.number() - 1).name(), vee.map(VeeRecord::id), vee.map(VeeRecord::state), vee.flatMap(VeeRecord::host),
                node.problem().or(() -> vee.flatMap(VeeRecord::problem)));
    }

    /** What is free on the hosts that take VEEs. */
    static List<Leases.HostCalendar> calendar(List<HostTable.HostRecord> hosts, LeaseBook book, long now) {
        var calendar = book.calendar();
        return hosts.stream().filter(HostTable.HostRecord::takesVeesAwake).map(host -> new Leases.HostCalendar(host.id(), host.name(),
                LeaseRoom.ahead(calendar.stretches().get(host.id().value()), now).stream()
                        .map(stretch -> new Leases.Stretch(Instant.ofEpochSecond(stretch.from()), LeaseRoom.capacity(stretch.free()))).toList())).toList();
    }
}
