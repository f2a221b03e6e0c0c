package org.reservoir.cli;

import java.time.Duration;
import java.time.Instant;
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
    static final Waiting HOST = new Waiting("/api/veeh/v1/hosts/{id}", Set.of("NEW", "EVACUATING"), Set.of("UNREACHABLE"));

    /** Gives the thing as it came to rest. @throws Failure when it failed, or the time is over */
    Object until(Invocation call, Object thing) {
        var id = Json.text(thing, "id");
        var begin = call.terminal().clock().instant();
        var end = begin.plus(call.duration("--timeout", Duration.ofMinutes(10)));
        var told = "";
        while (true) {
            var line = line(thing);
            if (!line.equals(told)) {
                call.terminal().note("%6s  %s %s".formatted(elapsed(begin, call), id, line));
                told = line;
            }
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

    private static String elapsed(Instant begin, Invocation call) {
        var time = Duration.between(begin, call.terminal().clock().instant());
        return "%d.%ds".formatted(time.toSeconds(), time.toMillisPart() / 100);
    }

    /** A running VEE with a ready gate is waited for until its guest is ready. */
    private boolean rests(Object thing) {
        var state = Json.text(thing, "state");
        return !passing.contains(state) && !(state.equals("RUNNING") && Json.text(thing, "ready").equals("false"));
    }

    private String line(Object thing) {
        var line = new StringBuilder(Json.text(thing, "state"));
        for (var more : java.util.List.of("doing", "problem")) {
            if (!Json.text(thing, more).isEmpty()) {
                line.append(", ").append(Json.text(thing, more));
            }
        }
        if (Json.at(thing, "done") instanceof Number done && passing.contains(Json.text(thing, "state"))) {
            line.append(' ').append(Column.size(done)).append(" of ").append(Column.size(Json.at(thing, "length")));
        }
        return line + (Json.text(thing, "ready").equals("true") && Json.text(thing, "state").equals("RUNNING") ? ", ready" : "");
    }

    private Object rested(Object thing) {
        if (failed.contains(Json.text(thing, "state"))) {
            throw new Failure(Failure.Exit.REFUSED, "FAILED", "%s failed: %s".formatted(Json.text(thing, "id"), Json.text(thing, "problem")), "");
        }
        return thing;
    }
}
