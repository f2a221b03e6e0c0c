package org.reservoir.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measurements and events. */
final class MeasureNouns {
    private MeasureNouns() {}

    static Noun measurement() {
        return Noun.of("measurement", "What probes measured and guests told.", () -> List.of(
                Verb.of("list", "List series with their newest value.", Call.pages("/api/monitoring/v1/measurements", "SUBJECT", "METRIC", "VALUE", "AGE=at:age")
                        .shown(MeasureNouns::reading)).options(Call.WATCH, Opt.text("--subject", "ID", "vee-7, host-2 or service-3; vee/NAME and so on.", "?subject"), Opt.text("--metric", "NAME", "Its name.", "?metric"))
                        .example("measurement list --subject vee/web --watch"),
                Verb.of("show", "What the values of one series in the time up to now come to.",
                                Call.get("/api/monitoring/v1/measurements/window?subject={SUBJECT}&metric={METRIC}"))
                        .arg("SUBJECT", "vee-7, host-2 or service-3; vee/NAME and so on.").arg("METRIC", "Its name.")
                        .options(Opt.text("--for", "TIME", "How far back: 5m (when left out), 2h.", "?length").read(MeasureNouns::iso), Call.WATCH)
                        .example("measurement show vee/web vee.cpu.percent --for 1h"),
                MeasureViews.top(), MeasureViews.watch(), MeasureViews.plot()));
    }

    private static Object reading(Object reading) {
        var shown = new LinkedHashMap<Object, Object>(Json.map(reading));
        var value = Json.at(reading, "value");
        shown.put("value", Json.text(reading, "metric").endsWith(".bytes") ? Column.size(value) : Column.figure(value));
        return shown;
    }

    private static Object iso(Invocation call, String text) {
        return Invocation.duration(text, "--for").toString();
    }

    static Noun event() {
        return Noun.of("event", "What happens in the site.", () -> List.of(
                Verb.of("watch", "Print events as they happen, until interrupted.", new Watch())
                        .options(Opt.text("--topic", "TOPIC", "Only of this topic: vee, service, host, image …", "?topic"), Opt.text("--subject", "ID", "Only about this: vee-7, or vee/NAME and the like.", "?subject"),
                                Opt.text("--since", "CURSOR", "Also those after this one, as told by -o json; 0.0 for all that are kept.", ""),
                                Opt.text("--count", "N", "End after so many.", ""))
                        .example("event watch --topic vee").example("event watch --subject vee/web --since 0.0 --count 1 -o json")));
    }

    private static final class Watch implements Verb.Work {
        @Override
        public void run(Invocation call) {
            var headers = call.option("--since").map(number -> Map.of("Last-Event-ID", number)).orElse(Map.of());
            try (var events = ServerEvents.open(call.site(), call.path("/api/events"), headers)) {
                var most = call.option("--count").map(text -> Numbers.whole("--count", text)).orElse(Long.MAX_VALUE);
                for (var told = 0L; told < most; told++) {
                    var next = events.next();
                    if (next.isEmpty()) {
                        return;
                    }
                    tell(call, next.get().data());
                }
            } catch (IOException e) {
                throw new Failure(Failure.Exit.UNREACHABLE, "SITE_UNREACHABLE", "The stream of events broke off (%s).".formatted(e.getMessage()), "");
            }
        }

        /** A change of state in a few words; anything else as it is. */
        private static String happened(Object event) {
            var to = Json.text(event, "to");
            if (to.isEmpty()) {
                return Column.text(event);
            }
            var words = new StringBuilder(Json.text(event, "name"));
            words.append(Json.text(event, "from").isEmpty() ? " " : " " + Json.text(event, "from") + " → ").append(to);
            for (var more : List.of("host", "why")) {
                words.append(Json.text(event, more).isEmpty() ? "" : more.equals("host") ? " on " + Json.text(event, more) : ": " + Json.text(event, more));
            }
            return Column.printable(words.toString().strip());
        }

        private static void tell(Invocation call, Object event) {
            if (call.forPeople()) {
                call.terminal().out().println("%s  %-14s %s".formatted(Column.seconds(Json.text(event, "at")), Json.text(event, "subject"),
                        happened(Json.at(event, "event"))));
            } else {
                call.terminal().out().println(Json.write(event, false));
            }
            call.terminal().out().flush();
        }
    }
}
