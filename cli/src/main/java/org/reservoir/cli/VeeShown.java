package org.reservoir.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A VEE as people want to see it: what it is and where, without what is left at its default. Programs get the whole with {@code -o json}. */
final class VeeShown {
    private VeeShown() {}

    static Object of(Object vee) {
        var shown = new LinkedHashMap<String, Object>();
        for (var field : List.of("id", "name", "state", "doing", "problem", "ready", "host", "destination")) {
            copy(shown, field, vee, field);
        }
        copy(shown, "vcpus", vee, "spec.vcpus");
        copy(shown, "cpu", vee, "spec.cpu");
        copy(shown, "memory", vee, "spec.memory");
        shown.put("disks", Json.list(Json.at(vee, "disks")).stream().map(VeeShown::disk).toList());
        shown.put("nics", Json.list(Json.at(vee, "nics")).stream().map(VeeShown::nic).toList());
        shown.put("snapshots", Json.list(Json.at(vee, "snapshots")).stream().map(VeeShown::snapshot).toList());
        for (var field : List.of("limits", "boot", "context", "placement", "hold", "notBefore", "agent", "readyGate", "tags", "notes")) {
            shown.put(field, chosen(Json.at(vee, "spec." + field)));
        }
        shown.put("reschedule", chosen(Json.at(vee, "reschedule")));
        shown.put("owner", "%s, %s, %s".formatted(Json.text(vee, "ownership.user"), Json.text(vee, "ownership.group"), Json.text(vee, "ownership.permissions")));
        copy(shown, "created", vee, "created");
        copy(shown, "changed", vee, "changed");
        return shown;
    }

    private static void copy(Map<String, Object> shown, String name, Object vee, String path) {
        shown.put(name, Json.at(vee, path));
    }

    private static String disk(Object disk) {
        var words = new ArrayList<>(List.of(Json.text(disk, "number") + ":"));
        words.add(Json.text(disk, "image").isEmpty() ? "blank" : Json.text(disk, "image"));
        words.add(Column.size(Json.at(disk, "size")));
        words.add(Json.text(disk, "bus"));
        if (Json.text(disk, "readOnly").equals("true")) {
            words.add("read-only");
        }
        return String.join(" ", words);
    }

    private static String nic(Object nic) {
        var filters = Column.text(Json.at(nic, "filters"));
        return "%s: %s %s %s%s".formatted(Json.text(nic, "number"), Json.text(nic, "network"), Column.text(Json.at(nic, "addresses")), Json.text(nic, "mac"),
                filters.isEmpty() ? "" : " behind " + filters);
    }

    private static String snapshot(Object snapshot) {
        var disk = Json.text(snapshot, "disk");
        return "%s of %s, %s".formatted(Json.text(snapshot, "name"), disk.equals("-1") ? "the whole guest" : "disk " + disk, Column.seconds(Json.text(snapshot, "taken")));
    }

    /** Without what is {@code false}, which is how nearly all is left. */
    private static Object chosen(Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return Boolean.FALSE.equals(value) ? "" : value;
        }
        var some = new LinkedHashMap<Object, Object>();
        map.forEach((key, field) -> some.put(key, chosen(field)));
        return some;
    }
}
