package org.reservoir.cli;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code vee tag} and {@code vee note}: sets {@code KEY=VALUE}, takes away {@code KEY-}, and leaves the others. @param field {@code tags} or {@code notes} */
record ChangeWords(String field) implements Verb.Work {
    @Override
    public void run(Invocation call) {
        var path = call.path("/api/veem/v1/vees/{VEE}");
        var words = new TreeMap<String, Object>();
        Json.map(Json.at(call.site().get(path), "spec." + field)).forEach((key, value) -> words.put(key.toString(), value));
        call.values("CHANGE").forEach(change -> apply(words, change));
        call.output().list(List.of(call.site().send("PATCH", path, Map.of(), Json.write(Map.of(field, words), false))),
                Column.of("ID", "NAME", "TAGS=spec.tags", "NOTES=spec.notes"));
    }

    private static void apply(Map<String, Object> words, String change) {
        if (change.endsWith("-") && !change.contains("=")) {
            words.remove(change.substring(0, change.length() - 1));
        } else {
            var pair = Numbers.pair("CHANGE", change);
            words.put(pair.getKey(), pair.getValue());
        }
    }
}
