package org.reservoir.testbed.demo;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What the demo came to.
 *
 * @param vees         virtual machines made in all
 * @param replicasMost of the web tier, at most
 * @param bill         total of the service's statement
 * @param migration    empty with one host
 */
record Result(int vees, int replicasMost, String bill, String currency, Map<String, Object> migration) {

    String json(Map<String, Double> seconds) {
        var json = JsonNodeFactory.instance.objectNode();
        var stages = json.putObject("seconds");
        seconds.forEach((stage, time) -> stages.put(stage.toLowerCase(Locale.ROOT).replace(' ', '-'), rounded(time)));
        stages.put("total", rounded(seconds.values().stream().mapToDouble(Double::doubleValue).sum()));
        json.put("vees", vees).put("replicasMost", replicasMost).put("bill", bill).put("currency", currency);
        if (!migration.isEmpty()) {
            put(json.putObject("migration"));
        }
        return json.toString();
    }

    private void put(ObjectNode json) {
        migration.forEach((name, value) -> json.putPOJO(name, value));
    }

    private static double rounded(double seconds) {
        return Math.round(seconds * 10) / 10.0;
    }

    String line(Duration total) {
        return "Done in %d s: %d virtual machines, at most %d web replicas, a bill of %s %s.".formatted(total.toSeconds(), vees, replicasMost, bill, currency);
    }
}
