package org.reservoir.veem.kept;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vhi.HostFacts;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.kernel.Capacity;
import org.reservoir.kernel.Cpus;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.HostId;

/** The table of hosts, and what their VEEs were promised: a sum over the VEEs, so that it cannot drift from them. */
public final class HostTable {
    /** States in which CPU and memory of the host are kept for a VEE; see {@link Lifecycle#needsProcessors}. */
    private static final String NEEDS_PROCESSORS = "state <> 'STOPPED'";

    private HostTable() {}

    /** A host as the site database holds it. @param before what it was before it fell silent or was to sleep, and will be again */
    public record HostRecord(HostId id, Host.State state, Optional<Host.State> before, Optional<String> problem, HostRequest request, Optional<HostFacts> facts, Optional<Instant> lastSeen) {
        public String name() {
            return request.name();
        }

        /** What can be given to VEEs: what it has, less the reserve, times overcommitment. Nothing before it was found out. */
        public Capacity capacity() {
            return facts.map(found -> new Capacity(
                    new Cpus((int) Math.min(Integer.MAX_VALUE, Math.max(0, found.capacity().cpu().milli() - request.cpuReserve().milli()) * request.cpuFactor())),
                    new DataSize((long) (found.capacity().memory().minus(request.memoryReserve()).bytes() * request.memoryFactor())),
                    found.capacity().disk())).orElse(Capacity.NONE);
        }

        /** Guests move between hosts of one kind only. Nothing before it was found out. */
        public Optional<String> kind() {
            return facts.map(found -> found.hypervisor().split(" ", 2)[0] + " " + found.architecture());
        }

        public boolean takesVees() {
            return state == Host.State.ENABLED && facts.isPresent();
        }

        /** Whether it takes VEEs now, or as soon as it is awake. */
        public boolean takesVeesAwake() {
            return awake().takesVees();
        }

        /** Of one that takes no VEEs: why. */
        public String hindrance() {
            return "%s takes no new VEEs: it %s".formatted(name(), switch (state) {
                case NEW, ENABLED -> "is not found out yet";
                case DISABLED -> "is disabled";
                case EVACUATING -> "is being emptied";
                case UNREACHABLE -> "does not answer";
                case FALLING_ASLEEP, ASLEEP, WAKING -> "sleeps";
            });
        }

        /** Of one that takes no VEEs: what would change that. */
        public String remedy() {
            return switch (state) {
                case DISABLED, EVACUATING -> "enable it (reservoir host enable %s)".formatted(name());
                case UNREACHABLE -> "get it to answer again (reservoir host show %s says what is wrong)".formatted(name());
                case NEW, ENABLED -> "wait until %s is found out".formatted(name());
                case FALLING_ASLEEP, ASLEEP, WAKING -> "wait until it is woken, as it is when there is no room elsewhere";
            };
        }

        /** As it will be when it has been woken. */
        public HostRecord awake() {
            return state.drowsy() ? new HostRecord(id, before.orElse(Host.State.ENABLED), Optional.empty(), problem, request, facts, lastSeen) : this;
        }

        /** What an administrator wants it to be; one that sleeps is that when it has been woken. */
        public HostRecord in(Host.State wanted) {
            return state.drowsy() ? new HostRecord(id, state, Optional.of(wanted), problem, request, facts, lastSeen)
                    : new HostRecord(id, wanted, before, problem, request, facts, lastSeen);
        }

        public HostRecord found(HostFacts others) {
            return new HostRecord(id, state, before, problem, request, Optional.of(others), lastSeen);
        }

        public HostRecord kept(HostRequest other) {
            return new HostRecord(id, state, before, problem, other, facts, lastSeen);
        }
    }

    /** What the VEEs of a host were promised, and how many they are. */
    public record Promised(Capacity capacity, int vees) {
        public static final Promised NOTHING = new Promised(Capacity.NONE, 0);
    }

    /** @param identity what tells it from every other host, by whatever address it is reached */
    public static HostId insert(Handle sql, HostRequest request, Optional<String> identity, HostFacts facts, Instant now) {
        return sql.createQuery("""
                        insert into veem.host (name, uri, identity, state, request, facts, last_seen, created)
                        values (:name, :uri, :identity, 'ENABLED', :request, :facts, :now, :now) returning id""")
                .bind("name", request.name()).bind("identity", identity.orElse(null)).bind("uri", request.uri()).bind("request", Wire.write(request)).bind("facts", Wire.write(facts))
                .bind("now", Columns.at(now)).mapTo(Long.class).map(HostId::new).one();
    }

    public static boolean hasIdentity(Handle sql, HostId host) {
        return sql.createQuery("select identity is not null from veem.host where id = :id").bind("id", host.value()).mapTo(Boolean.class).findOne().orElse(true);
    }

    /** Of one that has none. @return the host that has this identity already, if there is one: then nothing is written */
    public static Optional<HostRecord> identify(Handle sql, HostId host, String identity) {
        changed(sql); // whoever adds one waits
        var known = sql.createQuery("select * from veem.host where identity = :identity").bind("identity", identity).map(HostTable::record).findOne();
        if (known.isEmpty()) {
            sql.createUpdate("update veem.host set identity = :identity where id = :id").bind("identity", identity).bind("id", host.value()).execute();
        }
        return known.filter(other -> !other.id().equals(host));
    }

    public static void update(Handle sql, HostRecord host) {
        changed(sql);
        sql.createUpdate("""
                        update veem.host set state = :state, before = :before, problem = :problem, request = :request, facts = :facts, last_seen = :seen where id = :id""")
                .bind("id", host.id().value()).bind("state", host.state().name()).bind("before", host.before().map(Enum::name).orElse(null)).bind("problem", host.problem().orElse(null))
                .bind("request", Wire.write(host.request())).bind("facts", host.facts().map(Wire::write).orElse(null))
                .bind("seen", host.lastSeen().map(Columns::at).orElse(null)).execute();
    }

    /** The host has answered. @param facts new ones, when it was asked for them: always when it was silent before; @param problem what a person must know */
    public static void seen(Handle sql, HostId host, Optional<HostFacts> facts, Optional<String> problem, Instant now) {
        sql.createUpdate("""
                        update veem.host set state = case when state = 'UNREACHABLE' then coalesce(before, 'ENABLED') else state end,
                               before = case when state = 'UNREACHABLE' then null else before end,
                               since = case when state = 'UNREACHABLE' then null else since end, problem = :problem,
                               facts = coalesce(:facts, facts), last_seen = :now
                        where id = :id""")
                .bind("facts", facts.map(Wire::write).orElse(null)).bind("problem", problem.orElse(null)).bind("now", Columns.at(now)).bind("id", host.value()).execute();
        if (facts.isPresent()) {
            changed(sql);
        }
    }

    /** The host has been silent for too long; what it was before is kept for when it answers again, and that it did not wake is told until then. */
    public static void silent(Handle sql, HostRecord host, String problem) {
        sql.createUpdate("""
                        update veem.host set before = case when state in ('UNREACHABLE', 'FALLING_ASLEEP', 'ASLEEP', 'WAKING') then before else state end, state = 'UNREACHABLE',
                               problem = case when state = 'UNREACHABLE' and since is not null then problem else :problem end
                        where id = :id""")
                .bind("problem", problem).bind("id", host.id().value()).execute();
        if (host.state() != Host.State.UNREACHABLE) {
            changed(sql);
        }
    }

    public static void changed(Handle sql) {
        sql.execute("update veem.hosts_changed set count = count + 1");
    }

    /** How often hosts have changed; read it before the hosts. */
    static long changes(Handle sql) {
        return sql.createQuery("select count from veem.hosts_changed").mapTo(Long.class).one();
    }

    public static void delete(Handle sql, HostId host) {
        changed(sql);
        sql.createUpdate("delete from veem.host where id = :id").bind("id", host.value()).execute();
    }

    public static Optional<HostRecord> find(Handle sql, HostId host) {
        return sql.createQuery("select * from veem.host where id = :id").bind("id", host.value()).map(HostTable::record).findOne();
    }

    public static Optional<HostRecord> lock(Handle sql, HostId host) {
        return sql.createQuery("select * from veem.host where id = :id for update").bind("id", host.value()).map(HostTable::record).findOne();
    }

    /** A host of the same name, or the same host: of the same name rather. */
    public static Optional<HostRecord> like(Handle sql, HostRequest request, Optional<String> identity) {
        return sql.createQuery("select * from veem.host where name = :name or uri = :uri or identity = :identity order by name = :name desc limit 1")
                .bind("name", request.name()).bind("uri", request.uri()).bind("identity", identity.orElse(null)).map(HostTable::record).findOne();
    }

    public static List<HostRecord> all(Handle sql) {
        return sql.createQuery("select * from veem.host order by id").map(HostTable::record).list();
    }

    public static List<HostRecord> page(Handle sql, long after, int limit) {
        return sql.createQuery("select * from veem.host where id > :after order by id limit :limit").bind("after", after).bind("limit", limit)
                .map(HostTable::record).list();
    }

    /** Of every host that has VEEs, or of one. A VEE that migrates counts at both ends. */
    public static Map<HostId, Promised> promised(Handle sql, Optional<HostId> only) {
        var condition = only.isPresent() ? "= " + only.get().value() : "is not null";
        return sql.createQuery("""
                        select place, count(*) as vees, coalesce(sum(cpu) filter (where %1$s), 0) as cpu, coalesce(sum(memory) filter (where %1$s), 0) as memory,
                               sum(disk) as disk
                        from (select host as place, state, cpu, memory, disk from veem.vee where host %2$s
                              union all
                              select destination, state, cpu, memory, disk from veem.vee where destination %2$s) as placed
                        group by place""".formatted(NEEDS_PROCESSORS, condition))
                .map((row, _) -> Map.entry(new HostId(row.getLong("place")), new Promised(
                        new Capacity(new Cpus(row.getInt("cpu")), new DataSize(row.getLong("memory")), new DataSize(row.getLong("disk"))), row.getInt("vees"))))
                .stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static HostRecord record(java.sql.ResultSet row, StatementContext context) throws java.sql.SQLException {
        var facts = row.getString("facts");
        var seen = row.getObject("last_seen", java.time.OffsetDateTime.class);
        return new HostRecord(new HostId(row.getLong("id")), Host.State.valueOf(row.getString("state")), Optional.ofNullable(row.getString("before")).map(Host.State::valueOf),
                Optional.ofNullable(row.getString("problem")),
                Wire.read(row.getString("request"), HostRequest.class), Optional.ofNullable(facts).map(json -> Wire.read(json, HostFacts.class)),
                Optional.ofNullable(seen).map(java.time.OffsetDateTime::toInstant));
    }
}
