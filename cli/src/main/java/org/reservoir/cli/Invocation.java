package org.reservoir.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** One run of a verb: what was given on the command line, the site, and the terminal. */
final class Invocation {
    private final Verb verb;
    private final Map<String, List<String>> given;
    private final Terminal terminal;
    private final Output.Format format;
    private final Contexts contexts;
    private Site site;

    /** @param given values by name of argument or option; of a flag {@code true} */
    Invocation(Verb verb, Map<String, List<String>> given, Terminal terminal, Output.Format format) {
        this.verb = verb;
        this.given = given;
        this.terminal = terminal;
        this.format = format;
        contexts = new Contexts(terminal);
    }

    Terminal terminal() {
        return terminal;
    }

    Contexts contexts() {
        return contexts;
    }

    Site site() {
        if (site == null) {
            site = new Site(contexts.inForce());
        }
        return site;
    }

    Output output() {
        return new Output(terminal.out(), format, terminal.clock().instant());
    }

    boolean forPeople() {
        return format == Output.Format.TABLE;
    }

    String arg(String name) {
        return values(name).getFirst();
    }

    List<String> values(String name) {
        return given.getOrDefault(name, List.of());
    }

    Optional<String> option(String name) {
        return values(name).stream().findFirst();
    }

    /** Those that the verb has of its own. */
    String optionNames() {
        return verb.options().stream().map(Opt::name).collect(Collectors.joining(", "));
    }

    boolean has(String name) {
        return given.containsKey(name);
    }

    /** The value of {@code --timeout} and the like: {@code 90s}, {@code 10m}, {@code 2h}, {@code 30d}. */
    Duration duration(String option, Duration otherwise) {
        return option(option).map(text -> duration(text, option)).orElse(otherwise);
    }

    static Duration duration(String text, String option) {
        if (!text.matches("[0-9]{1,9}(ms|[smhd])")) {
            throw Failure.usage("%s takes a time like 90s, 10m, 2h or 30d, not '%s'.".formatted(option, text), "");
        }
        if (text.endsWith("ms")) {
            return Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)));
        }
        var number = Long.parseLong(text.substring(0, text.length() - 1));
        return switch (text.charAt(text.length() - 1)) {
            case 's' -> Duration.ofSeconds(number);
            case 'm' -> Duration.ofMinutes(number);
            case 'h' -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    /** {@code template} with its {@code {ARG}}s filled in and the options that belong into the query behind it. */
    String path(String template) {
        var path = template;
        for (var arg : verb.args()) {
            path = path.replace("{" + arg.name() + "}", Site.encoded(values(arg.name()).isEmpty() ? "" : arg(arg.name())));
        }
        var query = new ArrayList<String>();
        for (var option : verb.options()) {
            if (option.into().startsWith("?") && has(option.name())) {
                query.add(option.into().substring(1) + "=" + Site.encoded(values(option.name()).stream().map(text -> option.reader().apply(this, text).toString())
                        .collect(java.util.stream.Collectors.joining(","))));
            }
        }
        return query.isEmpty() ? path : path + (path.contains("?") ? "&" : "?") + String.join("&", query);
    }

    /** The request's body: what {@code --file} holds, and over it the arguments and options that belong into it. */
    Map<String, Object> body(Map<String, String> args) {
        var body = option("--file").map(this::document).orElseGet(LinkedHashMap::new);
        args.forEach((arg, field) -> {
            if (!values(arg).isEmpty()) {
                put(body, field, arg(arg));
            }
        });
        for (var option : verb.options()) {
            if (!option.into().isEmpty() && !option.into().startsWith("?") && has(option.name())) {
                put(body, option.into(), value(option));
            }
        }
        return body;
    }

    private Object value(Opt option) {
        var values = values(option.name()).stream().map(text -> option.reader().apply(this, text)).toList();
        if (!option.many()) {
            return values.getFirst();
        }
        if (values.getFirst() instanceof Map.Entry<?, ?>) {
            var object = new LinkedHashMap<String, Object>();
            values.forEach(pair -> object.put(((Map.Entry<?, ?>) pair).getKey().toString(), ((Map.Entry<?, ?>) pair).getValue()));
            return object;
        }
        return values;
    }

    @SuppressWarnings("unchecked")
    static void put(Map<String, Object> body, String path, Object value) {
        var dot = path.indexOf('.');
        if (dot < 0) {
            body.put(path, value);
        } else {
            put((Map<String, Object>) body.computeIfAbsent(path.substring(0, dot), _ -> new LinkedHashMap<String, Object>()), path.substring(dot + 1), value);
        }
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> document(String file) {
        if (Json.read(text(file)) instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw Failure.usage("%s holds no JSON object.".formatted(file), "");
    }

    /** What {@code file} holds; {@code -} is the standard input. */
    String text(String file) {
        return new String(bytes(file), StandardCharsets.UTF_8);
    }

    byte[] bytes(String file) {
        try {
            return file.equals("-") ? terminal.in().readAllBytes() : Files.readAllBytes(Path.of(file));
        } catch (IOException e) {
            throw Failure.usage("%s cannot be read (%s).".formatted(file, e.getClass().getSimpleName()), "Give the path of a file, or - for the standard input.");
        }
    }

    /** A line for people that leads on; not on the standard output. */
    void hint(String line) {
        if (!has("--quiet") && forPeople()) {
            terminal.note(line);
        }
    }
}
