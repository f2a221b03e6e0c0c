package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.get;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.reservoir.access.Access;
import org.reservoir.gateways.MeasurementsView;
import org.reservoir.gateways.MeasurementsView.Following;
import org.reservoir.gateways.MeasurementsView.Told;
import org.reservoir.gateways.MeasurementsView.Wanted;
import org.reservoir.interfaces.Wire;
import org.reservoir.kernel.Refused;

/**
 * Measurements as they come, as server-sent events (WHATWG HTML \u00a79.2): {@code measurement} with a reading, {@code gap} with how many there was no
 * room for. They carry no id, since nothing is kept to be told again: who comes back reads the newest values, or the history.
 */
final class MeasurementStreams implements AutoCloseable {
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final String QUIET = ": \n\n";

    private final MeasurementsView measurements;
    private final Subjects subjects;
    private final Access access;
    private final OpenStreams streams;
    private final Set<Following> open = ConcurrentHashMap.newKeySet();

    MeasurementStreams(MeasurementsView measurements, Subjects subjects, Access access, OpenStreams streams) {
        this.measurements = measurements;
        this.subjects = subjects;
        this.access = access;
        this.streams = streams;
    }

    /** @param missed readings that went before this one was sent */
    record Gap(long missed) {}

    Route route() {
        return get("/api/monitoring/v1/measurements/stream", "measurement.stream", "Streams measurements as they come, from now on; those who are no administrators name a subject or a service. "
                + "Of a client that is too slow the oldest go, which a gap event counts. Last-Event-ID means nothing: read measurement.list when you come back. "
                + "A comment is sent every 15 seconds when nothing is measured.", this::stream)
                .query("subject", "As with measurement.list.").query("service", "Of the VEEs of this service and of itself: service-1, or its name.")
                .query("prefix", "Of probes whose names begin so.").query("probe", "Of the probe with this name.").query("type", "Of probes of this type.").query("metric", "The metric's name.")
                .query("every", "Of each probe one measurement in this time at most, ISO 8601; all when left out.").answers(new Shape.Raw("text/event-stream"));
    }

    private Answer stream(Exchange x) {
        var wanted = wanted(x);
        return new Answer.Stream("text/event-stream", out -> {
            var following = measurements.follow(wanted);
            open.add(following);
            try (following) {
                follow(out, following, x);
            } catch (InterruptedException _) {
                // the server stops: the stream ends, and its client comes back
            } finally {
                open.remove(following);
                streams.leave(x.caller().user());
            }
        }, () -> streams.enter(x.caller().user()));
    }

    private Wanted wanted(Exchange x) {
        var service = x.query("service").map(text -> subjects.visible(x, text.startsWith("service") && !text.equals("service") ? text : "service/" + text));
        var subject = service.isPresent() ? x.query("subject").map(text -> subjects.visible(x, text)) : subjects.asked(x);
        var every = x.query("every").map(_ -> x.duration("every", Duration.ZERO));
        if (every.filter(time -> time.isNegative() || time.isZero()).isPresent()) {
            throw Refused.invalid("BAD_PARAMETER", "every=%s is no pace.".formatted(every.get()), "Give a positive time, such as PT1S.");
        }
        return new Wanted(subject, service, x.query("prefix"), x.query("probe"), x.query("type"), x.query("metric"), every);
    }

    /** A stream may go on for days, so its token is looked at again each time: one that was revoked opens no more. */
    private void follow(OutputStream out, Following following, Exchange x) throws IOException, InterruptedException {
        send(out, ": reservoir\n\n");
        for (var told = following.next(HEARTBEAT); !told.ended(); told = following.next(HEARTBEAT)) {
            access.authenticate(x.bearer().orElse(""), x.address());
            send(out, Optional.of(text(told)).filter(some -> !some.isEmpty()).orElse(QUIET));
        }
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static String text(Told told) {
        var text = new StringBuilder();
        if (told.missed() > 0) {
            text.append("event: gap\ndata: ").append(Wire.write(new Gap(told.missed()))).append("\n\n");
        }
        told.readings().forEach(reading -> text.append("event: measurement\ndata: ").append(Wire.write(reading)).append("\n\n"));
        return text.toString();
    }

    /** All streams end. */
    @Override
    public void close() {
        List.copyOf(open).forEach(Following::close);
    }
}
