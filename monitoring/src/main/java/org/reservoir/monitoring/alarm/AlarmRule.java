package org.reservoir.monitoring.alarm;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Aggregate;
import org.reservoir.monitoring.SeriesKey;

/**
 * When people are to be told.
 *
 * @param metric    a series' name
 * @param subject   {@code vee-7} and the like; empty: each that has the metric
 * @param kind      what is looked for
 * @param aggregate of the window; RATE for what grows too fast
 * @param window    over which is looked
 * @param threshold of ABOVE and BELOW; of ANOMALY how many times the usual spread
 * @param clear     where it is well again; the threshold when empty
 * @param after     for how long it must be so before it fires
 * @param clearAfter for how long it must be well before it ends
 * @param weeks     of ANOMALY: how many past weeks are the usual
 * @param webhooks  told by POST; @param mails told by mail
 */
public record AlarmRule(String metric, Optional<String> subject, Kind kind, Optional<Aggregate> aggregate, Duration window, double threshold, Optional<Double> clear, Duration after,
                        Duration clearAfter, int weeks, List<Webhook> webhooks, List<String> mails) {
    private static final Duration LONGEST = Duration.ofHours(6);

    public enum Kind {
        /** The window's figure is above the threshold. */ ABOVE,
        /** Below it. */ BELOW,
        /** Nothing was heard in the window. */ ABSENT,
        /** It is not as at this hour in past weeks. */ ANOMALY
    }

    /** @param secret by which what is sent is signed; empty for none */
    public record Webhook(String url, String secret) {
        public Webhook {
            if (!url.matches("https?://[^\\s]{1,2000}")) {
                throw Refused.invalid("BAD_ALARM", "'%s' is no address of a webhook.".formatted(url), "Write it like https://example.org/hook.");
            }
        }
    }

    public AlarmRule {
        webhooks = List.copyOf(webhooks);
        mails = List.copyOf(mails);
        require(SeriesKey.isName(metric), "'%s' is no name of a metric".formatted(metric));
        require(window.compareTo(Duration.ofSeconds(1)) >= 0 && window.compareTo(LONGEST) <= 0, "a window of %s is not between a second and six hours".formatted(window));
        require(!after.isNegative() && !clearAfter.isNegative(), "a time cannot be negative");
        require(Double.isFinite(threshold), "the threshold is no number");
        require(kind != Kind.ANOMALY || weeks >= 1 && weeks <= 52 && threshold > 0, "an anomaly needs 1 to 52 weeks and a threshold above 0");
        require(kind != Kind.ABOVE || clear.isEmpty() || clear.get() <= threshold, "what is above the threshold cannot be well above it");
        require(kind != Kind.BELOW || clear.isEmpty() || clear.get() >= threshold, "what is below the threshold cannot be well below it");
        require(mails.stream().allMatch(mail -> mail.matches("[^\\s@<>,]{1,64}@[^\\s@<>,]{1,255}")), "of %s one is no mail address".formatted(mails));
        require(webhooks.size() + mails.size() <= 20, "more than 20 are to be told");
    }

    private static void require(boolean so, String what) {
        if (!so) {
            throw Refused.invalid("BAD_ALARM", "This is no alarm: %s.".formatted(what), "");
        }
    }
}
