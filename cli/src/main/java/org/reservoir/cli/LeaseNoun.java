package org.reservoir.cli;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/** Leases: VEEs that run together for a stated time. */
final class LeaseNoun {
    private static final String LEASES = "/api/veem/v1/leases";
    private static final String LEASE = LEASES + "/{LEASE}";
    private static final String WHICH = "By id (lease-7 or 7), or by name: of the one that is not over, else of the last.";
    private static final String[] COLUMNS = {"ID", "NAME", "KIND", "STATE", "VEES", "RUNS", "SUSPENDS=suspends", "HOSTS", "DURATION"};

    private static final String POLICY = "/api/veem/v1/lease-policy";
    private static final String[] POLICIES = {"ADMISSION", "PREEMPTION", "HOSTS", "PRICING", "NUMBERS"};

    private LeaseNoun() {}

    static Noun noun() {
        return Noun.of("lease", "Room for VEEs for a stated time: reservations, best effort, deadlines.", () -> List.of(request(),
                Verb.of("list", "List leases.", Call.pages(LEASES, COLUMNS).shown(LeaseNoun::line)).options(Opt.flag("--all", "Also those that are over.", "?over"), Call.WATCH),
                Verb.of("show", "Show a lease with its runs, past and planned, and what happened to it.", Call.get(LEASE).shown(LeaseNoun::whole)).options(Call.WATCH).arg("LEASE", WHICH),
                Verb.of("cancel", "Give a lease up; its VEEs are terminated.", Call.send("DELETE", LEASE).hint("Given up.").columns(COLUMNS).shown(LeaseNoun::line)).arg("LEASE", WHICH),
                Verb.of("policy", "Show which leases are taken, who makes room for whom, and what they cost; for administrators.", Call.get(POLICY).columns(POLICIES)),
                setPolicy(),
                Verb.of("calendar", "What is free on each host, and from when on.", new Calendar())));
    }

    private static Verb request() {
        return Verb.of("request", "Ask for VEEs that run together for a stated time. They are saved to disk and go on later when another lease needs their room (preemptible ones only).", new Request())
                .arg("NAME", "Of the lease and its VEE; with --count, VEEs are called NAME-1, NAME-2 ….")
                .options(Opt.text("--start", "TIME", "now (or not at all), a time (2026-12-01T08:00:00Z, +30m): just then; as soon as there is room when left out.", ""),
                        Opt.text("--duration", "TIME", "How long they run, suspensions not counted: 90m, 2h, 30d.", "").needed(),
                        Opt.text("--deadline", "TIME", "With --start as the earliest time: run for that long by then, whenever it suits.", ""),
                        Opt.flag("--preemptible", "May be suspended for another; so may those without an exact time anyway.", ""),
                        Opt.flag("--steadfast", "May not be suspended.", ""),
                        Opt.text("--most-per-hour", "PRICE", "What you would pay at most for a VEE and hour, where leases have a price.", ""),
                        Opt.text("--count", "N", "So many VEEs, all at the same time.", ""))
                .options(VeeNoun.makings())
                .example("lease request course --start 2026-12-01T08:00:00Z --duration 4h --count 20 --memory 1GiB --disk debian")
                .example("lease request render --duration 12h --vcpus 4 --memory 8GiB --disk render")
                .example("lease request report --start +10m --deadline +6h --duration 1h --disk debian");
    }

    private static Verb setPolicy() {
        return Verb.of("set-policy", "Set which leases are taken, who makes room for whom, and what they cost; what is left out goes back to its default. What was promised stays promised.",
                        Call.send("PUT", POLICY).columns(POLICIES))
                .options(Opt.text("--admission", "NAME", "accept-all (when left out), no-ARs, or a plug-in's.", "admission"),
                        Opt.text("--preemption", "NAME", "ar-preempts-everything (when left out), no-preemption, deadline, or a plug-in's.", "preemption"),
                        Opt.text("--hosts", "NAME", "greedy: those with few leases first (when left out); no-policy: in their order.", "hosts"),
                        Opt.text("--pricing", "NAME", "free (when left out), constant, random, maximum, adaptive, or a plug-in's.", "pricing"),
                        Opt.pairs("--number", "For pricing, per VEE and hour: rate, or min-rate, max-rate and seed of random ones.", "numbers").read((_, text) -> PlacementNouns.numbered("--number", text, "NUMBER", "rate=0.05")))
                .example("lease set-policy --admission no-ARs").example("lease set-policy --pricing constant --number rate=0.05");
    }

    private record Request() implements Verb.Work {
        @Override
        public void run(Invocation call) {
            if (call.has("--preemptible") && call.has("--steadfast")) {
                throw Failure.usage("--preemptible and --steadfast contradict each other.", "Give one of them.");
            }
            var lease = call.site().send("POST", LEASES, Map.of("Idempotency-Key", UUID.randomUUID().toString()), Json.write(wish(call), false));
            if (call.forPeople()) {
                call.output().list(List.of(line(lease)), Column.of(COLUMNS));
            } else {
                call.output().one(lease);
            }
            call.hint("Noted. Follow it with: reservoir lease show %s --watch".formatted(Json.text(lease, "id")));
        }

        private static Map<String, Object> wish(Invocation call) {
            var now = call.terminal().clock().instant();
            var wish = new LinkedHashMap<String, Object>(Map.of("name", call.arg("NAME"), "duration", Invocation.duration(call.option("--duration").orElseThrow(), "--duration").toString()));
            var start = call.option("--start").orElse("");
            wish.put("start", start.isEmpty() ? "WHENEVER" : start.equals("now") ? "NOW" : "AT");
            if (wish.get("start").equals("AT")) {
                wish.put("at", time(start, "--start", now).toString());
            }
            call.option("--deadline").ifPresent(text -> wish.put("deadline", time(text, "--deadline", now).toString()));
            Stream.of("--preemptible", "--steadfast").filter(call::has).forEach(flag -> wish.put("preemptible", flag.equals("--preemptible")));
            call.option("--most-per-hour").ifPresent(text -> wish.put("mostPerHour", Numbers.read("--most-per-hour", text)));
            wish.put("vees", CreateVees.specs(call, CreateVees.spec(call)));
            return wish;
        }
    }

    /** {@code +30m} from now on, or as ISO 8601 writes it. */
    private static Instant time(String text, String option, Instant now) {
        if (text.startsWith("+")) {
            return now.plus(Invocation.duration(text.substring(1), option));
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException _) {
            throw Failure.usage("%s takes a time like 2026-12-01T08:00:00Z or +30m, not '%s'.".formatted(option, text), "");
        }
    }

    private record Calendar() implements Verb.Work {
        @Override
        public void run(Invocation call) {
            var hosts = Json.list(call.site().get("/api/veem/v1/lease-calendar"));
            if (!call.forPeople()) {
                call.output().one(hosts);
                return;
            }
            var lines = new ArrayList<Object>();
            hosts.forEach(host -> Json.list(Json.at(host, "stretches")).forEach(stretch -> {
                var line = new LinkedHashMap<Object, Object>(Json.map(stretch));
                line.put("host", Json.text(host, "hostName"));
                lines.add(line);
            }));
            call.output().list(lines, Column.of("HOST", "FROM", "CPUS=free.cpu", "MEMORY=free.memory:size", "DISK=free.disk:size"));
        }
    }

    private static Object line(Object lease) {
        var line = new LinkedHashMap<Object, Object>(Json.map(lease));
        var runs = Json.list(Json.at(lease, "runs"));
        line.put("vees", Json.list(Json.at(lease, "vees")).size());
        line.put("duration", Column.span(Json.text(lease, "duration")));
        line.put("runs", runs.stream().map(LeaseNoun::run).toList());
        line.put("suspends", runs.stream().anyMatch(run -> Json.text(run, "suspends").equals("true")));
        line.put("hosts", runs.stream().flatMap(run -> Json.list(Json.at(run, "hosts")).stream()).distinct().toList());
        return line;
    }

    private static String run(Object run) {
        return "%s to %s".formatted(Json.text(run, "start"), Json.text(run, "end"));
    }

    private static Object whole(Object lease) {
        var shown = new LinkedHashMap<Object, Object>(Json.map(lease));
        shown.put("runs", Json.list(Json.at(lease, "runs")).stream().map(run -> "%s, %s%s, on %s".formatted(run(run), Json.text(run, "phase").toLowerCase(java.util.Locale.ROOT),
                Json.text(run, "suspends").equals("true") ? ", then suspended" : "", Column.text(Json.at(run, "hosts")))).toList());
        shown.put("vees", Json.list(Json.at(lease, "vees")).stream().map(vee -> Stream.of(Json.text(vee, "name"), Json.text(vee, "vee"), Json.text(vee, "state"), Json.text(vee, "host"),
                Json.text(vee, "problem")).filter(word -> !word.isEmpty()).reduce((a, b) -> a + " " + b).orElse("")).toList());
        shown.put("history", Json.list(Json.at(lease, "history")).stream().map(it -> "%s, %s%s".formatted(Json.text(it, "at"), Json.text(it, "what").toLowerCase(java.util.Locale.ROOT).replace('_', ' '),
                Json.text(it, "detail").isEmpty() ? "" : " " + Json.text(it, "detail"))).toList());
        Stream.of("duration", "ran").forEach(time -> shown.put(time, Column.span(Json.text(lease, time))));
        shown.put("ownership", "%s, %s".formatted(Json.text(lease, "ownership.user"), Json.text(lease, "ownership.group")));
        return shown;
    }
}
