package org.reservoir.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How long things are waited for: their state is asked again and again, and its changes are told.
 *
 * @param path    of the thing, with {@code {id}}
 * @param passing states that end by themselves
 * @param failed  states that mean it went wrong
 * @param tells   whether a problem that is told when it has come to rest means that what was asked of it went wrong, though it is as it was
 */
record Waiting(String path, Set<String> passing, Set<String> failed, boolean tells) {
    private static final Duration STEP = Duration.ofMillis(300);
    private static final Pattern CODE = Pattern.compile(" failed: ([A-Z]+(?:_[A-Z]+)+): ");
    /** Begins the problem of an image that is as good as before, and no larger. */
    private static final String NOT_RESIZED = "IMAGE_NOT_RESIZED";

    static final Waiting VEE = new Waiting("/api/veem/v1/vees/{id}", Set.of("PENDING", "DEPLOYING", "CHANGING", "SUSPENDING", "STOPPING", "RESUMING",
            "SHUTTING_DOWN", "BOOTING", "MIGRATING", "UNDEPLOYING", "TERMINATING"), Set.of("FAILED"), true);
    static final Waiting IMAGE = new Waiting("/api/veem/v1/images/{id}", Set.of("IMPORTING"), Set.of("FAILED"), false);
    static final Waiting SERVICE = new Waiting("/api/sm/v1/services/{id}", Set.of("DEPLOYING", "SCALING", "UNDEPLOYING"), Set.of("FAILED"), false);
    static final Waiting HOST = new Waiting("/api/veeh/v1/hosts/{id}", Set.of("NEW", "FALLING_ASLEEP", "WAKING"), Set.of("UNREACHABLE"), false);

    /** Gives a thing, or each of a list of things, as it came to rest. @throws Failure when one failed, or the time is over */
    Object untilAll(Invocation call, Object answer) {
        return answer instanceof List<?> several ? settled(call, several).stream().map(Settled::orThrow).toList() : until(call, answer);
    }

    /** Gives the thing as it came to rest. @throws Failure when it failed, or the time is over */
    Object until(Invocation call, Object thing) {
        return settled(call, List.of(thing)).getFirst().orThrow();
    }

    /** Gives outcomes, each with what came of the thing in it ({@code now}): the thing as it came to rest, and the {@code problem} if it failed. */
    List<?> untilEach(Invocation call, List<?> outcomes) {
        var settled = settled(call, outcomes.stream().filter(Waiting::isNoted).map(outcome -> Json.at(outcome, "now")).toList()).iterator();
        return outcomes.stream().<Object>map(outcome -> isNoted(outcome) ? settled.next().in(Json.map(outcome)) : outcome).toList();
    }

    private static boolean isNoted(Object outcome) {
        return Json.map(outcome).containsKey("now");
    }

    /** A thing when it was waited for no more. */
    private record Settled(Object thing, Optional<Failure> failure) {
        Object orThrow() {
            failure.ifPresent(why -> {
                throw why;
            });
            return thing;
        }

        Object in(Map<?, ?> outcome) {
            var now = new LinkedHashMap<Object, Object>(outcome);
            now.put("now", thing);
            failure.ifPresent(why -> now.put("problem", Map.of("detail", why.getMessage(), "code", why.code())));
            return now;
        }
    }

    /** Waits for all at the same time; in the order given. */
    private List<Settled> settled(Invocation call, List<?> things) {
        var end = call.terminal().clock().instant().plus(call.duration("--timeout", Duration.ofMinutes(10)));
        var settled = new Settled[things.size()];
        var stages = new String[things.size()];
        var worked = new boolean[things.size()];
        try (var progress = new Progress(call)) {
            for (var now = new ArrayList<Object>(things); ; ) {
                for (int i = 0; i < settled.length; i++) {
                    tell(progress, stages, i, now.get(i));
                    worked[i] |= !rests(now.get(i));
                    settled[i] = settled[i] == null && rests(now.get(i)) ? rested(now.get(i), worked[i]) : settled[i];
                }
                if (Arrays.stream(settled).allMatch(Objects::nonNull)) {
                    return List.of(settled);
                }
                var over = call.terminal().clock().instant().isAfter(end) || !call.terminal().pause().pause(STEP);
                for (int i = 0; i < settled.length; i++) {
                    if (settled[i] == null && over) {
                        settled[i] = new Settled(now.get(i), Optional.of(underWay(now.get(i))));
                    } else if (settled[i] == null) {
                        now.set(i, again(call, now.get(i)));
                    }
                }
            }
        }
    }

    /** Of many, what has changed; of one, also how far it has come within its stage. */
    private void tell(Progress progress, String[] stages, int i, Object thing) {
        var stage = Json.text(thing, "id") + " " + stage(thing);
        if (stages.length == 1 || !stage.equals(stages[i])) {
            progress.now(stage, bytes(thing));
        }
        stages[i] = stage;
    }

    private Object again(Invocation call, Object thing) {
        return call.site().get(path.replace("{id}", Site.encoded(Json.text(thing, "id"))));
    }

    private static Failure underWay(Object thing) {
        var state = Json.text(thing, "state");
        return new Failure(Failure.Exit.TIMED_OUT, "STILL_UNDER_WAY", (state.equals("RUNNING") ? "%s is %s and not ready yet." : "%s is still %s.").formatted(Json.text(thing, "id"), state),
                "It goes on by itself; look again later, or wait longer with --timeout.");
    }

    /** A running VEE with a ready gate is waited for until its guest is ready; a host that is being emptied, until no VEE is on it; an image that grows, until it has. */
    private boolean rests(Object thing) {
        var state = Json.text(thing, "state");
        return switch (state) {
            case "RUNNING" -> !Json.text(thing, "ready").equals("false");
            case "EVACUATING" -> Json.text(thing, "vees").equals("0");
            default -> !passing.contains(state) && !grows(thing);
        };
    }

    private static boolean grows(Object thing) {
        return Json.at(thing, "wantedSize") instanceof Number;
    }

    private String stage(Object thing) {
        var line = new StringBuilder(Json.text(thing, "state"));
        if (Json.at(thing, "wantedSize") instanceof Number size) {
            line.append(", growing to ").append(Column.size(size));
        }
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
        if (!(Json.at(thing, "done") instanceof Number done) || !passing.contains(Json.text(thing, "state")) && !grows(thing)) {
            return "";
        }
        return Json.at(thing, "length") instanceof Number length && length.longValue() > 0 ? ", %s of %s".formatted(Column.size(done), Column.size(length))
                : done.longValue() > 0 ? ", " + Column.size(done) : "";
    }

    /** @param worked whether anything was seen to be done with it; a problem that it had before is none of what was asked */
    private Settled rested(Object thing, boolean worked) {
        var problem = Json.text(thing, "problem");
        if (failed.contains(Json.text(thing, "state")) || problem.startsWith(NOT_RESIZED)) {
            return new Settled(thing, Optional.of(failure("%s failed: %s".formatted(Json.text(thing, "id"), problem), "")));
        }
        return new Settled(thing, tells && worked && !problem.isEmpty() ? Optional.of(failure("%s: %s".formatted(Json.text(thing, "id"), problem), "It is %s.".formatted(Json.text(thing, "state"))))
                : Optional.empty());
    }

    /** By the code that the problem tells, as {@code resize failed: NEEDS_POWER_OFF: …}, where it tells one. */
    private static Failure failure(String message, String advice) {
        var told = CODE.matcher(message);
        return new Failure(Failure.Exit.REFUSED, told.find() ? told.group(1) : "FAILED", message, advice);
    }
}
