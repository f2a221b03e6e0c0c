package org.reservoir.gateways;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** When people are told of what is measured. For administrators. */
public interface AlarmsView {
    List<AlarmShown> list();

    /** @throws org.reservoir.kernel.Refused {@code BAD_ALARM}, {@code BAD_SUBJECT} */
    AlarmShown set(String name, AlarmSetting setting);

    /** @throws org.reservoir.kernel.Refused {@code ALARM_UNKNOWN} */
    void remove(String name);

    /** @param time zero: tells again. @throws org.reservoir.kernel.Refused {@code ALARM_UNKNOWN} */
    AlarmShown silence(String name, Duration time);

    /**
     * @param subject    {@code vee-7}, or by name {@code vee/web}, and the like; each that has the metric when left out
     * @param kind       {@code ABOVE}, {@code BELOW}, {@code ABSENT} or {@code ANOMALY}
     * @param aggregate  of the window: {@code MEAN} when left out, {@code MIN, MAX, SUM, LAST, COUNT, RATE, P50, P75, P90, P95, P99}
     * @param window     five minutes when left out
     * @param threshold  of ABOVE and BELOW; of ANOMALY how many times the usual spread, 1 when left out
     * @param clear      where it is well again; the threshold when left out
     * @param after      for how long it must be so before it fires; none when left out
     * @param clearAfter for how long it must be well before it ends; none when left out
     * @param weeks      of ANOMALY: how many past weeks are the usual; 4 when left out
     */
    record AlarmSetting(String metric, Optional<String> subject, String kind, Optional<String> aggregate, Optional<Duration> window, Optional<Double> threshold, Optional<Double> clear,
                        Optional<Duration> after, Optional<Duration> clearAfter, Optional<Integer> weeks, List<AlarmHook> webhooks, List<String> mails) {
        public AlarmSetting {
            webhooks = webhooks == null ? List.of() : List.copyOf(webhooks);
            mails = mails == null ? List.of() : List.copyOf(mails);
        }

        /** The same of one subject. */
        public AlarmSetting of(String subject) {
            return new AlarmSetting(metric, Optional.of(subject), kind, aggregate, window, threshold, clear, after, clearAfter, weeks, webhooks, mails);
        }
    }

    /** @param secret by which what is sent is signed; never shown */
    record AlarmHook(String url, Optional<String> secret) {}

    /** @param problem why somebody could not be told yet */
    record AlarmShown(String name, AlarmSetting rule, Optional<Instant> silencedUntil, List<AlarmStanding> subjects, Optional<String> problem) {
        public AlarmShown {
            subjects = List.copyOf(subjects);
        }
    }

    /** @param state {@code PENDING}, {@code FIRING} or {@code CLEARING} */
    record AlarmStanding(String subject, String state, Instant since, Optional<Double> value) {}

    /** @param time zero: tells again */
    record AlarmSilence(Duration time) {}
}
