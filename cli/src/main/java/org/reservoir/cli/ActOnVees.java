package org.reservoir.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * An action on VEEs: on one, or on each of several by itself.
 *
 * @param fields     the action's, from the command line
 * @param completion makes them whole for a VEE, when what was left out stays as it is there; empty when they are whole
 */
record ActOnVees(String action, Function<Invocation, Map<String, Object>> fields, Optional<BiFunction<Map<String, Object>, Object, Map<String, Object>>> completion)
        implements Verb.Work {
    private static final List<Column> OUTCOMES = Column.of("VEE=vee", "NAME=now.name", "STATE=now.state", "PROBLEM=problem.detail");
    private static final List<Column> ONE = Column.of("ID", "NAME", "STATE", "DOING", "HOST");

    static ActOnVees with(String action) {
        return new ActOnVees(action, call -> call.body(Map.of()), Optional.empty());
    }

    @Override
    public void run(Invocation call) {
        var vees = call.values("VEE");
        if (vees.size() == 1) {
            var answer = act(call, vees.getFirst());
            call.output().list(List.of(call.has("--wait") ? Waiting.VEE.until(call, answer) : answer), ONE);
        } else {
            many(call, vees);
        }
    }

    private Object act(Invocation call, String vee) {
        var given = fields.apply(call);
        var whole = completion.map(complete -> complete.apply(given, call.site().get(VeeNoun.VEES + "/" + Site.encoded(vee)))).orElse(given);
        return call.site().send("POST", VeeNoun.VEES + "/" + Site.encoded(vee) + "/actions/" + action, Map.of(), whole.isEmpty() ? "" : Json.write(whole, false));
    }

    private void many(Invocation call, List<String> vees) {
        var outcomes = completion.isPresent() ? oneByOne(call, vees) : Json.list(call.site().send("POST", VeeNoun.VEES + "/actions/" + action, Map.of(),
                Json.write(Map.of("vees", vees, "action", fields.apply(call)), false)));
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

    private List<?> oneByOne(Invocation call, List<String> vees) {
        var outcomes = new ArrayList<Map<String, Object>>();
        for (var vee : vees) {
            var outcome = new LinkedHashMap<String, Object>(Map.of("vee", vee));
            try {
                outcome.put("now", act(call, vee));
            } catch (Failure failure) {
                outcome.put("problem", Map.of("detail", failure.getMessage(), "code", failure.code()));
            }
            outcomes.add(outcome);
        }
        return outcomes;
    }
}
