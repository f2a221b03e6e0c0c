package org.reservoir.cli;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * How long things are waited for: their state is asked again and again, and its changes are told.
 *
 * @param path    of the thing, with {@code {id}}
 * @param passing states that end by themselves
 * @param failed  states that mean it went wrong
 */
record Waiting(String path, Set<String> passing, Set<String> failed) {
    private static final Duration STEP = Duration.ofMillis(300);

    static final Waiting VEE = new Waiting("/api/veem/v1/vees/{id}", Set.of("PENDING", "DEPLOYING", "CHANGING", "SUSPENDING", "STOPPING", "RESUMING",
            "SHUTTING_DOWN", "BOOTING", "MIGRATING", "UNDEPLOYING", "TERMINATING"), Set.of("FAILED"));
    static final Waiting IMAGE = new Waiting("/api/veem/v1/images/{id}", Set.of("IMPORTING"), Set.of("FAILED"));
    static final Waiting SERVICE = new Waiting("/api/sm/v1/services/{id}", Set.of("DEPLOYING", "SCALING", "UNDEPLOYING"), Set.of("FAILED"));
    static final Waiting HOST = new Waiting("/api/veeh/v1/hosts/{id}", Set.of("NEW"), Set.of("UNREACHABLE"));

    /** Gives a thing, or each of a list of things, as it came to rest. */
    Object untilAll(Invocation call, Object answer) {
        return answer instanceof List<?> several ? several.stream().map(each -> until(call, each)).toList() : until(call, answer);
    }

    /** Gives the thing as it came to rest. @throws Failure when it failed, or the time is over */
    Object until(Invocation call, Object thing) {
        var id = Json.text(thing, "id");
        var end = call.terminal().clock().instant().plus(call.duration("--timeout", Duration.ofMinutes(10)));
        try (var progress = new Progress(call)) {
            while (true) {
                progress.now(id + " " + stage(thing), bytes(thing));
                if (rests(thing)) {
                    return rested(thing);
                }
                if (call.terminal().clock().instant().isAfter(end) || !call.terminal().pause().pause(STEP)) {
                    throw new Failure(Failure.Exit.TIMED_OUT, "STILL_UNDER_WAY", "%s is still %s.".formatted(id, Json.text(thing, "state")),
                            "It goes on by itself; look again later, or wait longer with --timeout.");
                }
                thing = call.site().get(path.replace("{id}", Site.encoded(id)));
            }
        }
    }

    /** A running VEE with a ready gate is waited for until its guest is ready; a host that is being emptied, until no VEE is on it. */
    private boolean rests(Object thing) {
        var state = Json.text(thing, "state");
        return switch (state) {
            case "RUNNING" -> !Json.text(thing, "ready").equals("false");
            case "EVACUATING" -> Json.text(thing, "vees").equals("0");
            default -> !passing.contains(state);
        };
    }

    private String stage(Object thing) {
        var line = new StringBuilder(Json.text(thing, "state"));
        for (var more : List.of("doing", "problem")) {
            if (!Json.text(thing, more).isEmpty()) {
                line.append(", ").append(Json.text(thing, more));
            }
        }
        if (Json.text(thing, "state").equals("EVACUATING")) {
            line.append(", ").append(Json.text(thing, "vees")).append(" VEEs to go");
        }
        for (var component : Json.list(Json.at(thing, "components"))) {
            line.append(", %s %s/%s".formatted(Json.text(component, "name"), Json.text(component, "ready"), Json.text(component, "wanted")));
        }
        return line + (Json.text(thing, "ready").equals("true") && Json.text(thing, "state").equals("RUNNING") ? ", ready" : "");
    }

    private String bytes(Object thing) {
        if (!(Json.at(thing, "done") instanceof Number done) || !passing.contains(Json.text(thing, "state"))) {
            return "";
        }
        return Json.at(thing, "length") instanceof Number length && length.longValue() > 0 ? ", %s of %s".formatted(Column.size(done), Column.size(length))
                : done.longValue() > 0 ? ", " + Column.size(done) : "";
    }

    private Object rested(Object thing) {
        if (failed.contains(Json.text(thing, "state"))) {
            throw new Failure(Failure.Exit.REFUSED, "FAILED", "%s failed: %s".formatted(Json.text(thing, "id"), Json.text(thing, "problem")), "");
        }
        return thing;
    }
}
