package org.reservoir.cli;

import static org.reservoir.cli.Call.TIMEOUT;
import static org.reservoir.cli.Call.WAIT;

import java.util.Base64;
import java.util.Map;

/** Services and their elasticity rules. */
final class ServiceNouns {
    private static final String SERVICES = "/api/sm/v1/services";
    private static final String SERVICE = SERVICES + "/{SERVICE}";
    private static final String WHICH = "By id (service-3 or 3) or name.";

    private ServiceNouns() {}

    static Noun service() {
        return Noun.of("service", "Services: OVF manifests brought to life.",
                Call.list("List services.", SERVICES, "ID", "NAME", "STATE", "COMPONENTS=components.0.name", "PROBLEM", "AGE=created:age"),
                Call.show("Show a service, its components and replicas.", SERVICE).arg("SERVICE", WHICH),
                Verb.of("check", "Say what is wrong or doubtful with a manifest; changes nothing.", new Check()).arg("MANIFEST", "OVF file, - for the standard input.")
                        .example("service check shop.ovf"),
                manifest("plan", "Show what a submission would do; changes nothing.", "/plan"),
                manifest("submit", "Bring a manifest to life.", "").options(WAIT, TIMEOUT).example("service submit shop shop.ovf --property admin.email=me@shop.example --wait"),
                Verb.of("scale", "Set how many replicas of a component are wanted.", Call.send("POST", SERVICE + "/components/{COMPONENT}/scale").waits(Waiting.SERVICE))
                        .arg("SERVICE", WHICH).arg("COMPONENT", "Its name.").options(Opt.number("--replicas", "N", "Within its bounds.", "replicas").needed(), WAIT, TIMEOUT)
                        .example("service scale shop web --replicas 3 --wait"),
                action("retry", "Get a failed service going: the failed step again."), action("undeploy", "End all its VEEs in reverse startup order."),
                Verb.of("manifest", "Print the manifest as it was handed in.", new Manifest()).arg("SERVICE", WHICH));
    }

    static Noun rule() {
        return Noun.of("rule", "Elasticity rules of services.",
                Verb.of("list", "What rules a service has, by component.", new Rules()).arg("SERVICE", WHICH),
                Verb.of("decisions", "What the rules decided and why, newest first.", Call.table(SERVICE + "/decisions", "AT=at:age", "COMPONENT", "RULE", "FROM", "TO",
                        "IN FORCE=inForce", "WHY")).arg("SERVICE", WHICH).options(Call.WATCH),
                switched("enable", "Put a component's rules in force.", true), switched("disable", "Only note what a component's rules decide.", false));
    }

    private static Verb action(String name, String summary) {
        return Verb.of(name, summary, Call.send("POST", SERVICE + "/actions/" + name).waits(Waiting.SERVICE).columns("ID", "NAME", "STATE", "PROBLEM"))
                .arg("SERVICE", WHICH).options(WAIT, TIMEOUT);
    }

    private static Verb switched(String name, String summary, boolean inForce) {
        return Verb.of(name, summary, call -> call.output().one(call.site().send("PUT", call.path(SERVICE + "/components/{COMPONENT}/rules"), Map.of(),
                Json.write(Map.of("inForce", inForce), false)))).arg("SERVICE", WHICH).arg("COMPONENT", "Its name.");
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
            call.output().one(call.has("--wait") ? Waiting.SERVICE.until(call, answer) : answer);
            if (under.isEmpty() && !call.has("--wait")) {
                call.hint("Follow it with: reservoir service show %s --watch".formatted(Json.text(answer, "name")));
            }
        }
    }

    private static final class Check implements Verb.Work {
        @Override
        public void run(Invocation call) {
            var file = call.arg("MANIFEST");
            var bytes = call.bytes(file);
            var findings = Json.list(call.site().upload("POST", SERVICES + "/check", Map.of("Content-Type", "application/xml"),
                    new Http.Content(new java.io.ByteArrayInputStream(bytes), bytes.length)));
            call.output().list(findings, Column.of("SEVERITY", "LINE", "CODE", "PATH", "MESSAGE", "ADVICE"));
            if (findings.stream().anyMatch(finding -> Json.text(finding, "severity").equals("ERROR"))) {
                throw new Failure(Failure.Exit.REFUSED, "MANIFEST_INVALID", "%s cannot be deployed.".formatted(file), "The findings above say why.");
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
                    Column.of("COMPONENT=name", "LEAST", "MOST", "WANTED", "READY", "IN FORCE=rulesInForce", "RULES"));
        }
    }
}
