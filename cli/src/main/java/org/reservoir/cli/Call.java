package org.reservoir.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * The work of most verbs: one request, and its answer shown.
 *
 * @param path    with {@code {ARG}}s
 * @param args    which argument goes into which field of the body
 * @param columns of the answer as a table; none when it is one thing, shown whole
 * @param paged   whether the answer comes in pages, all of which are wanted
 * @param waiting how to wait for what was begun
 * @param shown   what people are shown of each thing
 * @param hint    said afterwards, with {@code {id}} and {@code {name}} of the answer; of a list, said when it is empty
 */
record Call(String method, String path, Map<String, String> args, List<Column> columns, boolean paged, Optional<Waiting> waiting,
            UnaryOperator<Object> shown, String hint) implements Verb.Work {
    static final Opt OUTPUT = Opt.text("--output", "FORMAT", "table (for people), json or yaml (for programs).", "");
    static final Opt QUIET = Opt.flag("--quiet", "Say no more than what was asked for.", "");
    static final Opt WATCH = Opt.flag("--watch", "Show it again every two seconds, until interrupted.", "");
    static final Opt WAIT = Opt.flag("--wait", "Wait until it is done, telling the states that it passes.", "");
    static final Opt TIMEOUT = Opt.text("--timeout", "TIME", "How long --wait waits: 90s, 10m (default), 2h.", "");
    static final Opt FILE = Opt.text("--file", "FILE", "Begin with the JSON of this file, - for the standard input; other options go over it.", "");
    private static final Duration AGAIN = Duration.ofSeconds(2);

    private static Call of(String method, String path) {
        return new Call(method, path, Map.of(), List.of(), false, Optional.empty(), UnaryOperator.identity(), "");
    }

    static Verb list(String summary, String path, String... columns) {
        return Verb.of("list", summary, pages(path, columns)).options(WATCH);
    }

    static Verb show(String summary, String path) {
        return Verb.of("show", summary, get(path)).options(WATCH);
    }

    static Call get(String path) {
        return of("GET", path);
    }

    static Call table(String path, String... columns) {
        return get(path).columns(columns);
    }

    /** A table of all pages. */
    static Call pages(String path, String... columns) {
        return new Call("GET", path, Map.of(), Column.of(columns), true, Optional.empty(), UnaryOperator.identity(), "");
    }

    static Call send(String method, String path) {
        return of(method, path);
    }

    /** @param field of the body, for the argument */
    Call with(String arg, String field) {
        var more = new LinkedHashMap<>(args);
        more.put(arg, field);
        return new Call(method, path, more, columns, paged, waiting, shown, hint);
    }

    Call waits(Waiting how) {
        return new Call(method, path, args, columns, paged, Optional.of(how), shown, hint);
    }

    Call hint(String line) {
        return new Call(method, path, args, columns, paged, waiting, shown, line);
    }

    Call columns(String... others) {
        return new Call(method, path, args, Column.of(others), paged, waiting, shown, hint);
    }

    Call shown(UnaryOperator<Object> how) {
        return new Call(method, path, args, columns, paged, waiting, how, hint);
    }

    @Override
    public void run(Invocation call) {
        if (method.equals("GET")) {
            do {
                showAgain(call);
            } while (call.has("--watch") && call.terminal().pause().pause(AGAIN));
            return;
        }
        var answer = answer(call);
        if (waiting.isPresent() && call.has("--wait")) {
            answer = waiting.get().untilAll(call, answer);
        }
        tell(call, answer);
    }

    private void showAgain(Invocation call) {
        var answer = paged ? call.site().all(call.path(path)) : call.site().get(call.path(path));
        if (call.has("--watch") && call.terminal().interactive()) {
            call.terminal().out().print("\033[H\033[2J");
        }
        show(call, answer);
        if (!columns.isEmpty() && items(answer).isEmpty()) {
            call.hint(hint.isEmpty() ? "None." : hint);
        }
    }

    private static List<?> items(Object answer) {
        return answer instanceof List<?> several ? several : Json.at(answer, "items") instanceof List<?> page ? page : List.of(answer);
    }

    private Object answer(Invocation call) {
        var body = method.equals("DELETE") ? Map.of() : call.body(args);
        if (body.isEmpty() && method.equals("PATCH")) {
            throw Failure.usage("Say what is to change.", "One or more of %s.".formatted(call.optionNames()));
        }
        var headers = method.equals("POST") ? Map.of("Idempotency-Key", UUID.randomUUID().toString()) : Map.<String, String>of();
        return call.site().send(method, call.path(path), headers, body.isEmpty() ? "" : Json.write(body, false));
    }

    void tell(Invocation call, Object answer) {
        if (!Json.map(answer).isEmpty() || !Json.list(answer).isEmpty()) {
            show(call, answer);
        }
        boolean waited = waiting.isPresent() && call.has("--wait");
        if (!hint.isEmpty() && !waited) {
            call.hint(hint.replace("{id}", Json.text(answer, "id")).replace("{name}", Json.text(answer, "name")));
        }
    }

    private void show(Invocation call, Object answer) {
        if (columns.isEmpty()) {
            call.output().one(call.forPeople() ? shown.apply(answer) : answer);
        } else {
            var items = items(answer);
            call.output().list(call.forPeople() ? items.stream().map(shown).toList() : items, columns);
        }
    }
}
