package org.reservoir.veem.kept;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Lease;
import org.reservoir.interfaces.vmi.LeaseWish;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.kernel.Capacity;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.LeaseId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;
import org.reservoir.placement.lease.LeaseBook;
import org.reservoir.placement.lease.LeaseRecord;
import org.reservoir.placement.lease.LeaseState;

/** The tables of leases of VEEs, and what leases and the other VEEs leave to each other of a host. */
public final class LeaseTable {
    private static final int HISTORY = 30;
    private static final String FIND = "select id, user_id, group_id, permissions, owner, wish, verdict, created, ended from veem.vee_lease where ";
    /** A VEE counts as its lease's only on the host where the book has it; elsewhere it is in the way like any other. */
    private static final String OUTSIDE = """
            select place, coalesce(sum(cpu) filter (where state <> 'STOPPED'), 0) as cpu, coalesce(sum(memory) filter (where state <> 'STOPPED'), 0) as memory, sum(disk) as disk
            from (select v.host as place, v.state, v.cpu, v.memory, v.disk, n.host as home from veem.vee v left join veem.vee_lease_node n on n.vee = v.id where v.host is not null
                  union all
                  select v.destination, v.state, v.cpu, v.memory, v.disk, n.host from veem.vee v left join veem.vee_lease_node n on n.vee = v.id where v.destination is not null) as placed
            where home is distinct from place group by place""";
    private static final String HELD = """
            select p.host as place, greatest(0, p.cpu - coalesce(l.cpu, 0)) as cpu, greatest(0, p.memory - coalesce(l.memory, 0)) as memory, greatest(0, p.disk - coalesce(l.disk, 0)) as disk
            from veem.lease_peak p left join (
                select n.host, sum(v.cpu) filter (where v.state <> 'STOPPED') as cpu, sum(v.memory) filter (where v.state <> 'STOPPED') as memory, sum(v.disk) as disk
                from veem.vee_lease_node n join veem.vee v on v.id = n.vee where n.host in (v.host, v.destination) group by n.host) l on l.host = p.host""";

    private LeaseTable() {}

    /** What became of a lease. @param ran for how many seconds it ran; @param last as it was planned last */
    public record Verdict(LeaseState state, String reason, long ran, Optional<LeaseBook.Instead> instead, LeaseRecord last) {}

    public record Row(LeaseId id, Ownership ownership, Caller owner, LeaseWish wish, Optional<Verdict> verdict, Instant created, Optional<Instant> ended) {}

    public static LeaseId insert(Handle sql, Caller owner, LeaseWish wish, Instant now) {
        return sql.createQuery("""
                        insert into veem.vee_lease (user_id, group_id, permissions, owner, wish, created) values (:user, :group, :permissions, :owner, :wish, :now) returning id""")
                .bind("user", owner.user().value()).bind("group", owner.group().value()).bind("permissions", Ownership.PRIVATE).bind("owner", Wire.write(owner))
                .bind("wish", Wire.write(wish)).bind("now", Columns.at(now)).mapTo(Long.class).map(LeaseId::new).one();
    }

    public static void end(Handle sql, LeaseId lease, Verdict verdict, Instant now) {
        sql.createUpdate("update veem.vee_lease set verdict = :verdict, ended = :now where id = :id").bind("verdict", LeaseJson.write(verdict)).bind("now", Columns.at(now))
                .bind("id", lease.value()).execute();
    }

    public static Optional<Row> find(Handle sql, LeaseId lease) {
        return sql.createQuery(FIND + "id = :id").bind("id", lease.value()).map((row, _) -> row(row)).findOne();
    }

    public static List<Row> list(Handle sql, boolean over, long after) {
        return sql.createQuery(FIND + "id > :after and (ended is null or :over) order by id limit 10000").bind("after", after).bind("over", over).map((row, _) -> row(row)).list();
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(new LeaseId(row.getLong("id")), new Ownership(new UserId(row.getLong("user_id")), new GroupId(row.getLong("group_id")), row.getString("permissions")),
                Wire.read(row.getString("owner"), Caller.class), Wire.read(row.getString("wish"), LeaseWish.class),
                Optional.ofNullable(row.getString("verdict")).map(json -> LeaseJson.read(json, Verdict.class)), Columns.instant(row, "created"),
                row.getObject("ended") == null ? Optional.empty() : Optional.of(Columns.instant(row, "ended")));
    }

    // ---- history

    public static void note(Handle sql, LeaseId lease, Lease.Happened happened) {
        sql.createUpdate("insert into veem.vee_lease_history (lease, at, what, detail) values (:lease, :at, :what, :detail)").bind("lease", lease.value())
                .bind("at", Columns.at(happened.at())).bind("what", happened.what().name()).bind("detail", happened.detail()).execute();
    }

    /** The last of it, oldest first. */
    public static List<Lease.Happened> history(Handle sql, LeaseId lease) {
        return sql.createQuery("select at, what, detail from veem.vee_lease_history where lease = :lease order by id desc limit " + HISTORY).bind("lease", lease.value())
                .map((row, _) -> new Lease.Happened(Columns.instant(row, "at"), Lease.Happened.What.valueOf(row.getString("what")), row.getString("detail"))).list().reversed();
    }

    // ---- nodes

    public static void put(Handle sql, LeaseNode node) {
        sql.createUpdate("""
                        insert into veem.vee_lease_node (lease, node, vee, wanted, host, since, problem) values (:lease, :node, :vee, :wanted, :host, :since, :problem)
                        on conflict (lease, node) do update set vee = :vee, wanted = :wanted, host = :host, since = :since, problem = :problem""")
                .bind("lease", node.lease().value()).bind("node", node.number()).bind("vee", node.vee().map(VeeId::value).orElse(null)).bind("wanted", node.wanted().name())
                .bind("host", node.host().map(HostId::value).orElse(null)).bind("since", Columns.at(node.since())).bind("problem", node.problem().orElse(null)).execute();
    }

    public static void problem(Handle sql, LeaseNode node, Optional<String> problem) {
        sql.createUpdate("update veem.vee_lease_node set problem = :problem where lease = :lease and node = :node").bind("problem", problem.orElse(null))
                .bind("lease", node.lease().value()).bind("node", node.number()).execute();
    }

    public static List<LeaseNode> nodes(Handle sql, LeaseId lease) {
        return sql.createQuery("select lease, node, vee, wanted, host, since, problem from veem.vee_lease_node where lease = :lease order by node").bind("lease", lease.value())
                .map((row, _) -> node(row)).list();
    }

    public static boolean anyOpen(Handle sql) {
        return sql.createQuery("select exists (select 1 from veem.vee_lease where ended is null)").mapTo(Boolean.class).one();
    }

    /** Those of leases that are open. */
    public static List<LeaseNode> unsettled(Handle sql) {
        return sql.createQuery("""
                        select n.lease, n.node, n.vee, n.wanted, n.host, n.since, n.problem from veem.vee_lease_node n join veem.vee_lease l on l.id = n.lease where l.ended is null
                        order by n.lease, n.node""").map((row, _) -> node(row)).list();
    }

    private static LeaseNode node(ResultSet row) throws SQLException {
        var vee = row.getLong("vee");
        var made = row.wasNull() ? Optional.<VeeId>empty() : Optional.of(new VeeId(vee));
        var host = row.getLong("host");
        var placed = row.wasNull() ? Optional.<HostId>empty() : Optional.of(new HostId(host));
        return new LeaseNode(new LeaseId(row.getLong("lease")), row.getInt("node"), made, LeaseNode.Wanted.valueOf(row.getString("wanted")), placed,
                Columns.instant(row, "since"), Optional.ofNullable(row.getString("problem")));
    }

    /** The open lease that a VEE belongs to. */
    public static Optional<LeaseId> leaseOf(Handle sql, VeeId vee) {
        return sql.createQuery("select n.lease from veem.vee_lease_node n join veem.vee_lease l on l.id = n.lease where n.vee = :vee and l.ended is null").bind("vee", vee.value())
                .mapTo(Long.class).map(LeaseId::new).findOne();
    }

    /** VEEs of all leases that are open. */
    public static Set<Long> leased(Handle sql) {
        return sql.createQuery("select n.vee from veem.vee_lease_node n join veem.vee_lease l on l.id = n.lease where n.vee is not null and l.ended is null").mapTo(Long.class).set();
    }

    // ---- the book

    public static Optional<LeaseJson.Kept> book(Handle sql) {
        return sql.createQuery("select book from veem.lease_book").mapTo(String.class).findOne().map(json -> LeaseJson.read(json, LeaseJson.Kept.class));
    }

    public static void write(Handle sql, LeaseJson.Kept book) {
        sql.createUpdate("insert into veem.lease_book (book) values (:book) on conflict (one) do update set book = :book").bind("book", LeaseJson.write(book)).execute();
    }

    // ---- who may have what of a host

    public static void peaks(Handle sql, Map<HostId, Capacity> peaks) {
        sql.execute("delete from veem.lease_peak");
        peaks.forEach((host, peak) -> sql.createUpdate("insert into veem.lease_peak (host, cpu, memory, disk) select id, :cpu, :memory, :disk from veem.host where id = :host")
                .bind("host", host.value()).bind("cpu", peak.cpu().milli()).bind("memory", peak.memory().bytes()).bind("disk", peak.disk().bytes()).execute());
    }

    /** What leases will need of each host beyond what their VEEs take of it now: nobody else may have it. */
    public static Map<HostId, Capacity> held(Handle sql) {
        return capacities(sql, HELD);
    }

    /** What the VEEs without a lease take of each host. */
    public static Map<HostId, Capacity> outside(Handle sql) {
        return capacities(sql, OUTSIDE);
    }

    private static Map<HostId, Capacity> capacities(Handle sql, String query) {
        var capacities = new HashMap<HostId, Capacity>();
        sql.createQuery(query).map((row, _) -> Map.entry(new HostId(row.getLong("place")),
                new Capacity(new Cpus(row.getInt("cpu")), new DataSize(row.getLong("memory")), new DataSize(row.getLong("disk"))))).forEach(entry -> capacities.put(entry.getKey(), entry.getValue()));
        return capacities;
    }
}
