package org.reservoir.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** {@code own}: gives things to another owner or changes their permissions; what is left out stays. */
final class Owning {
    static final Opt[] OPTIONS = {Opt.text("--user", "USER", "Its new owner.", "user").read((call, text) -> id(call, "users", "user", text)),
            Opt.text("--group", "GROUP", "The group that shares it.", "group").read((call, text) -> id(call, "groups", "group", text)),
            Opt.text("--permissions", "UMAUMAUMA", "Use, manage, administer for owner, group and others: um-u--u-- for all to use.", "permissions")};

    private Owning() {}

    /** For things whose ownership is changed by PATCH. */
    static Verb verb(String path, String arg, String which) {
        return Verb.of("own", "Give it to another owner, or change permissions; what is left out stays.", call -> {
            var thing = call.site().get(call.path(path));
            var wanted = Json.write(completed(call.body(Map.of()), thing), false);
            call.output().one(call.site().send("PATCH", call.path(path), Map.of(), wanted));
        }).arg(arg, which).options(OPTIONS);
    }

    static Map<String, Object> completed(Map<String, Object> given, Object thing) {
        if (given.isEmpty()) {
            throw Failure.usage("Say what is to change: --user, --group or --permissions.", "");
        }
        var whole = new LinkedHashMap<String, Object>();
        Json.map(Json.at(thing, "ownership")).forEach((field, value) -> whole.put(field.toString(), value));
        whole.putAll(given);
        return whole;
    }

    private static Object id(Invocation call, String plural, String prefix, String text) {
        return text.matches(prefix + "-[0-9]+") ? text : Json.text(call.site().get("/api/access/v1/" + plural + "/" + Site.encoded(text)), "id");
    }
}
