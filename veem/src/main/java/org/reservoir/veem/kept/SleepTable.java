package org.reservoir.veem.kept;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.Host;
import org.reservoir.interfaces.vmi.Hosts;
import org.reservoir.kernel.HostId;
import org.reservoir.store.Transaction;

/** What the table of hosts says of their sleep. Each change is told as an event; a server that takes over goes on from what stands here. */
public final class SleepTable {
    /** Nothing is on the host, on its way there, or wanted there by a lease, and nothing is still to be done there. */
    private static final String EMPTY = """
            not exists (select 1 from veem.vee v where v.host = h.id or v.destination = h.id) and not exists (select 1 from veem.lease_peak p where p.host = h.id)
            and 'host-' || h.id not in (select lane from work where lane like 'host-%')""";

    private SleepTable() {}

    /**
     * How a host sleeps.
     *
     * @param since when it came into its state
     * @param told  when it was last ordered to sleep, or sent what wakes it
     * @param slept when it was last ordered to sleep
     */
    public record Sleep(Host.State state, Instant since, Optional<Instant> told, Optional<Instant> slept) {
        public boolean settled(Instant longBefore) {
            return slept.filter(longBefore::isBefore).isEmpty();
        }
    }

    public static Optional<Sleep> find(Handle sql, HostId host) {
        return sql.createQuery("select state, since, told, slept from veem.host where id = :id and state in ('FALLING_ASLEEP', 'ASLEEP', 'WAKING')").bind("id", host.value())
                .map((row, _) -> new Sleep(Host.State.valueOf(row.getString("state")), instant(row, "since").orElse(Instant.EPOCH), instant(row, "told"), instant(row, "slept"))).findOne();
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    /** Of one of the three states of sleep, from whatever it is. */
    public static void enter(Transaction transaction, HostTable.HostRecord host, Host.State state, Instant now) {
        transaction.sql().createUpdate("""
                        update veem.host set state = :state, before = case when state in ('UNREACHABLE', 'FALLING_ASLEEP', 'ASLEEP', 'WAKING') then before else state end,
                               since = :now, told = null, slept = case when :state = 'FALLING_ASLEEP' then null else slept end, idle = null, problem = null
                        where id = :id""")
                .bind("state", state.name()).bind("now", Columns.at(now)).bind("id", host.id().value()).execute();
        tell(transaction, host, state, "");
    }

    /** It is what it was before. @param problem what a person should know */
    public static void awake(Transaction transaction, HostTable.HostRecord host, Optional<String> problem) {
        transaction.sql().createUpdate("""
                        update veem.host set state = coalesce(before, 'ENABLED'), before = null, since = null, told = null, slept = null, idle = null, problem = :problem
                        where id = :id and state in ('FALLING_ASLEEP', 'ASLEEP', 'WAKING')""")
                .bind("problem", problem.orElse(null)).bind("id", host.id().value()).execute();
        tell(transaction, host, host.awake().state(), problem.orElse(""));
    }

    /** It was to wake and does not answer. */
    public static void lost(Transaction transaction, HostTable.HostRecord host, String problem) {
        HostTable.silent(transaction.sql(), host, problem);
        tell(transaction, host, Host.State.UNREACHABLE, problem);
    }

    private static void tell(Transaction transaction, HostTable.HostRecord host, Host.State state, String problem) {
        HostTable.changed(transaction.sql());
        transaction.publish(Hosts.TOPIC, host.id().toString(), "host." + state.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'),
                Wire.write(new Hosts.Changed(host.id(), host.name(), state, problem)));
    }

    /** Whether it is time, and nobody else's turn, to order it to sleep or to wake. @param rest between two orders */
    public static boolean take(Handle sql, HostId host, Host.State state, Duration rest, Instant now) {
        return sql.createUpdate("""
                        update veem.host set told = :now, slept = case when state = 'FALLING_ASLEEP' then :now else slept end
                        where id = :id and state = :state and (told is null or told <= :before)""")
                .bind("now", Columns.at(now)).bind("id", host.value()).bind("state", state.name()).bind("before", Columns.at(now.minus(rest))).execute() > 0;
    }

    public static boolean isEmpty(Handle sql, HostId host) {
        return sql.createQuery("select " + EMPTY + " from veem.host h where h.id = :id").bind("id", host.value()).mapTo(Boolean.class).one();
    }

    /** Notes which hosts have become empty and which are so no more. @return since when each empty host is known to be empty */
    public static Map<HostId, Instant> idle(Handle sql, Instant now) {
        sql.createUpdate("update veem.host h set idle = case when " + EMPTY + " then cast(:now as timestamptz) end where (idle is null) = (" + EMPTY + ")").bind("now", Columns.at(now)).execute();
        return sql.createQuery("select id, idle from veem.host where idle is not null").map((row, _) -> Map.entry(new HostId(row.getLong("id")), instant(row, "idle").orElseThrow()))
                .stream().collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** VEEs that found no place when they were looked at last. */
    public static List<VeeRecord> waiting(Handle sql, int most) {
        return VeeTable.query(sql, "state = 'PENDING' and problem is not null order by id limit ?", most);
    }

    /** Hosts that leases need. */
    public static Set<HostId> leased(Handle sql) {
        return sql.createQuery("select host from veem.lease_peak").mapTo(Long.class).map(HostId::new).set();
    }
}
