package org.reservoir.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The site as a whole, and what concerns this machine: which sites it knows, and completion. */
final class LocalNouns {
    private static final String LOGIN = "Keep a site's address and a token for it; the token is asked for, or read from the standard input.";

    private LocalNouns() {}

    static Noun site() {
        return Noun.of("site", "The site as a whole.", () -> List.of(
                Verb.of("status", "Whether it answers, and how it is.", Call.get("/api/site/v1/status")).options(Call.WATCH),
                Verb.of("health", "Whether it is ready; needs no token.", Call.get("/health")),
                Verb.of("backup", "Write all that must not be lost into a new file on the site server.", Call.send("POST", "/api/site/v1/backups")
                        .hint("It is brought back with the site's own command: bin/site restore FILE."))));
    }

    static Noun login() {
        return Noun.of("login", LOGIN, () -> List.of(
                Verb.of("", LOGIN, LocalNouns::login)
                        .arg("URL", "Such as https://site.example:8470.").options(Opt.text("--context", "NAME", "To know it by; 'default' when left out.", ""))
                        .example("login http://127.0.0.1:8470 < admin.token")));
    }

    private static void login(Invocation call) {
        var context = new Contexts.Context(call.option("--context").orElse("default"), Contexts.url(call.arg("URL")), token(call), call.contexts().authorities());
        var me = new Site(context).get("/api/access/v1/users/me");
        call.contexts().keep(context);
        call.hint("You are %s at %s.".formatted(Json.text(me, "name"), context.url()));
    }

    private static String token(Invocation call) {
        if (call.terminal().interactive()) {
            return Optional.ofNullable(System.console().readPassword("Token: ")).map(String::new).orElse("").strip();
        }
        var token = call.text("-").strip();
        if (token.isEmpty() || token.contains(" ") || token.contains("\n")) {
            throw Failure.usage("There is no token on the standard input.", "Give it like: reservoir login URL < admin.token");
        }
        return token;
    }

    static Noun context() {
        return Noun.of("context", "Sites that this machine knows.", () -> List.of(
                Verb.of("list", "List them.", LocalNouns::contexts),
                Verb.of("use", "Speak to this one from now on.", call -> call.contexts().use(call.arg("NAME"))).arg("NAME", "As given to 'login --context'."),
                Verb.of("forget", "Forget its address and token.", call -> call.contexts().forget(call.arg("NAME"))).arg("NAME", "Which.")));
    }

    private static void contexts(Invocation call) {
        var current = call.contexts().inForce();
        var rows = new ArrayList<Map<String, Object>>();
        call.contexts().all().values().forEach(context -> {
            var row = new LinkedHashMap<String, Object>();
            row.put("name", context.name());
            row.put("url", context.url().toString());
            row.put("current", context.name().equals(current.name()));
            rows.add(row);
        });
        call.output().list(rows, Column.of("NAME", "URL", "CURRENT"));
    }

    static Noun completion() {
        return Noun.of("completion", "Let the shell complete command lines, names of the site's things too.", () -> List.of(
                shell("bash", "completion bash > ~/.local/share/bash-completion/completions/reservoir"),
                shell("zsh", "completion zsh >> ~/.zshrc"), shell("fish", "completion fish > ~/.config/fish/completions/reservoir.fish")));
    }

    private static Verb shell(String name, String example) {
        return Verb.of(name, "Print the completion script for %s.".formatted(name), call -> call.terminal().out().print(Completion.script(name))).example(example);
    }
}
