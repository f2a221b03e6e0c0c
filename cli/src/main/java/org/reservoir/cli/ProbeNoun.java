package org.reservoir.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What measures: processes with probes, and the probes. */
final class ProbeNoun {
    private static final String SOURCES = "/api/monitoring/v1/sources";
    private static final String KINDS = "/api/monitoring/v1/kinds";
    private static final String PROBES = "/api/monitoring/v1/probes";
    private static final Opt SOURCE = Opt.text("--source", "SOURCE", "Of this source, by name or id.", "?source");
    private static final Opt[] FILTER = {SOURCE, Opt.text("--prefix", "TEXT", "Whose names begin so.", "?prefix"), Opt.text("--kind", "KIND", "Of this kind, as 'probe kinds' lists them.", "?kind"),
            Opt.text("--type", "TYPE", "That measure this type.", "?type"), Opt.text("--service", "SERVICE", "Of VEEs of this service.", "?service")};
    /** The same for an order, in its body. */
    private static final Opt[] THOSE = {Opt.flag("--all", "All probes, or those of them that fit what follows.", ""), into(FILTER[0]), into(FILTER[1]), into(FILTER[2]), into(FILTER[3]), into(FILTER[4])};
    private static final Opt[] SENDING = {
            Opt.text("--send", "WHEN", "always; change; dead-band, inside, outside, above or below (of --of); summary (one for each --window).", "when"),
            Opt.text("--of", "ATTRIBUTE", "The value that is looked at.", "attribute"),
            Opt.number("--width", "N", "How far from the value sent last (dead-band).", "width"),
            Opt.flag("--relative", "--width is a fraction of the value sent last.", "relative"),
            Opt.number("--low", "N", "The lower bound (inside, outside), or what must be exceeded (above).", "low"),
            Opt.number("--high", "N", "The upper bound (inside, outside), or what must not be reached (below).", "high"),
            Opt.text("--silence", "TIME", "Send one all the same after so long; 1m when left out.", "silence").read((_, text) -> Invocation.duration(text, "--silence").toString()),
            Opt.text("--window", "TIME", "Of a summary, such as 1m.", "window").read((_, text) -> Invocation.duration(text, "--window").toString()),
            Opt.text("--figure", "FIGURE", "Of a summary: mean (when left out), min, max, sum, last or count.", "figure")};

    private ProbeNoun() {}

    private static Opt into(Opt filter) {
        return new Opt(filter.name(), filter.label(), filter.about(), filter.many(), filter.required(), "", filter.reader());
    }

    static Noun source() {
        return Noun.of("source", "Processes that measure: the site's servers, and agents on hosts; for administrators.", () -> List.of(
                Verb.of("list", "List them, also those that fell silent within the last ten minutes.",
                        Call.table(SOURCES, "ID", "NAME", "STATE", "HOST", "PROBES", "STREAMS", "SHARE", "FAILURES", "GAPS", "ORDERS", "PROBLEM").shown(ProbeNoun::counted)).options(Call.WATCH)
                        .example("source list --watch"),
                Call.show("Show one.", SOURCES + "/{SOURCE}").arg("SOURCE", "By name or id."),
                Verb.of("budget", "Keep a source within a budget: what it measures is measured less often where it must be, what a rule asks for never.",
                                Call.send("PUT", SOURCES + "/{SOURCE}/budget").hint("It is kept within that; 'probe list' says what is measured less often for it.")).arg("SOURCE", "By name or id.")
                        .options(Opt.number("--share", "N", "Of one core, for all its measuring: 0.05 is a twentieth; unbounded when left out.", "share"),
                                Opt.number("--per-listener", "N", "Measurements a second that any one listener gets; unbounded when left out.", "perListener"))
                        .example("source budget server-1 --share 0.05 --per-listener 1000").example("source budget server-1")));
    }

    static Noun probe() {
        return Noun.of("probe", "What is measured, how often, and what of it is sent; for administrators.", () -> List.of(
                Verb.of("list", "List probes.", Call.pages(PROBES, "SOURCE", "PROBE=name", "KIND", "SUBJECT", "STATE", "EVERY=periodNow", "SENT=sending", "SHARE", "HEARD", "GAPS", "PROBLEM")
                                .shown(ProbeNoun::line)).options(FILTER).options(Call.WATCH)
                        .example("probe list --prefix hosts. --watch").example("probe list --service shop -o json"),
                Verb.of("show", "Show what is wanted of a probe, and what it does.", Call.get(PROBES + "/named?name={PROBE}")).arg("PROBE", "Its name.").options(SOURCE, Call.WATCH),
                Verb.of("kinds", "List the kinds of probes that can be added, with their parameters.", Call.table(KINDS, "KIND=name", "PURPOSE", "PARAMETERS", "ORIGIN").shown(ProbeNoun::kind))
                        .options(SOURCE, Opt.text("--named", "TEXT", "Those whose names begin so.", "?prefix")).example("probe kinds --named host."),
                add(),
                switching("on", "Switch probes on.", true),
                switching("off", "Switch probes off; they keep their place and say that they are off.", false),
                those("rate", "Measure more or less often, in force at once.", call -> Map.of("period", Invocation.duration(call.option("--every").orElseThrow(), "--every").toString()))
                        .options(Opt.text("--every", "TIME", "Such as 500ms, 10s or 5m.", "").needed()).example("probe rate hosts.here.cpu --every 1s").example("probe rate --prefix hosts. --every 30s"),
                those("filter", "Choose which of the measurements are sent; the others are measured and not sent.", call -> Map.of("sending", sending(call).orElseThrow(
                                () -> Failure.usage("Say what is to be sent with --send.", "Such as --send change, or --send dead-band --of host.cpu.percent --width 5."))))
                        .options(inNothing(SENDING)).example("probe filter hosts.here.cpu --send dead-band --of host.cpu.percent --width 5 --silence 5m")
                        .example("probe filter --type infra_vee --send summary --window 1m --figure max").example("probe filter --all --send always"),
                removing()));
    }

    private static Opt[] inNothing(Opt[] options) {
        var all = new ArrayList<Opt>();
        for (var option : options) {
            all.add(into(option));
        }
        return all.toArray(Opt[]::new);
    }

    private static Verb add() {
        return Verb.of("add", "Add a probe while all runs; it comes again after a restart.", new Add()).arg("NAME", "What you call it, such as hosts.here.srv; dots make groups.")
                .arg("KIND", "As 'probe kinds' lists them.")
                .options(Opt.pairs("--set", "Parameter of the kind.", "parameters"), Opt.text("--subject", "WHAT", "Whose measurements they are: vee-7, host-2, service-1 or site, or vee/NAME and the like; the site's, or of an agent its host's, when left out.", "subject"),
                        Opt.text("--every", "TIME", "How often it is measured; 10s when left out.", "period").read((_, text) -> Invocation.duration(text, "--every").toString()),
                        Opt.text("--source", "SOURCE", "Where it runs, by name or id; on the server asked when left out.", "source"),
                        Opt.flag("--off", "Add it without switching it on.", "off"),
                        Opt.flag("--accounting", "Each measurement arrives once, however long it takes.", "delivery").read((_, _) -> "ACCOUNTING"))
                .options(inNothing(SENDING)).example("probe kinds").example("probe add hosts.here.srv host.space --set folder=/srv --every 30s --send change").example("probe add hosts.n3.srv host.space --set folder=/srv --subject host/n3");
    }

    private record Add() implements Verb.Work {
        @Override
        public void run(Invocation call) {
            var body = call.body(Map.of("NAME", "name", "KIND", "kind"));
            sending(call).ifPresent(sending -> body.put("sending", sending));
            var probe = call.site().send("POST", PROBES, Map.of(), Json.write(body, false));
            call.output().list(List.of(call.forPeople() ? line(probe) : probe), Column.of("SOURCE", "PROBE=name", "KIND", "SUBJECT", "STATE", "EVERY=period", "SENT=sending"));
            call.hint("See what it does with: reservoir probe show %s".formatted(call.arg("NAME")));
        }
    }

    private static Verb switching(String name, String summary, boolean on) {
        return those(name, summary, _ -> Map.of("on", on)).example("probe %s hosts.here.cpu".formatted(name)).example("probe %s --service shop --type infra_vee".formatted(name));
    }

    private interface Change {
        Map<String, Object> of(Invocation call);
    }

    private static Verb those(String name, String summary, Change change) {
        return Verb.of(name, summary, call -> order(call, "change", Map.of("probes", selected(call), "change", change.of(call)))).anyArgs("PROBE", "Their names.").options(THOSE);
    }

    private static Verb removing() {
        return Verb.of("remove", "Remove probes; those that the site itself adds come again with what they measure.", call -> order(call, "remove", selected(call)))
                .anyArgs("PROBE", "Their names.").options(THOSE).example("probe remove hosts.here.srv");
    }

    private static void order(Invocation call, String action, Map<String, Object> body) {
        var done = call.site().send("POST", PROBES + "/actions/" + action, Map.of(), Json.write(body, false));
        if (call.forPeople()) {
            call.hint("%s changed.".formatted(Json.text(done, "changed")));
        } else {
            call.output().one(done);
        }
        var problems = Json.list(Json.at(done, "problems"));
        if (!problems.isEmpty()) {
            throw new Failure(Failure.Exit.REFUSED, "SOME_FAILED", String.join(" ", problems.stream().map(Object::toString).toList()), "The others do as asked.");
        }
    }

    private static Map<String, Object> selected(Invocation call) {
        var those = new LinkedHashMap<String, Object>();
        for (var option : THOSE) {
            if (call.has(option.name())) {
                those.put(option.name().substring(2), option.isFlag() ? true : call.option(option.name()).orElseThrow());
            }
        }
        boolean filter = those.keySet().stream().anyMatch(key -> !key.equals("source"));
        if (filter != call.values("PROBE").isEmpty()) {
            throw Failure.usage("Say which probes: either by name, or by --all, --prefix, --kind, --type or --service.", "");
        }
        if (!filter) {
            those.put("names", call.values("PROBE"));
        }
        return those;
    }

    private static Optional<Map<String, Object>> sending(Invocation call) {
        var sending = new LinkedHashMap<String, Object>();
        for (var option : SENDING) {
            call.option(option.name()).ifPresent(text -> sending.put(option.into(), option.reader().apply(call, text)));
        }
        if (!sending.isEmpty() && !sending.containsKey("when")) {
            var given = java.util.Arrays.stream(SENDING).map(Opt::name).filter(call::has).toList();
            throw Failure.usage("%s means nothing without --send.".formatted(String.join(", ", given)), "");
        }
        return sending.isEmpty() ? Optional.empty() : Optional.of(sending);
    }

    // ---- for people

    private static Object counted(Object source) {
        var shown = new LinkedHashMap<Object, Object>(Json.map(source));
        shown.put("streams", Json.map(Json.at(source, "streams")).entrySet().stream().map(entry -> "%s %s".formatted(entry.getValue(), entry.getKey().toString().toLowerCase(java.util.Locale.ROOT))).toList());
        shown.put("share", percent(source));
        return shown;
    }

    private static Object line(Object probe) {
        var shown = new LinkedHashMap<Object, Object>(Json.map(probe));
        shown.put("sending", sent(Json.at(probe, "sending")));
        shown.put("share", percent(probe));
        List.of("period", "periodNow").forEach(field -> shown.put(field, brief(Json.text(probe, field))));
        return shown;
    }

    /** As it is given on the command line: {@code 500ms}, {@code 90s}, {@code 2m}. */
    private static String brief(String iso) {
        if (iso.isEmpty()) {
            return "";
        }
        long millis = java.time.Duration.parse(iso).toMillis();
        return millis % 1000 != 0 ? millis + "ms" : millis % 60_000 != 0 ? millis / 1000 + "s" : millis / 60_000 + "m";
    }

    /** Such as {@code dead-band of load 0.1}. */
    private static String sent(Object sending) {
        var words = new ArrayList<String>();
        for (var field : List.of("when", "attribute", "width", "low", "high", "figure", "window")) {
            var text = field.equals("window") ? brief(Json.text(sending, field)) : Json.text(sending, field);
            if (!text.isEmpty()) {
                words.add(field.equals("attribute") ? "of " + text : text);
            }
        }
        return String.join(" ", words);
    }

    private static String percent(Object thing) {
        return "%.2f%%".formatted(Double.parseDouble(Json.text(thing, "share")) * 100);
    }

    private static Object kind(Object kind) {
        var shown = new LinkedHashMap<Object, Object>(Json.map(kind));
        shown.put("parameters", Json.list(Json.at(kind, "parameters")).stream().map(parameter -> {
            var usual = Json.text(parameter, "usual");
            return "%s%s: %s".formatted(Json.text(parameter, "name"), usual.isEmpty() ? "" : "=" + usual, Json.text(parameter, "meaning"));
        }).toList());
        return shown;
    }
}
