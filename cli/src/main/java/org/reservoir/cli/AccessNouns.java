package org.reservoir.cli;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Users, groups, tokens and quotas. */
final class AccessNouns {
    private static final String USERS = "/api/access/v1/users";
    private static final String USER = USERS + "/{USER}";
    private static final String GROUPS = "/api/access/v1/groups";
    private static final String WHICH = "By id or name; 'me' is you.";

    private AccessNouns() {}

    static Noun user() {
        var fields = new Opt[] {
                Opt.text("--group", "NAME", "The group that what it makes belongs to; 'users' when left out.", "group"),
                Opt.texts("--groups", "NAME", "One more group it is in; as often as wanted.", "groups"),
                Opt.text("--administrator", "BOOLEAN", "true: may do everything.", "administrator").read((_, text) -> Boolean.valueOf(text))};
        return Noun.of("user", "Who may call the site.", () -> List.of(
                Call.list("List users.", USERS, "ID", "NAME", "GROUP", "ADMINISTRATOR", "ENABLED", "AGE=created:age"), Call.show("Show a user.", USER).arg("USER", WHICH),
                Verb.of("create", "Make a user.", Call.send("POST", USERS).with("NAME", "name").columns("ID", "NAME", "GROUP", "ADMINISTRATOR")
                        .hint("Give it a token with: reservoir token create laptop --user {name}")).arg("NAME", "Unique.").options(fields),
                Verb.of("change", "Change a user; what is left out stays.", Call.send("PATCH", USER)).arg("USER", WHICH).options(fields)
                        .options(Opt.text("--enabled", "BOOLEAN", "false: its tokens open nothing.", "enabled").read((_, text) -> Boolean.valueOf(text)),
                                Opt.text("--name", "NAME", "Its new name.", "name")),
                Verb.of("remove", "Remove a user; what it owns stays.", Call.send("DELETE", USER).hint("Removed.")).arg("USER", WHICH)));
    }

    static Noun group() {
        return Noun.of("group", "Users who share permissions and a quota.", () -> List.of(
                Call.list("List groups.", GROUPS, "ID", "NAME"),
                Verb.of("create", "Make a group.", Call.send("POST", GROUPS).with("NAME", "name").columns("ID", "NAME")).arg("NAME", "Unique."),
                Verb.of("remove", "Remove a group without users.", Call.send("DELETE", GROUPS + "/{GROUP}").hint("Removed.")).arg("GROUP", "By id or name.")));
    }

    static Noun token() {
        var user = Opt.text("--user", "USER", "Whose; yours when left out.", "");
        return Noun.of("token", "Keys to a user's account.", () -> List.of(
                Verb.of("list", "List tokens.", call -> call.output().list(Json.list(call.site().get(tokens(call))), Column.of("NAME", "CREATED=created:age", "EXPIRES"))).options(user),
                Verb.of("create", "Make a token; its secret is printed this once.", AccessNouns::create).arg("NAME", "To know it by.")
                        .options(user, Opt.text("--lifetime", "TIME", "How long it opens: 12h, 90d; for ever when left out.", ""))
                        .example("token create laptop --lifetime 90d"),
                Verb.of("revoke", "Revoke a token.", call -> {
                    call.site().send("DELETE", tokens(call) + "/" + Site.encoded(call.arg("NAME")), Map.of(), "");
                    call.hint("Revoked.");
                }).arg("NAME", "Its name.").options(user)));
    }

    private static String tokens(Invocation call) {
        return USERS + "/" + Site.encoded(call.option("--user").orElse("me")) + "/tokens";
    }

    private static void create(Invocation call) {
        var body = new LinkedHashMap<String, Object>(Map.of("name", call.arg("NAME")));
        if (call.has("--lifetime")) {
            body.put("lifetime", call.duration("--lifetime", java.time.Duration.ZERO).toString());
        }
        var issued = call.site().send("POST", tokens(call), Map.of(), Json.write(body, false));
        if (call.forPeople()) {
            call.terminal().out().println(Json.text(issued, "secret"));
            call.hint("Keep it now: it is not shown again. Use it with 'reservoir login URL' or RESERVOIR_TOKEN.");
        } else {
            call.output().one(issued);
        }
    }

    static Noun quota() {
        var limits = new Opt[] {
                Opt.number("--vees", "N", "VEEs at most.", "vees"), Opt.text("--cpu", "SHARE", "CPUs promised at most, such as 8 or 0.5.", "cpu").read((_, text) -> Numbers.milliCpus("--cpu", text)),
                Opt.text("--memory", "SIZE", "Memory at most, such as 16GiB.", "memory").read((_, text) -> Numbers.bytes("--memory", text)),
                Opt.text("--disk", "SIZE", "Disk at most, such as 1TiB.", "disk").read((_, text) -> Numbers.bytes("--disk", text)),
                Opt.number("--addresses", "N", "Addresses at most.", "addresses")};
        var whose = List.of(Opt.text("--user", "USER", "Of this user.", ""), Opt.text("--group", "GROUP", "Of this group together.", ""));
        return Noun.of("quota", "What users and groups may use at most.", () -> List.of(
                Verb.of("show", "Show a quota; no figure means no bound.", call -> show(call, call.site().get(path(call)))).options(whose.toArray(Opt[]::new)),
                Verb.of("set", "Set a quota; what is left out is unbounded.", call -> show(call, call.site().send("PUT", path(call), Map.of(),
                        Json.write(call.body(Map.of()), false)))).options(whose.toArray(Opt[]::new)).options(limits)
                        .example("quota set --user eve --vees 10 --cpu 8 --memory 16GiB")));
    }

    /** CPUs are told in thousandths. */
    private static void show(Invocation call, Object limits) {
        if (!call.forPeople()) {
            call.output().one(limits);
            return;
        }
        var row = new LinkedHashMap<String, Object>();
        for (var bound : List.of("vees", "cpu", "memory", "disk", "addresses")) {
            var value = Json.at(limits, bound);
            row.put(bound, value.equals("") ? "no bound" : bound.equals("cpu") ? new BigDecimal(value.toString()).movePointLeft(3).stripTrailingZeros() : value);
        }
        call.output().list(List.of(row), Column.of("VEES", "CPU", "MEMORY=memory:size", "DISK=disk:size", "ADDRESSES"));
    }

    private static String path(Invocation call) {
        if (call.has("--user") && call.has("--group")) {
            throw Failure.usage("Give --user or --group, not both: " + Set.of("--user", "--group") + ".", "");
        }
        return call.has("--group") ? GROUPS + "/" + Site.encoded(call.option("--group").orElseThrow()) + "/quota"
                : USERS + "/" + Site.encoded(call.option("--user").orElse("me")) + "/quota";
    }
}
