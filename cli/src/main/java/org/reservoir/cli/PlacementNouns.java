package org.reservoir.cli;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Policies of placement, and the plans that follow from them. */
final class PlacementNouns {
    private static final String V1 = "/api/placement/v1/";

    private PlacementNouns() {}

    static Noun policy() {
        var columns = new String[] {"FOR=cluster", "GOALS", "MOST-MOVES=mostMoves", "LEAST-GAIN=leastGain", "EVERY=period", "HEADROOM-HOSTS=failures", "SLEEP-AFTER=sleep.after", "KEEP-AWAKE=sleep.spare"};
        return Noun.of("policy", "What is better for the placement of VEEs; for administrators.", () -> List.of(
                Verb.of("show", "Show the policies in force: the site's, then those of clusters.", Call.table(V1 + "policies", columns).shown(PlacementNouns::policyShown)).options(Call.WATCH),
                Verb.of("set", "Set the policy of the site, or of a cluster; what is left out goes back to its default.", Call.send("PUT", V1 + "policies").columns(columns).shown(PlacementNouns::policyShown))
                        .options(Opt.text("--cluster", "NAME", "For the hosts of this cluster alone; they are reviewed by themselves.", "cluster"),
                                Opt.pairs("--goal", "Something to have little of, and its weight: balance (1000 points for one host that is full), power (1 a watt), few-moves (1 a migration), "
                                        + "headroom (1000 a host that is missing), or a plug-in's goal. More than one are added.", "goals").read(PlacementNouns::goal).needed(),
                                Opt.pairs("--price", "For the goal profit (1000 points are 1 lost by the hour): what a VEE's cpu and gib bring by the hour, penalty for one that waits (times what it "
                                        + "would bring; penalty-CLASS: with the tag sla=CLASS), host-cpu and host-gib that hosts cost; labels cost_cpu and cost_gib of a host go before.", "prices").read(PlacementNouns::price),
                                Opt.number("--headroom-hosts", "K", "Hosts whose loss headroom is kept for; 1 when left out.", "failures"),
                                Opt.number("--most-moves", "N", "Migrations that one plan may ask for; 10 when left out.", "mostMoves"),
                                Opt.number("--least-gain", "PART", "What a change must gain of what the present costs; 0.01 when left out.", "leastGain"),
                                Opt.text("--every", "TIME", "Time between reviews: 10m, 2h; when left out there are none but those that you ask for.", "period").read((_, text) -> Invocation.duration(text, "--every").toString()),
                                Opt.text("--sleep-after", "TIME", "Put hosts to sleep that have been without VEEs for so long; never when left out.", "sleep.after")
                                        .read((_, text) -> Invocation.duration(text, "--sleep-after").toString()),
                                Opt.number("--keep-awake", "N", "Hosts without VEEs that stay awake for who comes next; 1 when left out. Goes with --sleep-after.", "sleep.spare"))
                        .example("policy set --goal balance=1 --every 10m").example("policy set --goal power=1 --goal headroom=1 --most-moves 20 --every 1h")
                        .example("policy set --cluster rack1 --goal balance=1").example("policy set --goal power=1 --every 10m --sleep-after 15m --keep-awake 2")
                        .example("policy set --goal profit=1 --goal few-moves=5 --price cpu=0.05 --price gib=0.01 --price penalty=2 --price host-cpu=0.02"),
                Verb.of("unset", "Take a policy away; for the site, first placement is as it was started with.", Call.send("DELETE", V1 + "policies").hint("Unset."))
                        .options(Opt.text("--cluster", "NAME", "The cluster's; the site's when left out.", "?cluster"))));
    }

    static Noun plan() {
        var cluster = Opt.text("--cluster", "NAME", "By the policy of this cluster alone.", "?cluster");
        return Noun.of("plan", "Better placements: what would be done, what is done, and what if; for administrators.", () -> List.of(
                Verb.of("review", "Tell what would be done now by the policies; nothing is changed.", new Plans("POST", V1 + "reviews")).options(cluster).example("plan review"),
                Verb.of("run", "Review now and begin what that comes to.", new Plans("POST", V1 + "plans")).options(cluster).example("plan run --cluster rack1"),
                Verb.of("show", "Show the plans under way, or else the last one.", new Plans("GET", V1 + "plans")),
                Verb.of("list", "List the plans under way and the last that were.", Call.table(V1 + "plans", "ID", "FOR=cluster", "STATE", "MADE=made:age", "MOVES", "WHY").shown(PlacementNouns::listed))
                        .options(Call.WATCH),
                Verb.of("survival", "Tell whether the loss of hosts would be survived: of each by itself, of those given at once (also for their maintenance), or of any so many.", new Survival())
                        .options(Opt.text("--losing", "HOST,HOST", "These at the same time.", "hosts").read((_, text) -> List.of(text.split(","))),
                                Opt.text("--any", "K", "Any K at the same time, drawn by lot.", "any").read((_, text) -> Numbers.whole("--any", text)))
                        .example("plan survival").example("plan survival --losing n1,n2").example("plan survival --any 2"),
                Verb.of("admit", "Tell whether a service could be given what it is promised, over its whole range of replicas.", new Admit()).options(Call.FILE.needed())
                        .example("plan admit --file shop.json     # tiers may say \"apart\":true, \"together\":\"x\", \"licences\":[\"x\"]")
                        .example("plan admit --file - <<< '{\"name\":\"shop\",\"promised\":0.99, \"tiers\":[{\"name\":\"web\",\"least\":2, \"most\":8, \"cpu\":1, \"memory\":\"1GiB\"}]}'")));
    }

    private static Object goal(Invocation call, String text) {
        return numbered("--goal", text, "WEIGHT", "balance=1");
    }

    private static Object price(Invocation call, String text) {
        return numbered("--price", text, "PRICE", "cpu=0.05");
    }

    static Object numbered(String option, String text, String what, String example) {
        var pair = Numbers.pair(option, text);
        try {
            return Map.entry(pair.getKey(), new BigDecimal(pair.getValue().toString()));
        } catch (NumberFormatException _) {
            throw Failure.usage("%s takes NAME=%s with a number, not '%s'.".formatted(option, what, text), "Write it like %s %s.".formatted(option, example));
        }
    }

    private static String whose(Object thing) {
        return Json.text(thing, "cluster").isEmpty() ? "the site" : Json.text(thing, "cluster");
    }

    private static Object policyShown(Object policy) {
        var shown = new LinkedHashMap<Object, Object>(Json.map(policy));
        shown.put("cluster", whose(policy));
        shown.put("period", Json.text(policy, "period").equals("PT0S") ? "never" : Column.span(Json.text(policy, "period")));
        var sleep = new LinkedHashMap<Object, Object>(Json.map(Json.at(policy, "sleep")));
        sleep.put("after", sleep.isEmpty() ? "never" : Column.span(Json.text(policy, "sleep.after")));
        shown.put("sleep", sleep);
        return shown;
    }

    /** Plans with their steps. */
    private record Plans(String method, String path) implements Verb.Work {
        @Override
        public void run(Invocation call) {
            var all = Json.list(method.equals("GET") ? call.site().get(call.path(path)) : call.site().send(method, call.path(path), Map.of(), ""));
            var going = all.stream().filter(plan -> Json.text(plan, "state").equals("UNDER_WAY")).toList();
            var plans = !method.equals("GET") ? all : going.isEmpty() ? all.stream().limit(1).toList() : going;
            if (!call.forPeople()) {
                call.output().list(plans, List.of());
                return;
            }
            plans.forEach(plan -> show(call, plan));
            if (plans.isEmpty()) {
                call.hint("There was no plan yet. What would be done: reservoir plan review");
            }
        }

        private static void show(Invocation call, Object plan) {
            var out = call.terminal().out();
            var name = Json.text(plan, "id").isEmpty() ? "For " + whose(plan) : "plan-%s for %s".formatted(Json.text(plan, "id"), whose(plan));
            out.printf("%s: %s, %s.%n", name, Json.text(plan, "state").toLowerCase(java.util.Locale.ROOT).replace('_', ' '), Json.text(plan, "why"));
            Json.map(Json.at(plan, "before")).forEach((goal, points) -> out.printf("  %s: %s, then %s%n", goal, Column.figure(points), Column.figure(Json.at(plan, "after." + goal))));
            var steps = Json.list(Json.at(plan, "steps")).stream().map(Plans::step).toList();
            if (!steps.isEmpty()) {
                call.output().list(steps, Column.of("VEE=name", "FROM", "TO", "BEGIN", "END", "GAIN", "PROGRESS"));
            }
            Json.list(Json.at(plan, "left")).forEach(left -> out.printf("Stays: %s%n", left));
            var idle = Json.list(Json.at(plan, "idle"));
            if (!idle.isEmpty()) {
                out.printf("Without VEEs then: %s%n", Column.text(idle));
            }
        }

        private static Object step(Object step) {
            var shown = new LinkedHashMap<Object, Object>(Json.map(step));
            shown.put("from", Json.text(step, "from.name").isEmpty() ? "-" : Json.text(step, "from.name"));
            shown.put("to", Json.text(step, "to.name"));
            shown.put("begin", Column.span(Json.text(step, "begin")));
            shown.put("end", Column.span(Json.text(step, "end")));
            shown.put("gain", Column.figure(Json.at(step, "gain")));
            return shown;
        }
    }

    private static String chance(Object chance) {
        var rate = percent(Json.at(chance, "rate"));
        return Boolean.TRUE.equals(Json.at(chance, "exact")) ? "%s of %s cases".formatted(rate, Json.text(chance, "trials"))
                : "%s of %s trials (between %s and %s)".formatted(rate, Json.text(chance, "trials"), percent(Json.at(chance, "low")), percent(Json.at(chance, "high")));
    }

    private static String percent(Object part) {
        return new BigDecimal(part.toString()).movePointRight(2).setScale(2, java.math.RoundingMode.HALF_UP).toPlainString() + " %";
    }

    private record Survival() implements Verb.Work {
        @Override
        public void run(Invocation call) {
            var answer = call.site().send("POST", V1 + "survival", Map.of(), Json.write(call.body(Map.of()), false));
            if (!call.forPeople()) {
                call.output().one(answer);
                return;
            }
            call.terminal().out().printf("Survived: %s%n", chance(Json.at(answer, "survived")));
            var losses = Json.list(Json.at(answer, "losses"));
            if (!losses.isEmpty()) {
                call.output().list(losses, Column.of("LOST=hosts", "NO-PLACE-FOR=vees"));
            }
        }
    }

    private record Admit() implements Verb.Work {
        @Override
        public void run(Invocation call) {
            var answer = call.site().send("POST", V1 + "admissions", Map.of(), Json.write(call.body(Map.of()), false));
            if (!call.forPeople()) {
                call.output().one(answer);
                return;
            }
            Json.list(Json.at(answer, "why")).forEach(line -> call.terminal().out().println(Column.text(line)));
            call.terminal().out().printf("Has all that it wants: %s%n", chance(Json.at(answer, "honoured")));
            call.terminal().out().printf("Loss of one host survived with it: %s%n", chance(Json.at(answer, "failover")));
        }
    }

    private static Object listed(Object plan) {
        var shown = new LinkedHashMap<Object, Object>(Json.map(plan));
        shown.put("cluster", whose(plan));
        shown.put("moves", Json.list(Json.at(plan, "steps")).size());
        return shown;
    }
}
