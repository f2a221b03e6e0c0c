package org.reservoir.site;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.reservoir.alarms.Alarms;
import org.reservoir.gateways.AlarmsView;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Aggregate;
import org.reservoir.monitoring.alarm.AlarmRule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows the alarms to the gateways, and has them looked at again and again. */
final class AlarmOffice implements AlarmsView, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AlarmOffice.class);
    private static final Duration PACE = Duration.ofSeconds(5);

    private final Alarms alarms;
    private final boolean history;
    private final InstantSource clock;
    private final Thread loop;

    /** @param history whether past weeks are known */
    AlarmOffice(Alarms alarms, boolean history, InstantSource clock) {
        this.alarms = alarms;
        this.history = history;
        this.clock = clock;
        loop = Thread.ofVirtual().name("alarms").unstarted(this::work);
    }

    void start() {
        loop.start();
    }

    private void work() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                alarms.turn(clock.instant());
                Thread.sleep(PACE);
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException trouble) {
                LOG.warn("alarms cannot be looked at: {}", trouble.toString());
                if (!paused()) {
                    return;
                }
            }
        }
    }

    private static boolean paused() {
        try {
            Thread.sleep(PACE);
            return true;
        } catch (InterruptedException _) {
            return false;
        }
    }

    @Override
    public List<AlarmShown> list() {
        return alarms.list().stream().map(AlarmOffice::shown).toList();
    }

    @Override
    public AlarmShown set(String name, AlarmSetting setting) {
        return shown(alarms.set(name, rule(setting)));
    }

    @Override
    public void remove(String name) {
        alarms.remove(name);
    }

    @Override
    public AlarmShown silence(String name, Duration time) {
        return shown(alarms.silence(name, Optional.of(time).filter(Duration::isPositive).map(clock.instant()::plus)));
    }

    private AlarmRule rule(AlarmSetting setting) {
        var kind = one(AlarmRule.Kind.class, setting.kind());
        if (kind == AlarmRule.Kind.ANOMALY && !history) {
            throw NoHistory.refused("An anomaly is found beside past weeks; without them set an alarm ABOVE, BELOW or ABSENT.");
        }
        if (setting.threshold().isEmpty() && (kind == AlarmRule.Kind.ABOVE || kind == AlarmRule.Kind.BELOW)) {
            throw Refused.invalid("BAD_ALARM", "This is no alarm: %s needs a threshold.".formatted(kind), "");
        }
        return new AlarmRule(setting.metric(), setting.subject(), kind, setting.aggregate().map(text -> one(Aggregate.class, text)), setting.window().orElse(Duration.ofMinutes(5)),
                setting.threshold().orElse(1.0), setting.clear(), setting.after().orElse(Duration.ZERO), setting.clearAfter().orElse(Duration.ZERO), setting.weeks().orElse(4),
                setting.webhooks().stream().map(hook -> new AlarmRule.Webhook(hook.url(), hook.secret().orElse(""))).toList(), setting.mails());
    }

    private static <E extends Enum<E>> E one(Class<E> type, String text) {
        try {
            return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException _) {
            throw Refused.invalid("BAD_ALARM", "This is no alarm: '%s' is not known.".formatted(text), "Known: " + String.join(", ", java.util.Arrays.stream(type.getEnumConstants()).map(Enum::name).toList()) + ".");
        }
    }

    private static AlarmShown shown(org.reservoir.alarms.AlarmShown alarm) {
        var rule = alarm.rule();
        var setting = new AlarmSetting(rule.metric(), rule.subject(), rule.kind().name(), rule.aggregate().map(Enum::name), Optional.of(rule.window()), Optional.of(rule.threshold()), rule.clear(),
                Optional.of(rule.after()), Optional.of(rule.clearAfter()), Optional.of(rule.weeks()), rule.webhooks().stream().map(hook -> new AlarmHook(hook.url(), Optional.empty())).toList(), rule.mails());
        return new AlarmShown(alarm.name(), setting, alarm.silencedUntil(), alarm.subjects().stream()
                .map(standing -> new AlarmStanding(standing.subject(), standing.state().name(), standing.since(), standing.value())).toList(), alarm.problem());
    }

    @Override
    public void close() {
        loop.interrupt();
    }
}
