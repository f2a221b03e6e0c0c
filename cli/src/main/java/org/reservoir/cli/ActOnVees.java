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
        var those = Those.of(call);
        if (call.values("VEE").size() == 1) {
            var answer = act(call, call.arg("VEE"));
            call.output().list(List.of(call.has("--wait") ? Waiting.VEE.until(call, answer) : answer), ONE);
            if (!call.has("--wait") && !Json.text(answer, "doing").isEmpty()) {
                call.hint("Noted. Follow it with: reservoir vee show %s --watch".formatted(Json.text(answer, "id")));
            }
        } else {
            many(call, those);
        }
    }

    private Object act(Invocation call, String vee) {
        var given = fields.apply(call);
        var whole = completion.map(complete -> complete.apply(given, call.site().get(VeeNoun.VEES + "/" + Site.encoded(vee)))).orElse(given);
        return call.site().send("POST", VeeNoun.VEES + "/" + Site.encoded(vee) + "/actions/" + action, Map.of(), whole.isEmpty() ? "" : Json.write(whole, false));
    }

    private void many(Invocation call, Map<String, Object> those) {
        var outcomes = completion.isPresent() ? oneByOne(call, those) : together(call, those);
        var shown = call.has("--wait") ? Waiting.VEE.untilEach(call, outcomes) : outcomes;
        call.output().list(shown, OUTCOMES);
        if (shown.isEmpty()) {
            call.hint("None.");
        }
        var problems = shown.stream().map(outcome -> Json.text(outcome, "problem.code")).filter(code -> !code.isEmpty()).toList();
        if (problems.stream().anyMatch(code -> !code.equals("STILL_UNDER_WAY"))) {
            throw new Failure(Failure.Exit.REFUSED, "SOME_FAILED", "%d of %d were refused or failed.".formatted(problems.size(), shown.size()), "The table says why.");
        } else if (!problems.isEmpty()) {
            throw new Failure(Failure.Exit.TIMED_OUT, "STILL_UNDER_WAY", "%d of %d are still under way.".formatted(problems.size(), shown.size()),
                    "They go on by themselves; look again later, or wait longer with --timeout.");
        }
    }

    private List<?> together(Invocation call, Map<String, Object> those) {
        var body = new LinkedHashMap<>(those);
        body.put("action", fields.apply(call));
        return Json.list(call.site().send("POST", VeeNoun.VEES + "/actions/" + action, Map.of(), Json.write(body, false)));
    }

    private List<?> oneByOne(Invocation call, Map<String, Object> those) {
        var outcomes = new ArrayList<Map<String, Object>>();
        for (var vee : those.containsKey("vees") ? call.values("VEE") : found(call)) {
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

    private static List<String> found(Invocation call) {
        var query = new ArrayList<String>();
        if (call.has("--tag")) {
            query.add("tag=" + Site.encoded(String.join(",", call.values("--tag"))));
        }
        Map.of("--service", "service", "--state", "state", "--on", "host").forEach((option, name) ->
                call.option(option).ifPresent(text -> query.add(name + "=" + Site.encoded(text))));
        return call.site().all(VeeNoun.VEES + "?" + String.join("&", query)).stream().map(vee -> Json.text(vee, "id")).toList();
    }
}
