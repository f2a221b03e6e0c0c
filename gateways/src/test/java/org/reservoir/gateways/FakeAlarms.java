package org.reservoir.gateways;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

import org.reservoir.kernel.Refused;

/** Alarms that fire when they are set. */
final class FakeAlarms implements AlarmsView {
    private final TreeMap<String, AlarmShown> alarms = new TreeMap<>();

    @Override
    public synchronized List<AlarmShown> list() {
        return List.copyOf(alarms.values());
    }

    @Override
    public synchronized AlarmShown set(String name, AlarmSetting setting) {
        var hooks = setting.webhooks().stream().map(hook -> new AlarmHook(hook.url(), Optional.empty())).toList();
        var shown = new AlarmSetting(setting.metric(), setting.subject(), setting.kind(), setting.aggregate(), setting.window(), setting.threshold(), setting.clear(), setting.after(), setting.clearAfter(),
                setting.weeks(), hooks, setting.mails());
        alarms.put(name, new AlarmShown(name, shown, Optional.empty(), List.of(new AlarmStanding("vee-1", "FIRING", FakeVmi.NOW, Optional.of(97.5))), Optional.empty()));
        return alarms.get(name);
    }

    @Override
    public synchronized void remove(String name) {
        known(name);
        alarms.remove(name);
    }

    @Override
    public synchronized AlarmShown silence(String name, Duration time) {
        var alarm = known(name);
        alarms.put(name, new AlarmShown(name, alarm.rule(), Optional.of(FakeVmi.NOW.plus(time)), alarm.subjects(), alarm.problem()));
        return alarms.get(name);
    }

    private AlarmShown known(String name) {
        return Optional.ofNullable(alarms.get(name)).orElseThrow(() -> Refused.notFound("ALARM_UNKNOWN", "There is no alarm '%s'.".formatted(name), ""));
    }
}
