package org.reservoir.alarms;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.reservoir.interfaces.Wire;
import org.reservoir.kernel.Name;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Measurements;
import org.reservoir.monitoring.Subject;
import org.reservoir.monitoring.alarm.Alarm;
import org.reservoir.monitoring.alarm.AlarmRule;
import org.reservoir.monitoring.history.History;
import org.reservoir.store.SiteDatabase;
import org.reservoir.store.Transaction;

/**
 * The alarms of a site. Of several servers the one that holds the tenure looks; each change of state, its event and the notices that follow are one
 * transaction, so that a server which dies tells nothing twice and forgets nothing.
 */
public final class Alarms {
    /** Class path folder of its migrations. */
    public static final String MIGRATIONS = "db/alarms";
    /** Of its events. */
    public static final String TOPIC = "alarm";
    private static final Duration TENURE = Duration.ofSeconds(30);
    private static final int MOST = 1_000;

    private final SiteDatabase database;
    private final Readings readings;
    private final Courier courier;
    private final String server;

    /** @param server its name among those of the site */
    public Alarms(String server, SiteDatabase database, Measurements measurements, Optional<History> history, Post post) {
        this.server = server;
        this.database = database;
        readings = new Readings(measurements, history);
        courier = new Courier(database, post);
    }

    /**
     * What is told with an event, to webhooks and in mails.
     *
     * @param event FIRING or QUIET; @param value empty when there is none
     */
    public record Notice(String alarm, String subject, String metric, String event, Optional<Double> value, Instant at, String text) {}

    /** @throws Refused {@code BAD_ALARM}, {@code BAD_SUBJECT}, {@code TOO_MANY_ALARMS} */
    public AlarmShown set(String name, AlarmRule rule) {
        Name.of("alarm", name);
        rule.subject().ifPresent(Subject::parse);
        database.run(tx -> {
            if (AlarmTable.rules(tx.sql()).size() >= MOST) {
                throw Refused.exhausted("ALARMS_USED_UP", "The site has %d alarms.".formatted(MOST), "Remove some.");
            }
            AlarmTable.put(tx.sql(), name, rule);
        });
        return alarm(name);
    }

    /** @throws Refused {@code ALARM_UNKNOWN} */
    public void remove(String name) {
        database.run(tx -> requireKnown(AlarmTable.remove(tx.sql(), name), name));
    }

    /** Tells nobody until then; events are told all the same. @param until empty: tells again */
    public AlarmShown silence(String name, Optional<Instant> until) {
        database.run(tx -> requireKnown(AlarmTable.silence(tx.sql(), name, until), name));
        return alarm(name);
    }

    public List<AlarmShown> list() {
        return database.read(sql -> {
            var states = new TreeMap<AlarmTable.Key, Alarm>(Comparator.comparing(AlarmTable.Key::alarm).thenComparing(AlarmTable.Key::subject));
            states.putAll(AlarmTable.states(sql));
            var problems = AlarmTable.problems(sql);
            return AlarmTable.rules(sql).stream().map(row -> new AlarmShown(row.name(), secretless(row.rule()), row.silencedUntil(), states.entrySet().stream()
                    .filter(entry -> entry.getKey().alarm().equals(row.name())).map(entry -> new AlarmShown.Standing(entry.getKey().subject(), entry.getValue().state(), entry.getValue().since(),
                            value(entry.getValue()))).toList(), Optional.ofNullable(problems.get(row.name())))).toList();
        });
    }

    private AlarmShown alarm(String name) {
        return list().stream().filter(shown -> shown.name().equals(name)).findFirst().orElseThrow(() -> unknown(name));
    }

    private static AlarmRule secretless(AlarmRule rule) {
        return new AlarmRule(rule.metric(), rule.subject(), rule.kind(), rule.aggregate(), rule.window(), rule.threshold(), rule.clear(), rule.after(), rule.clearAfter(), rule.weeks(),
                rule.webhooks().stream().map(hook -> new AlarmRule.Webhook(hook.url(), "")).toList(), rule.mails());
    }

    private static Optional<Double> value(Alarm alarm) {
        return Optional.of(alarm.value()).filter(Double::isFinite);
    }

    private static void requireKnown(boolean known, String name) {
        if (!known) {
            throw unknown(name);
        }
    }

    private static Refused unknown(String name) {
        return Refused.notFound("ALARM_UNKNOWN", "There is no alarm '%s'.".formatted(name), "");
    }

    /** Looks at all rules once, and tells whom there is to tell. */
    public void turn(Instant now) {
        if (database.leadership().hold("alarms", server, TENURE).isPresent()) {
            look(now);
            courier.turn(now);
        }
    }

    private void look(Instant now) {
        var rules = database.read(AlarmTable::rules);
        if (rules.isEmpty()) {
            return;
        }
        var states = database.read(AlarmTable::states);
        var subjects = readings.subjects(rules.stream().map(AlarmTable.Row::rule).toList());
        for (var row : rules) {
            var seen = new HashMap<AlarmTable.Key, Alarm>();
            row.rule().subject().map(Subject::parse).map(List::of).orElseGet(() -> List.copyOf(subjects.get(row.rule().metric()))).forEach(subject -> {
                var key = new AlarmTable.Key(row.name(), subject.toString());
                seen.put(key, states.getOrDefault(key, Alarm.quiet(now)).next(row.rule(), readings.of(row.rule(), subject, now), now));
            });
            states.keySet().stream().filter(key -> key.alarm().equals(row.name()) && !seen.containsKey(key)).forEach(gone -> seen.put(gone, Alarm.quiet(now)));
            note(row, states, seen, now);
        }
    }

    /** What changed, in one transaction. The value alone is no change. */
    private void note(AlarmTable.Row row, Map<AlarmTable.Key, Alarm> before, Map<AlarmTable.Key, Alarm> after, Instant now) {
        var changed = new HashMap<AlarmTable.Key, Alarm>();
        after.forEach((key, alarm) -> {
            if (!alarm.isAs(before.getOrDefault(key, Alarm.quiet(now)))) {
                changed.put(key, alarm);
            }
        });
        if (!changed.isEmpty()) {
            database.run(tx -> changed.forEach((key, alarm) -> {
                AlarmTable.put(tx.sql(), key, alarm);
                boolean was = before.getOrDefault(key, Alarm.quiet(now)).isOn();
                if (was != alarm.isOn()) {
                    tell(tx, row, key, alarm, now);
                }
            }));
        }
    }

    private void tell(Transaction tx, AlarmTable.Row row, AlarmTable.Key key, Alarm alarm, Instant now) {
        var event = alarm.isOn() ? "FIRING" : "QUIET";
        var text = "%s %s for %s: %s is %s.".formatted(row.name(), alarm.isOn() ? "fires" : "is quiet again", key.subject(), row.rule().metric(),
                value(alarm).map("%.4g"::formatted).orElse("silent"));
        var body = Wire.write(new Notice(row.name(), key.subject(), row.rule().metric(), event, value(alarm), now, text));
        tx.publish(TOPIC, key.subject(), event, body);
        if (row.silencedUntil().filter(now::isBefore).isEmpty()) {
            row.rule().webhooks().forEach(hook -> Courier.enqueue(tx, "webhook", hook.url(), hook.secret(), body, now));
            row.rule().mails().forEach(mail -> Courier.enqueue(tx, "mail", mail, "", body, now));
        }
    }
}
