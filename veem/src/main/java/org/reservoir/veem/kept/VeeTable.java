package org.reservoir.veem.kept;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jdbi.v3.core.Handle;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.Ownership;
import org.reservoir.interfaces.vmi.Vee;
import org.reservoir.interfaces.vmi.VeeChanged;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.HostId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;
import org.reservoir.store.DatabaseFailure;
import org.reservoir.store.NewEvent;
import org.reservoir.store.PlannedAnew;
import org.reservoir.store.Transaction;

/** The table of VEEs. Everything that many VEEs may need at once is one statement for all of them. */
public final class VeeTable {
    static final String COLUMNS = "id, user_id, group_id, permissions, state, generation, host, destination, ready, reschedule, spec, parts, task, problem, created, changed";

    private VeeTable() {}

    /** Numbers for new VEEs. */
    public static List<VeeId> newIds(Handle sql, int count) {
        return sql.createQuery("select nextval(pg_get_serial_sequence('veem.vee', 'id')) from generate_series(1, :count)")
                .bind("count", count).mapTo(Long.class).map(VeeId::new).list();
    }

    /** The number that was given last, to a VEE that may be gone by now. */
    public static Optional<VeeId> newestId(Handle sql) {
        return sql.createQuery("select pg_sequence_last_value(pg_get_serial_sequence('veem.vee', 'id')::regclass)").mapTo(Long.class).findOne().map(VeeId::new);
    }

    public static void insert(Transaction transaction, List<VeeRecord> vees, String who) {
        var statement = """
                insert into veem.vee (id, user_id, group_id, permissions, name, state, generation, host, destination, ready, reschedule, vcpus, cpu, memory,
                                      disk, service, affinity, waits_with, licences, not_before, tags, spec, parts, task, problem, created, changed, stamp)
                overriding system value
                select u.id, u.user_id, u.group_id, u.permissions, u.name, u.state, u.generation, null, null, false, false, u.vcpus, u.cpu, u.memory,
                       u.disk, u.service, u.affinity, u.waits_with, string_to_array(u.licences, chr(10)), u.not_before::timestamptz, string_to_array(u.tags, chr(10)), u.spec, u.parts, null, null, ?, ?,
                       pg_current_xact_id()::text::bigint
                from unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::integer[], ?::integer[], ?::bigint[],
                            ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[])
                  as u(id, user_id, group_id, permissions, name, state, generation, vcpus, cpu, memory, disk, service, affinity, waits_with, licences, not_before, tags, spec, parts)
                """;
        var now = vees.getFirst().changed();
        try (var insert = transaction.sql().getConnection().prepareStatement(statement)) {
            insert.setObject(1, Columns.at(now));
            insert.setObject(2, Columns.at(now));
            new Columns<>(transaction.sql().getConnection(), insert, vees, 2)
                    .longs(vee -> vee.id().value()).longs(vee -> vee.ownership().user().value()).longs(vee -> vee.ownership().group().value())
                    .texts(vee -> vee.ownership().permissions()).texts(VeeRecord::name).texts(vee -> vee.state().name()).longs(VeeRecord::generation)
                    .ints(vee -> vee.spec().vcpus()).ints(vee -> vee.spec().cpu().milli()).longs(vee -> vee.spec().memory().bytes())
                    .longs(vee -> vee.parts().diskSize().bytes()).texts(vee -> vee.spec().tags().get(VeeChanged.SERVICE_TAG))
                    .texts(vee -> vee.spec().placement().group().orElse(null)).texts(vee -> vee.spec().placement().set().orElse(null)).texts(VeeTable::licences)
                    .texts(vee -> vee.state() == VeeState.HELD && !vee.spec().hold() ? vee.spec().notBefore().map(Instant::toString).orElse(null) : null)
                    .texts(VeeTable::tags).texts(vee -> Wire.write(vee.spec())).texts(vee -> Wire.write(vee.parts()));
            insert.executeUpdate();
        } catch (SQLException failure) {
            throw new DatabaseFailure(failure);
        }
        note(transaction, vees.stream().map(vee -> new Change(vee, vee, "created", who)).toList(), true, now);
    }

    /**
     * Writes the changes whose VEE is still in the generation they began from, with history and events.
     * @return the VEEs that were written; the others have moved on meanwhile
     */
    public static Set<VeeId> write(Transaction transaction, List<Change> changes, Instant now) {
        var statement = """
                update veem.vee v set user_id = u.user_id, group_id = u.group_id, permissions = u.permissions, name = u.name,
                       state = u.state, generation = u.generation, host = u.host, destination = u.destination, ready = u.ready, reschedule = u.reschedule,
                       vcpus = u.vcpus, cpu = u.cpu, memory = u.memory, disk = u.disk, tags = coalesce(string_to_array(u.tags, chr(10)), v.tags),
                       spec = coalesce(u.spec, v.spec), parts = coalesce(u.parts, v.parts), task = u.task, problem = u.problem, not_before = case u.state when 'HELD' then v.not_before end, changed = ?,
                       stamp = pg_current_xact_id()::text::bigint
                from unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[],
                            ?::boolean[], ?::boolean[], ?::integer[], ?::integer[], ?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[])
                  as u(id, expected, user_id, group_id, permissions, name, state, generation, host, destination, ready, reschedule, vcpus, cpu, memory, disk,
                       tags, spec, parts, task, problem)
                where v.id = u.id and v.generation = u.expected
                returning v.id
                """;
        var written = new HashSet<VeeId>();
        try (var update = transaction.sql().getConnection().prepareStatement(statement)) {
            update.setObject(1, Columns.at(now));
            new Columns<>(transaction.sql().getConnection(), update, changes, 1)
                    .longs(c -> c.after().id().value()).longs(c -> c.before().generation()).longs(c -> c.after().ownership().user().value())
                    .longs(c -> c.after().ownership().group().value()).texts(c -> c.after().ownership().permissions()).texts(c -> c.after().name())
                    .texts(c -> c.after().state().name()).longs(c -> c.after().generation()).longs(c -> c.after().host().map(HostId::value).orElse(null))
                    .longs(c -> c.after().destination().map(HostId::value).orElse(null)).booleans(c -> c.after().ready()).booleans(c -> c.after().reschedule())
                    .ints(c -> c.after().spec().vcpus()).ints(c -> c.after().spec().cpu().milli()).longs(c -> c.after().spec().memory().bytes())
                    .longs(c -> c.after().parts().diskSize().bytes())
                    .texts(c -> c.after().spec() == c.before().spec() ? null : tags(c.after()))
                    .texts(c -> c.after().spec() == c.before().spec() ? null : Wire.write(c.after().spec()))
                    .texts(c -> c.after().parts() == c.before().parts() ? null : Wire.write(c.after().parts()))
                    .texts(c -> c.after().task().map(Wire::write).orElse(null)).texts(c -> c.after().problem().orElse(null));
            try (var rows = update.executeQuery()) {
                while (rows.next()) {
                    written.add(new VeeId(rows.getLong(1)));
                }
            }
        } catch (SQLException failure) {
            throw new DatabaseFailure(failure);
        }
        var made = changes.stream().filter(change -> written.contains(change.after().id())).toList();
        note(transaction, made, false, now);
        WiringTable.follow(transaction, made);
        return written;
    }

    /** Stamps of another PostgreSQL, from whose backup this database came, are far in the future here: nobody waits for them. */
    public static void restamp(Handle sql) {
        sql.execute("update veem.vee set stamp = 0 where stamp > pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000000");
    }

    private static void note(Transaction transaction, List<Change> changes, boolean made, Instant now) {
        if (changes.isEmpty()) {
            return;
        }
        var statement = """
                insert into veem.vee_history (vee, at, state, host, why, who)
                select u.vee, ?, u.state, u.host, u.why, u.who
                from unnest(?::bigint[], ?::text[], ?::bigint[], ?::text[], ?::text[]) as u(vee, state, host, why, who)
                """;
        try (var insert = transaction.sql().getConnection().prepareStatement(statement)) {
            insert.setObject(1, Columns.at(now));
            new Columns<>(transaction.sql().getConnection(), insert, changes, 1)
                    .longs(c -> c.after().id().value()).texts(c -> c.after().state().name()).longs(c -> c.after().host().map(HostId::value).orElse(null))
                    .texts(Change::why).texts(Change::who);
            insert.executeUpdate();
        } catch (SQLException failure) {
            throw new DatabaseFailure(failure);
        }
        changes.forEach(change -> transaction.publish(event(change, made)));
    }

    private static NewEvent event(Change change, boolean made) {
        var body = change.after().changedFrom(made ? Optional.empty() : Optional.of(change.before().state()), change.why());
        return new NewEvent(VeeChanged.TOPIC, body.vee().toString(), "vee." + body.to().name().toLowerCase(java.util.Locale.ROOT), Wire.write(body));
    }

    public static Optional<VeeRecord> find(Handle sql, VeeId vee) {
        return find(sql, List.of(vee)).values().stream().findFirst();
    }

    public static Map<VeeId, VeeRecord> find(Handle sql, Collection<VeeId> vees) {
        var found = new HashMap<VeeId, VeeRecord>();
        for (var vee : query(sql, false, "id = any (?)", ids(sql, vees))) {
            found.put(vee.id(), vee);
        }
        return found;
    }

    /** No VEE to come gets this number or a smaller one. */
    public static void numberIsTaken(Handle sql, VeeId vee) {
        sql.execute("select setval(pg_get_serial_sequence('veem.vee', 'id'), greatest(?, (select last_value from veem.vee_id_seq)))", vee.value());
    }

    /** The VEE, locked until the transaction ends. */
    public static Optional<VeeRecord> lock(Handle sql, VeeId vee) {
        return query(sql, false, "id = ? for update", vee.value()).stream().findFirst();
    }

    /** Records for which {@code condition}, an SQL condition with {@code ?} parameters, holds. Planned each time: those asked for may be few of many, and the table was empty when it was asked first. */
    public static List<VeeRecord> query(Handle sql, String condition, Object... parameters) {
        return query(sql, true, condition, parameters);
    }

    /** Whether any VEE of a higher number waits for a place. */
    public static boolean isPending(Handle sql, long after) {
        return sql.createQuery("select exists (select from veem.vee where state = 'PENDING' and id > :after)").addCustomizer(new PlannedAnew()).bind("after", after).mapTo(Boolean.class).one();
    }

    private static List<VeeRecord> query(Handle sql, boolean plannedAnew, String condition, Object... parameters) {
        try (var select = sql.getConnection().prepareStatement("select " + COLUMNS + " from veem.vee where " + condition)) {
            if (plannedAnew) {
                PlannedAnew.each(select);
            }
            bind(select, parameters);
            try (var rows = select.executeQuery()) {
                var vees = new ArrayList<VeeRecord>();
                while (rows.next()) {
                    vees.add(record(rows));
                }
                return vees;
            }
        } catch (SQLException failure) {
            throw new DatabaseFailure(failure);
        }
    }

    static void bind(PreparedStatement statement, Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
    }

    static java.sql.Array ids(Handle sql, Collection<VeeId> vees) {
        try {
            return sql.getConnection().createArrayOf("bigint", vees.stream().map(VeeId::value).toArray());
        } catch (SQLException failure) {
            throw new DatabaseFailure(failure);
        }
    }

    private static VeeRecord record(ResultSet row) throws SQLException {
        var task = row.getString("task");
        return new VeeRecord(new VeeId(row.getLong("id")),
                new Ownership(new UserId(row.getLong("user_id")), new GroupId(row.getLong("group_id")), row.getString("permissions")),
                VeeState.valueOf(row.getString("state")), row.getLong("generation"), host(row, "host"), host(row, "destination"),
                row.getBoolean("ready"), row.getBoolean("reschedule"), Wire.read(row.getString("spec"), VeeSpec.class),
                Wire.read(row.getString("parts"), Parts.class), task == null ? Optional.empty() : Optional.of(Wire.read(task, Task.class)),
                Optional.ofNullable(row.getString("problem")), Columns.instant(row, "created"), Columns.instant(row, "changed"));
    }

    public static List<Vee.Past> history(Handle sql, VeeId vee) {
        return sql.createQuery("select at, state, host, why, who from veem.vee_history where vee = :vee order by seq").bind("vee", vee.value())
                .map((row, _) -> new Vee.Past(Columns.instant(row, "at"), VeeState.valueOf(row.getString("state")), host(row, "host"), row.getString("why"),
                        row.getString("who"))).list();
    }

    private static Optional<HostId> host(ResultSet row, String column) throws SQLException {
        var host = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(new HostId(host));
    }

    /** Or null, where there are none. */
    private static String licences(VeeRecord vee) {
        var licences = vee.spec().placement().licences();
        return licences.isEmpty() ? null : String.join("\n", licences);
    }

    private static String tags(VeeRecord vee) {
        return vee.spec().tags().entrySet().stream().map(tag -> tag.getKey() + "=" + tag.getValue()).sorted().reduce((a, b) -> a + "\n" + b).orElse("");
    }
}
