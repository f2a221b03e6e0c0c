package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.get;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import com.fasterxml.jackson.databind.JsonNode;

import org.reservoir.access.Access;
import org.reservoir.interfaces.Wire;
import org.reservoir.interfaces.vmi.Caller;

/** The site's events as a stream of server-sent events (WHATWG HTML §9.2); a client that comes back says what it heard last. */
final class EventRoutes {
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private final EventTail tail;
    private final Subjects subjects;
    private final Access access;
    private final OpenStreams streams;

    EventRoutes(EventTail tail, Subjects subjects, Access access, OpenStreams streams) {
        this.tail = tail;
        this.subjects = subjects;
        this.access = access;
        this.streams = streams;
    }

    /** The data of one event. @param event what happened, by topic: a VeeChanged, a ServiceChanged … */
    record Notice(String cursor, Instant at, String topic, String subject, String type, JsonNode event) {}

    List<Route> routes() {
        return List.of(get("/api/events", "event.stream", "Streams events that the caller may hear of, from the newest on, or after Last-Event-ID. "
                + "A comment is sent every 15 seconds when nothing happens.", this::stream)
                .query("topic", "Only of these topics, separated by commas: vee, service, host, image, network.")
                .query("subject", "Only about this, such as vee-7; 'vee/NAME', 'host/NAME', 'service/NAME'.").query("after", "As Last-Event-ID, for clients that cannot send it.")
                .answers(new Shape.Raw("text/event-stream")));
    }

    private Answer stream(Exchange x) throws IOException {
        var from = from(x);
        var topics = x.query("topic").map(text -> List.of(text.split(",")));
        var subject = x.query("subject").map(text -> subjects.told(x, text));
        Predicate<EventTail.Told> wanted = told -> topics.map(list -> list.contains(told.event().topic())).orElse(true)
                && subject.map(told.event().subject()::equals).orElse(true);
        return new Answer.Stream("text/event-stream", out -> {
            try {
                follow(out, from, x, wanted);
            } catch (InterruptedException _) {
                // the server stops: the stream ends, and its client comes back
            } finally {
                streams.leave(x.caller().user());
            }
        }, () -> streams.enter(x.caller().user()));
    }

    /** Asks for it once, so that a cursor that makes no sense is refused before the stream begins. */
    private String from(Exchange x) throws IOException {
        var asked = x.header("Last-Event-ID").or(() -> x.query("after"));
        if (asked.isPresent()) {
            try {
                tail.after(asked.get(), Duration.ZERO);
            } catch (InterruptedException e) {
                throw new IOException("the server stops", e);
            }
        }
        return asked.orElseGet(tail::newest);
    }

    /** A stream may go on for days, so its token is looked at again each time: one that was revoked opens no more. */
    private void follow(OutputStream out, String from, Exchange x, Predicate<EventTail.Told> wanted) throws IOException, InterruptedException {
        out.write(": reservoir\n\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
        var at = from;
        for (var next = tail.after(at, HEARTBEAT); next.isPresent(); next = tail.after(at, HEARTBEAT)) {
            var text = text(next.get(), access.authenticate(x.bearer().orElse(""), x.address()), wanted);
            at = next.get().isEmpty() ? at : next.get().getLast().event().cursor();
            out.write(Optional.of(text).filter(some -> !some.isEmpty()).orElse(": \n\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }

    private static String text(List<EventTail.Told> events, Caller caller, Predicate<EventTail.Told> wanted) {
        var text = new StringBuilder();
        for (var told : events) {
            if (wanted.test(told) && told.mayHear(caller)) {
                var event = told.event();
                text.append("id: ").append(event.cursor()).append("\nevent: ").append(event.topic()).append("\ndata: ")
                        .append(Wire.write(new Notice(event.cursor(), event.at(), event.topic(), event.subject(), event.type(), told.json()))).append("\n\n");
            }
        }
        return text.toString();
    }
}
