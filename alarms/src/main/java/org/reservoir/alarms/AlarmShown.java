package org.reservoir.alarms;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.reservoir.monitoring.alarm.Alarm;
import org.reservoir.monitoring.alarm.AlarmRule;

/**
 * An alarm as people see it.
 *
 * @param silencedUntil nobody is told until then
 * @param subjects      how it stands for each that is not quiet
 * @param problem       why somebody could not be told yet
 */
public record AlarmShown(String name, AlarmRule rule, Optional<Instant> silencedUntil, List<Standing> subjects, Optional<String> problem) {
    public AlarmShown {
        subjects = List.copyOf(subjects);
    }

    /** @param value empty when there was none */
    public record Standing(String subject, Alarm.State state, Instant since, Optional<Double> value) {}
}
