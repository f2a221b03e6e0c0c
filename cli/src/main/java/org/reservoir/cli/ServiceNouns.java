package org.reservoir.cli;

import static org.reservoir.cli.Call.TIMEOUT;
import static org.reservoir.cli.Call.WAIT;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Services and their elasticity rules. */
final class ServiceNouns {
    private static final String SERVICES = "/api/sm/v1/services";
    private static final String SERVICE = SERVICES + "/{SERVICE}";
    private static final String WHICH = "By id (service-3 or 3) or name.";

    private static final List<Column> RULES = Column.of("COMPONENT=name", "LEAST", "MOST", "WANTED", "READY", "IN-FORCE=rulesInForce", "RULES");

    private ServiceNouns() {}

    static Noun service() {
        return Noun.of("service", "Services: OVF manifests brought to life.", () -> List.of(
                Verb.of("list", "List services.", Call.pages(SERVICES, "ID", "NAME", "STATE", "READY", "PROBLEM", "AGE=created:age").shown(ServiceNouns::withReady)).options(Call.WATCH),
                Call.show("Show a service, its components and replicas.", SERVICE).arg("SERVICE", WHICH),
                Verb.of("check", "Say what is wrong or doubtful with a manifest; changes nothing.", new Check()).arg("MANIFEST", "OVF file, - for the standard input.")
                        .example("service check shop.ovf"),
                manifest("plan", "Show what a submission would do; changes nothing.", "/plan"),
                manifest("submit", "Bring a manifest to life, if it can be given what it promises.", "").options(Opt.flag("--force", "Whatever admission says; for administrators.", "force"), WAIT, TIMEOUT).example("service submit shop shop.ovf --property admin.email=me@shop.example --wait"),
                Verb.of("scale", "Set how many replicas of a component are wanted.", Call.send("POST", SERVICE + "/components/{COMPONENT}/scale").waits(Waiting.SERVICE)
                                .columns("ID", "NAME", "STATE", "READY").shown(ServiceNouns::withReady))
                        .arg("SERVICE", WHICH).arg("COMPONENT", "Its name.").options(Opt.number("--replicas", "N", "Within its bounds.", "replicas").needed(), WAIT, TIMEOUT)
                        .example("service scale shop web --replicas 3 --wait"),
                action("retry", "Get a failed service going: the failed step again."), action("undeploy", "End all its VEEs in reverse startup order."),
                Verb.of("manifest", "Print the manifest as it was handed in.", new Manifest()).arg("SERVICE", WHICH)));
    }

    static Noun rule() {
        return Noun.of("rule", "Elasticity rules of services.", () -> List.of(
                Verb.of("list", "What rules a service has, by component.", new Rules()).arg("SERVICE", WHICH),
                Verb.of("decisions", "What the rules decided and why, newest first.", Call.table(SERVICE + "/decisions", "AGE=at:age", "COMPONENT", "RULE", "FROM", "TO",
                        "IN-FORCE=inForce", "WHY")).arg("SERVICE", WHICH).options(Call.WATCH),
                switched("enable", "Put a component's rules in force.", true), switched("disable", "Only note what a component's rules decide.", false)));
    }

    /** How many replicas of each component are ready, of how many wanted. */
    private static Object withReady(Object service) {
        var shown = new LinkedHashMap<Object, Object>(Json.map(service));
        shown.put("ready", Json.list(Json.at(service, "components")).stream().map(component ->
                "%s %s/%s".formatted(Json.text(component, "name"), Json.text(component, "ready"), Json.text(component, "wanted"))).toList());
        return shown;
    }

    private static Verb action(String name, String summary) {
        return Verb.of(name, summary, Call.send("POST", SERVICE + "/actions/" + name).waits(Waiting.SERVICE).columns("ID", "NAME", "STATE", "PROBLEM"))
                .arg("SERVICE", WHICH).options(WAIT, TIMEOUT);
    }

    private static Verb switched(String name, String summary, boolean inForce) {
        return Verb.of(name, summary, call -> {
            var service = call.site().send("PUT", call.path(SERVICE + "/components/{COMPONENT}/rules"), Map.of(), Json.write(Map.of("inForce", inForce), false));
            call.output().list(call.forPeople() ? Json.list(Json.at(service, "components")) : List.of(service), RULES);
        }).arg("SERVICE", WHICH).arg("COMPONENT", "Its name.");
    }

    private static Verb manifest(String name, String summary, String under) {
        return Verb.of(name, summary, new Submit(under)).arg("NAME", "What the service is called.").arg("MANIFEST", "OVF file, - for the standard input.")
                .options(Opt.pairs("--property", "A value for a user-configurable property.", "properties"));
    }

    private record Submit(String under) implements Verb.Work {
        @Override
        public void run(Invocation call) {
            var body = call.body(Map.of("NAME", "name"));
            body.put("manifest", Base64.getEncoder().encodeToString(call.bytes(call.arg("MANIFEST"))));
            var answer = call.site().send("POST", SERVICES + under, Map.of(), Json.write(body, false));
            if (under.isEmpty()) {
                tellService(call, answer);
            } else if (call.forPeople()) {
                tellPlan(call, answer);
            } else {
                call.output().one(answer);
            }
        }

        private static void tellService(Invocation call, Object answer) {
            var service = call.has("--wait") ? Waiting.SERVICE.until(call, answer) : answer;
            call.output().list(List.of(call.forPeople() ? withReady(service) : service), Column.of("ID", "NAME", "STATE", "READY"));
            if (!call.has("--wait")) {
                call.hint("Follow it with: reservoir service show %s --watch".formatted(Json.text(answer, "name")));
            }
        }

        private static void tellPlan(Invocation call, Object plan) {
            call.output().list(Json.list(Json.at(plan, "steps")), Column.of("ORDER", "COMPONENT", "WHAT"));
            for (var finding : Json.list(Json.at(plan, "findings"))) {
                call.terminal().out().println("%n%s: %s [%s]%n  %s".formatted(Json.text(finding, "severity"), Json.text(finding, "message"), Json.text(finding, "code"),
                        Json.text(finding, "advice")).stripTrailing());
            }
            var sizes = new ArrayList<Object>();
            for (var size : List.of("least", "first", "most")) {
                var row = new LinkedHashMap<Object, Object>(Json.map(Json.at(plan, size)));
                row.put("replicas-are", size);
                sizes.add(row);
            }
            call.terminal().out().println();
            call.output().list(sizes, Column.of("AT=replicas-are", "VEES=replicas", "CPUS=capacity.cpu", "MEMORY=capacity.memory:size", "DISK=capacity.disk:size", "PER-HOUR=hourly"));
            Json.list(Json.at(plan, "admission.why")).forEach(line -> call.terminal().out().println("%n%s".formatted(Column.text(line))));
            Json.list(Json.at(plan, "admission.help")).forEach(line -> call.terminal().out().println("  What would help: " + Column.text(line)));
        }
    }

    private static final class Check implements Verb.Work {
        @Override
        public void run(Invocation call) {
            var file = call.arg("MANIFEST");
            var bytes = call.bytes(file);
            var findings = Json.list(call.site().upload("POST", SERVICES + "/check", Map.of("Content-Type", "application/xml"),
                    new Http.Content(new java.io.ByteArrayInputStream(bytes), bytes.length)));
            if (findings.isEmpty() && call.forPeople()) {
                call.hint("Nothing is wrong with %s.".formatted(file));
            } else {
                call.output().list(findings, Column.of("SEVERITY", "LINE", "CODE", "PATH", "MESSAGE", "ADVICE"));
            }
            if (findings.stream().anyMatch(finding -> Json.text(finding, "severity").equals("ERROR"))) {
                throw new Failure(Failure.Exit.REFUSED, "MANIFEST_INVALID", "The manifest cannot be deployed.", "The findings above say why.");
            }
        }
    }

    private static final class Manifest implements Verb.Work {
        @Override
        public void run(Invocation call) {
            try (var body = call.site().open(call.path(SERVICE + "/manifest"), Map.of(), java.time.Duration.ofMinutes(2)).body()) {
                body.transferTo(call.terminal().out());
            } catch (java.io.IOException e) {
                throw new Failure(Failure.Exit.UNREACHABLE, "SITE_UNREACHABLE", "The transfer broke off (%s).".formatted(e.getMessage()), "");
            }
        }
    }

    private static final class Rules implements Verb.Work {
        @Override
        public void run(Invocation call) {
            call.output().list(Json.list(Json.at(call.site().get(call.path(SERVICE)), "components")),
                    RULES);
        }
    }
}
