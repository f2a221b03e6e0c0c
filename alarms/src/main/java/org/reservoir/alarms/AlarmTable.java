package org.reservoir.alarms;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.reservoir.interfaces.Wire;
import org.reservoir.monitoring.alarm.Alarm;
import org.reservoir.monitoring.alarm.AlarmRule;

/** Rules and states in SQL. */
final class AlarmTable {
    private AlarmTable() {}

    record Row(String name, AlarmRule rule, Optional<Instant> silencedUntil) {}

    record Key(String alarm, String subject) {}

    static void put(Handle sql, String name, AlarmRule rule) {
        sql.createUpdate("INSERT INTO alarm (name, rule) VALUES (:name, :rule) ON CONFLICT (name) DO UPDATE SET rule = excluded.rule")
                .bind("name", name).bind("rule", Wire.write(rule)).execute();
    }

    static boolean remove(Handle sql, String name) {
        return sql.createUpdate("DELETE FROM alarm WHERE name = :name").bind("name", name).execute() > 0;
    }

    static boolean silence(Handle sql, String name, Optional<Instant> until) {
        return sql.createUpdate("UPDATE alarm SET silenced_until = :until WHERE name = :name").bind("name", name).bind("until", until.map(AlarmTable::time).orElse(null)).execute() > 0;
    }

    static List<Row> rules(Handle sql) {
        return sql.createQuery("SELECT name, rule, silenced_until FROM alarm ORDER BY name").map((rs, _) -> new Row(rs.getString(1), Wire.read(rs.getString(2), AlarmRule.class),
                Optional.ofNullable(rs.getObject(3, OffsetDateTime.class)).map(OffsetDateTime::toInstant))).list();
    }

    static Map<Key, Alarm> states(Handle sql) {
        var states = new HashMap<Key, Alarm>();
        sql.createQuery("SELECT alarm, subject, state, since, value FROM alarm_state").map(AlarmTable::state).forEach(entry -> states.put(entry.getKey(), entry.getValue()));
        return states;
    }

    private static Map.Entry<Key, Alarm> state(java.sql.ResultSet rs, StatementContext context) throws java.sql.SQLException {
        return Map.entry(new Key(rs.getString(1), rs.getString(2)), new Alarm(Alarm.State.valueOf(rs.getString(3)), rs.getObject(4, OffsetDateTime.class).toInstant(), rs.getDouble(5)));
    }

    /** By alarm, why somebody could not be told of it yet. */
    static Map<String, String> problems(Handle sql) {
        var problems = new HashMap<String, String>();
        sql.createQuery("SELECT body, means, target, error FROM alarm_notice WHERE tries > 0 ORDER BY id DESC LIMIT 1000").map((rs, _) -> Map.entry(Wire.read(rs.getString(1), Alarms.Notice.class).alarm(),
                "%s %s cannot be told: %s".formatted(rs.getString(2), rs.getString(3), rs.getString(4)))).forEach(each -> problems.putIfAbsent(each.getKey(), each.getValue()));
        return problems;
    }

    /** Quiet ones are not kept. */
    static void put(Handle sql, Key key, Alarm alarm) {
        if (alarm.state() == Alarm.State.QUIET) {
            sql.createUpdate("DELETE FROM alarm_state WHERE alarm = :alarm AND subject = :subject").bind("alarm", key.alarm()).bind("subject", key.subject()).execute();
            return;
        }
        sql.createUpdate("""
                INSERT INTO alarm_state (alarm, subject, state, since, value) SELECT :alarm, :subject, :state, :since, :value WHERE EXISTS (SELECT 1 FROM alarm WHERE name = :alarm)
                ON CONFLICT (alarm, subject) DO UPDATE SET state = excluded.state, since = excluded.since, value = excluded.value""")
                .bind("alarm", key.alarm()).bind("subject", key.subject()).bind("state", alarm.state().name()).bind("since", time(alarm.since())).bind("value", alarm.value()).execute();
    }

    static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
