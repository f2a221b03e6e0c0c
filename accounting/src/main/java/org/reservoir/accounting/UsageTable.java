package org.reservoir.accounting;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jdbi.v3.core.Handle;

import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.Interval;
import org.reservoir.kernel.ServiceId;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;

/** Meters and usage in the site database. Usage that goes on is a row without an end. */
final class UsageTable {
    /** Usage as it stands in the table; its interval is empty while it goes on. */
    record Stored(Usage usage, boolean goesOn) {
        /** What of it lies before {@code now}; empty when nothing does. */
        Optional<Usage> until(Instant now) {
            if (!goesOn) {
                return Optional.of(usage);
            }
            return Optional.of(usage).filter(it -> it.time().from().isBefore(now)).map(it -> it.during(new Interval(it.time().from(), now)));
        }
    }

    private UsageTable() {}

    static Map<VeeId, Meter> meters(Handle sql, Collection<VeeId> vees) {
        var numbers = vees.stream().map(VeeId::value).toArray(Long[]::new);
        var running = new HashMap<VeeId, Usage>();
        sql.createQuery("select * from accounting.usage where to_at is null and vee = any (:vees)").bindArray("vees", Long.class, (Object[]) numbers)
                .map((row, _) -> stored(row).usage()).forEach(usage -> running.put(usage.vee(), usage));
        var meters = new HashMap<VeeId, Meter>();
        sql.createQuery("select * from accounting.meter where vee = any (:vees) for update").bindArray("vees", Long.class, (Object[]) numbers)
                .map((row, _) -> Map.entry(new VeeId(row.getLong("vee")), new Meter(row.getLong("generation"),
                        Optional.ofNullable(running.get(new VeeId(row.getLong("vee")))), Optional.ofNullable(instant(row, "since")), row.getBoolean("gone"))))
                .forEach(entry -> meters.put(entry.getKey(), entry.getValue()));
        return meters;
    }

    /** Writes how far VEEs are metered by now, and the usage that ended. */
    static void write(Handle sql, Map<VeeId, Meter> meters, List<Usage> ended) {
        var numbers = meters.keySet().stream().map(VeeId::value).toArray(Long[]::new);
        sql.createUpdate("delete from accounting.usage where to_at is null and vee = any (:vees)").bindArray("vees", Long.class, (Object[]) numbers).execute();
        try (var batch = sql.prepareBatch("""
                insert into accounting.meter (vee, generation, since, gone) values (:vee, :generation, :since, :gone)
                on conflict (vee) do update set generation = excluded.generation, since = excluded.since, gone = excluded.gone""")) {
            meters.forEach((vee, meter) -> batch.bind("vee", vee.value()).bind("generation", meter.last()).bind("since", meter.since().map(UsageTable::time).orElse(null))
                    .bind("gone", meter.gone()).add());
            batch.execute();
        }
        var rows = new java.util.ArrayList<Stored>();
        ended.forEach(usage -> rows.add(new Stored(usage, false)));
        meters.values().forEach(meter -> meter.running().ifPresent(usage -> rows.add(new Stored(usage, true))));
        insert(sql, rows);
    }

    private static void insert(Handle sql, List<Stored> rows) {
        if (rows.isEmpty()) {
            return;
        }
        try (var batch = sql.prepareBatch("""
                insert into accounting.usage (vee, name, user_id, group_id, service, component, holding, vcpus, cpu, memory, disk, addresses, since, from_at, to_at)
                values (:vee, :name, :user, :group, :service, :component, :holding, :vcpus, :cpu, :memory, :disk, :addresses, :since, :from, :to)""")) {
            for (var row : rows) {
                var usage = row.usage();
                var amounts = usage.amounts();
                batch.bind("vee", usage.vee().value()).bind("name", usage.name()).bind("user", usage.user().value()).bind("group", usage.group().value())
                        .bind("service", usage.service().map(ServiceId::value).orElse(null)).bind("component", usage.component().orElse(null))
                        .bind("holding", usage.holding().name()).bind("vcpus", amounts.vcpus()).bind("cpu", amounts.cpu()).bind("memory", amounts.memory())
                        .bind("disk", amounts.disk()).bind("addresses", amounts.addresses()).bind("since", time(usage.since()))
                        .bind("from", time(usage.time().from())).bind("to", row.goesOn() ? null : time(usage.time().to())).add();
            }
            batch.execute();
        }
    }

    static List<Stored> ofService(Handle sql, ServiceId service, Interval time) {
        return within(sql, "service", service.value(), time);
    }

    static List<Stored> ofUser(Handle sql, UserId user, Interval time) {
        return within(sql, "user_id", user.value(), time);
    }

    private static List<Stored> within(Handle sql, String column, long whose, Interval time) {
        return sql.createQuery("select * from accounting.usage where " + column + " = :whose and from_at < :to and (to_at is null or to_at > :from) order by from_at, id")
                .bind("whose", whose).bind("from", time(time.from())).bind("to", time(time.to())).map((row, _) -> stored(row)).list();
    }

    static boolean isEmpty(Handle sql) {
        return sql.createQuery("select count(*) from (select 1 from accounting.usage limit 1) as any_row").mapTo(Long.class).one() == 0;
    }

    private static Stored stored(ResultSet row) throws SQLException {
        var from = instant(row, "from_at");
        var to = instant(row, "to_at");
        var service = row.getLong("service");
        var usage = new Usage(new VeeId(row.getLong("vee")), row.getString("name"), new UserId(row.getLong("user_id")), new GroupId(row.getLong("group_id")),
                service == 0 ? Optional.empty() : Optional.of(new ServiceId(service)), Optional.ofNullable(row.getString("component")),
                Holding.valueOf(row.getString("holding")),
                new Amounts(row.getInt("vcpus"), row.getInt("cpu"), row.getLong("memory"), row.getLong("disk"), row.getInt("addresses")),
                instant(row, "since"), new Interval(from, to == null ? from : to));
        return new Stored(usage, to == null);
    }

    /** Null stays null here: the border to SQL. */
    private static Instant instant(ResultSet row, String column) throws SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
