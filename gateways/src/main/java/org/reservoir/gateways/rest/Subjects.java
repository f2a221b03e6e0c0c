package org.reservoir.gateways.rest;

import java.util.Optional;
import java.util.regex.Pattern;

import org.reservoir.gateways.Ports;
import org.reservoir.kernel.Refused;

/** What measurements are of, as callers name it: whoever holds the thing says whether they may see it. */
final class Subjects {
    private static final Pattern NAMED = Pattern.compile("(vee|host|service)/");

    private final Ports ports;
    private final Names names;

    Subjects(Ports ports, Names names) {
        this.ports = ports;
        this.names = names;
    }

    /** The query parameter {@code subject}, which administrators may leave out. */
    Optional<String> asked(Exchange x) {
        var subject = x.query("subject").map(text -> visible(x, text));
        if (subject.isEmpty() && !x.caller().administrator()) {
            throw Refused.forbidden("ADMINISTRATORS_ONLY", "Only administrators may read all measurements.", "Name a subject, such as subject=vee-7.");
        }
        return subject;
    }

    /** The id of the subject, which the caller may see: whoever holds the thing is asked for it. */
    String visible(Exchange x, String text) {
        var slash = text.indexOf('/');
        var sort = text.substring(0, Math.max(0, slash < 0 ? text.indexOf('-') : slash));
        var name = slash < 0 ? text : text.substring(slash + 1);
        return switch (sort) {
            case "vee" -> ports.vmi().vees().vee(x.caller(), names.vee(x.caller(), name)).id().toString();
            case "host" -> ports.vmi().hosts().host(x.caller(), names.host(x.caller(), name)).id().toString();
            case "service" -> ports.services().map(services -> services.service(x.caller(), names.service(services, x.caller(), name)).id().toString())
                    .orElseThrow(() -> nothing(text));
            default -> site(x, text);
        };
    }

    /** The id of the subject for an administrator: an id is taken as it is, for a peer's VEE is nobody's here, and one that is gone was measured too. */
    String named(Exchange x, String text) {
        return text.contains("/") ? visible(x, text) : text;
    }

    /** What an event is about: more than is measured has events, plans and probes too, and all but names of what is measured is taken as it is. */
    String told(Exchange x, String text) {
        return NAMED.matcher(text).lookingAt() ? visible(x, text) : text;
    }

    /** The id of a host, by id or name. */
    String host(Exchange x, String text) {
        return text.contains("/") ? visible(x, text) : names.host(x.caller(), text).toString();
    }

    private static String site(Exchange x, String text) {
        if (text.equals("site") && x.caller().administrator()) {
            return text;
        }
        throw nothing(text);
    }

    private static Refused nothing(String text) {
        return Refused.invalid("BAD_SUBJECT", "'%s' is nothing that is measured.".formatted(text), "Write it like vee-7, host-2, service-1 or vee/web.");
    }
}
