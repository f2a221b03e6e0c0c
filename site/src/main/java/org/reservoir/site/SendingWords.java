package org.reservoir.site;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

import org.reservoir.gateways.ProbesView.Sending;
import org.reservoir.kernel.Refused;
import org.reservoir.monitoring.Aggregate;
import org.reservoir.monitoring.probe.Transmission;

/** Says what is sent of a probe in the gateways' words, and the other way. */
final class SendingWords {
    private SendingWords() {}

    /** @throws Refused {@code BAD_TRANSMISSION} */
    static Transmission transmission(Sending sending) {
        var silence = sending.silence().orElse(Transmission.USUAL_SILENCE);
        return switch (sending.when()) {
            case "always" -> new Transmission.Always();
            case "change" -> new Transmission.OnChange(silence);
            case "dead-band" -> new Transmission.DeadBand(attribute(sending), needed(sending, sending.width(), "width"), sending.relative(), silence);
            case "inside" -> new Transmission.Band(attribute(sending), needed(sending, sending.low(), "low"), needed(sending, sending.high(), "high"), true, silence);
            case "outside" -> new Transmission.Band(attribute(sending), needed(sending, sending.low(), "low"), needed(sending, sending.high(), "high"), false, silence);
            case "above" -> new Transmission.Band(attribute(sending), Double.NEGATIVE_INFINITY, needed(sending, sending.low(), "low"), false, silence);
            case "below" -> new Transmission.Band(attribute(sending), needed(sending, sending.high(), "high"), Double.POSITIVE_INFINITY, false, silence);
            case "summary" -> new Transmission.Summary(needed(sending, sending.window(), "window"), figure(sending.figure().orElse("MEAN")));
            default -> throw Refused.invalid("BAD_TRANSMISSION", "Nothing is sent '%s'.".formatted(sending.when()),
                    "Say always, change, dead-band, inside, outside, above, below or summary.");
        };
    }

    private static String attribute(Sending sending) {
        return needed(sending, sending.attribute(), "attribute");
    }

    private static <T> T needed(Sending sending, Optional<T> value, String name) {
        return value.orElseThrow(() -> Refused.invalid("BAD_TRANSMISSION", "To send %s, '%s' is needed.".formatted(sending.when(), name), ""));
    }

    private static Aggregate figure(String text) {
        try {
            return Aggregate.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException _) {
            throw Refused.invalid("BAD_TRANSMISSION", "A source does not compute '%s'.".formatted(text), "Give MEAN, MIN, MAX, SUM, LAST or COUNT.");
        }
    }

    static Sending sending(Transmission transmission) {
        return switch (transmission) {
            case Transmission.Always _ -> Sending.of("always");
            case Transmission.OnChange(var silence) -> new Sending("change", Optional.empty(), Optional.empty(), false, Optional.empty(), Optional.empty(), Optional.of(silence),
                    Optional.empty(), Optional.empty());
            case Transmission.DeadBand(var attribute, var width, var relative, var silence) -> new Sending("dead-band", Optional.of(attribute), Optional.of(width), relative,
                    Optional.empty(), Optional.empty(), Optional.of(silence), Optional.empty(), Optional.empty());
            case Transmission.Band(var attribute, var low, var high, var inside, var silence) -> band(attribute, low, high, inside, silence);
            case Transmission.Summary(var window, var figure) -> new Sending("summary", Optional.empty(), Optional.empty(), false, Optional.empty(), Optional.empty(), Optional.empty(),
                    Optional.of(window), Optional.of(figure.name()));
        };
    }

    private static Sending band(String attribute, double low, double high, boolean inside, Duration silence) {
        if (!inside && low == Double.NEGATIVE_INFINITY) {
            return band("above", attribute, Optional.of(high), Optional.empty(), silence);
        }
        if (!inside && high == Double.POSITIVE_INFINITY) {
            return band("below", attribute, Optional.empty(), Optional.of(low), silence);
        }
        return band(inside ? "inside" : "outside", attribute, Optional.of(low), Optional.of(high), silence);
    }

    private static Sending band(String when, String attribute, Optional<Double> low, Optional<Double> high, Duration silence) {
        return new Sending(when, Optional.of(attribute), Optional.empty(), false, low, high, Optional.of(silence), Optional.empty(), Optional.empty());
    }
}
