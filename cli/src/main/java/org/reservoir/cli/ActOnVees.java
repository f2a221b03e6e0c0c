package org.reservoir.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An action on VEEs: on one, or on each of several by itself. */
record ActOnVees(String action) implements Verb.Work {
    private static final List<Column> OUTCOMES = Column.of("VEE=vee", "NAME=now.name", "STATE=now.state", "PROBLEM=problem.detail");
    private static final List<Column> ONE = Column.of("ID", "NAME", "STATE", "DOING", "HOST");

    @Override
    public void run(Invocation call) {
        var vees = call.values("VEE");
        if (vees.size() == 1) {
            one(call, vees.getFirst());
        } else {
            many(call, vees);
        }
    }

    private void one(Invocation call, String vee) {
        var fields = call.body(Map.of());
        var path = VeeNoun.VEES + "/" + Site.encoded(vee) + "/actions/" + action;
        var answer = call.site().send("POST", path, Map.of(), fields.isEmpty() ? "" : Json.write(fields, false));
        call.output().list(List.of(call.has("--wait") ? Waiting.VEE.until(call, answer) : answer), ONE);
    }

    private void many(Invocation call, List<String> vees) {
        var request = Map.of("vees", vees, "action", call.body(Map.of()));
        var outcomes = Json.list(call.site().send("POST", VeeNoun.VEES + "/actions/" + action, Map.of(), Json.write(request, false)));
        var shown = new ArrayList<Object>(outcomes);
        if (call.has("--wait")) {
            shown.replaceAll(outcome -> Json.map(outcome).containsKey("now") ? Map.of("vee", Json.text(outcome, "vee"),
                    "now", Waiting.VEE.until(call, Json.at(outcome, "now"))) : outcome);
        }
        call.output().list(shown, OUTCOMES);
        var failed = outcomes.stream().filter(outcome -> Json.map(outcome).containsKey("problem")).count();
        if (failed > 0) {
            throw new Failure(Failure.Exit.REFUSED, "SOME_REFUSED", "%d of %d were refused.".formatted(failed, outcomes.size()), "The table says why.");
        }
    }
}
