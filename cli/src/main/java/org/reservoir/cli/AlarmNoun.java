package org.reservoir.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who is told when something is measured that should not be. */
final class AlarmNoun {
    private static final String ALARM = "/api/monitoring/v1/alarms/{NAME}";

    private AlarmNoun() {}

    static Noun noun() {
        return Noun.of("alarm", "Tells people when what is measured is not as it should be; for administrators.", () -> List.of(
                Verb.of("list", "List alarms, and where they fire.", Call.table("/api/monitoring/v1/alarms", "NAME", "METRIC=rule.metric", "SUBJECT=rule.subject", "FIRES=fires", "STATE=state", "SILENCED=silencedUntil", "PROBLEM")
                        .shown(AlarmNoun::shown)).options(Call.WATCH),
                Verb.of("set", "Set an alarm, in place of one of that name.", Call.send("PUT", ALARM)).arg("NAME", "What you call it.").options(
                                Opt.text("--metric", "NAME", "What is looked at: vee.cpu.percent, or a KPI.", "metric").needed(), Opt.text("--subject", "ID", "vee-7, host-2 or service-3, or vee/NAME and the like; each that has the metric when left out.", "subject"),
                                Opt.text("--when", "KIND", "above, below, absent (nothing is heard) or anomaly (not as at this hour in past weeks).", "kind").read((_, text) -> text.toUpperCase(java.util.Locale.ROOT)).needed(),
                                Opt.number("--threshold", "NUMBER", "Of above and below; of an anomaly how many times the usual spread.", "threshold"), Opt.number("--clear", "NUMBER", "Where it is well again.", "clear"),
                                Opt.text("--of", "FIGURE", "mean (when left out), min, max, sum, last, count, rate, p50, p75, p90, p95 or p99 of the window.", "aggregate").read((_, text) -> text.toUpperCase(java.util.Locale.ROOT)),
                                time("--window", "Over which it is looked: 5m when left out.", "window"), time("--for", "How long it must be so before it fires.", "after"),
                                time("--clear-for", "How long it must be well before it ends.", "clearAfter"), Opt.number("--weeks", "N", "Of an anomaly: how many past weeks are the usual; 4 when left out.", "weeks"),
                                Opt.texts("--webhook", "URL", "Told by a POST; may be repeated. With #@FILE behind it what is sent is signed by the secret in the file.", "webhooks").read(AlarmNoun::webhook), Opt.texts("--mail", "ADDRESS", "Told by mail; may be repeated.", "mails"))
                        .example("alarm set hot --metric vee.cpu.percent --when above --threshold 90 --clear 80 --for 2m --mail ops@example.org"),
                Verb.of("remove", "Remove an alarm.", Call.send("DELETE", ALARM).hint("Removed.")).arg("NAME", "Which."),
                Verb.of("silence", "Tell nobody for some time.", Call.send("POST", ALARM + "/silence")).arg("NAME", "Which.").options(time("--for", "How long: 1h; 0s tells again.", "time").needed())
                        .example("alarm silence hot --for 1h")));
    }

    private static Opt time(String name, String about, String into) {
        return Opt.text(name, "TIME", about, into).read((_, text) -> Invocation.duration(text, name).toString());
    }

    private static Object webhook(Invocation call, String text) {
        int hash = text.indexOf('#');
        return hash < 0 ? Map.of("url", text) : Map.of("url", text.substring(0, hash), "secret", secret(call, text.substring(hash + 1)));
    }

    /** By file, for what stands in a command line is seen by all; as it stands there for who does not mind. */
    private static String secret(Invocation call, String text) {
        return text.startsWith("@") ? new String(call.bytes(text.substring(1)), java.nio.charset.StandardCharsets.UTF_8).strip() : text;
    }

    private static Object shown(Object alarm) {
        var shown = new LinkedHashMap<Object, Object>(Json.map(alarm));
        var subjects = Json.list(Json.at(alarm, "subjects"));
        var kind = Json.text(alarm, "rule.kind").toLowerCase(java.util.Locale.ROOT);
        shown.put("fires", List.of(kind.equals("absent") ? "absent for " + Column.duration(Duration.parse(Json.text(alarm, "rule.window"))) : "%s %s".formatted(kind, Json.text(alarm, "rule.threshold"))));
        shown.put("state", subjects.isEmpty() ? "quiet" : subjects.stream().map(each -> Json.text(each, "subject") + " " + Json.text(each, "state").toLowerCase(java.util.Locale.ROOT)).toList());
        return shown;
    }
}
