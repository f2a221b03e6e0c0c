package org.reservoir.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** {@code vee create}: one VEE, or many that are alike. */
final class CreateVees implements Verb.Work {
    private static final List<Column> MADE = Column.of("ID", "NAME", "STATE", "HOST", "ADDRESS=nics.0.addresses");

    @Override
    public void run(Invocation call) {
        var spec = spec(call);
        var made = Json.list(call.site().send("POST", VeeNoun.VEES, Map.of("Idempotency-Key", UUID.randomUUID().toString()), Json.write(specs(call, spec), false)));
        var shown = call.has("--wait") ? Json.list(Waiting.VEE.untilAll(call, made)) : made;
        call.output().list(shown, MADE);
        next(call, shown.getFirst());
    }

    private static void next(Invocation call, Object vee) {
        var name = Json.text(vee, "name");
        if (!call.has("--wait")) {
            call.hint("Noted. Follow it with: reservoir vee show %s --watch".formatted(name));
        } else if (Json.text(vee, "state").equals("RUNNING") && !Json.text(vee, "spec.readyGate").equals("true")) {
            call.hint("It runs; its guest may still be booting. Watch it with: reservoir vee console %s".formatted(name));
        }
    }

    /** What the options say of one VEE. */
    static Map<String, Object> spec(Invocation call) {
        var spec = call.body(Map.of("NAME", "name"));
        spec.putIfAbsent("vcpus", 1);
        spec.putIfAbsent("memory", "256MiB");
        if (spec.get("limits") instanceof Map<?, ?> given) { // of what is not given no more than at the start
            var limits = new LinkedHashMap<Object, Object>(Map.of("vcpus", spec.get("vcpus"), "memory", spec.get("memory")));
            limits.putAll(given);
            spec.put("limits", limits);
        }
        return spec;
    }

    static List<Map<String, Object>> specs(Invocation call, Map<String, Object> spec) {
        if (!call.has("--count")) {
            return List.of(spec);
        }
        var count = call.option("--count").filter(text -> text.matches("[1-9][0-9]{0,4}")).map(Integer::parseInt)
                .orElseThrow(() -> Failure.usage("--count takes a number from 1 to 99999.", ""));
        var specs = new ArrayList<Map<String, Object>>();
        for (int i = 1; i <= count; i++) {
            var one = new LinkedHashMap<>(spec);
            one.put("name", spec.get("name") + "-" + i);
            specs.add(one);
        }
        return specs;
    }
}
