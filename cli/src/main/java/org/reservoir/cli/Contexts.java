package org.reservoir.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which sites the user knows, in {@code ~/.config/reservoir/config}: a line {@code current NAME}, then lines {@code NAME URL TOKEN}. Only its owner can
 * read it. {@code RESERVOIR_URL} and {@code RESERVOIR_TOKEN} go before it.
 */
final class Contexts {
    static final String DEFAULT_URL = "http://127.0.0.1:8470";

    private final Terminal terminal;
    private final Path file;

    /** @param authorities PEM file of those who vouch for the site, beside the system's: {@code RESERVOIR_CA} */
    record Context(String name, URI url, String token, Optional<String> authorities) {}

    Contexts(Terminal terminal) {
        this.terminal = terminal;
        var folder = Optional.ofNullable(terminal.environment().get("XDG_CONFIG_HOME")).map(Path::of).orElse(terminal.home().resolve(".config"));
        file = folder.resolve("reservoir").resolve("config");
    }

    /** Where this command goes. */
    Context inForce() {
        var kept = current();
        var url = Optional.ofNullable(terminal.environment().get("RESERVOIR_URL")).map(Contexts::url);
        var token = Optional.ofNullable(terminal.environment().get("RESERVOIR_TOKEN")).map(String::strip);
        return new Context(kept.map(Context::name).orElse("default"),
                url.or(() -> kept.map(Context::url)).orElse(URI.create(DEFAULT_URL)), token.or(() -> kept.map(Context::token)).orElse(""), authorities());
    }

    Optional<String> authorities() {
        return Optional.ofNullable(terminal.environment().get("RESERVOIR_CA"));
    }

    static URI url(String text) {
        var url = URI.create(text.strip().replaceAll("/+$", ""));
        if (url.getHost() == null || !List.of("http", "https").contains(url.getScheme())) {
            throw Failure.usage("'%s' is no address of a site.".formatted(text), "Write it like https://site.example:8470.");
        }
        return url;
    }

    Optional<Context> current() {
        var lines = lines();
        return lines.isEmpty() ? Optional.empty() : Optional.ofNullable(all().get(lines.getFirst().replaceFirst("current ", "")));
    }

    Map<String, Context> all() {
        var all = new LinkedHashMap<String, Context>();
        for (var line : lines()) {
            var words = line.split(" ");
            if (words.length == 3) {
                all.put(words[0], new Context(words[0], url(words[1]), words[2], authorities()));
            }
        }
        return all;
    }

    void keep(Context context) {
        var all = all();
        all.put(context.name(), context);
        write(context.name(), all);
    }

    void use(String name) {
        write(existing(name).name(), all());
    }

    void forget(String name) {
        var all = all();
        all.remove(existing(name).name());
        write(current().map(Context::name).filter(all::containsKey).orElse(all.isEmpty() ? "" : all.keySet().iterator().next()), all);
    }

    private Context existing(String name) {
        return Optional.ofNullable(all().get(name)).orElseThrow(() ->
                new Failure(Failure.Exit.NOT_FOUND, "CONTEXT_NOT_FOUND", "There is no context %s.".formatted(name), "See 'reservoir context list'."));
    }

    private List<String> lines() {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw Failure.usage("%s cannot be read: %s.".formatted(file, e.getMessage()), "");
        }
    }

    private void write(String current, Map<String, Context> all) {
        var lines = new ArrayList<>(List.of("current " + current));
        all.values().forEach(context -> lines.add("%s %s %s".formatted(context.name(), context.url(), context.token())));
        try {
            Files.createDirectories(file.getParent());
            var next = Files.createTempFile(file.getParent(), "config", "", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(next, lines);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw Failure.usage("%s cannot be written: %s.".formatted(file, e.getMessage()), "");
        }
    }
}
