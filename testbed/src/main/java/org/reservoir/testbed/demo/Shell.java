package org.reservoir.testbed.demo;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.reservoir.cli.Reservoir;

/** The {@code reservoir} command, run in this process against one site: what a person would type, shown with its answer, or asked in silence. */
final class Shell {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, String> environment;
    private final Screen screen;

    Shell(String url, String token, Screen screen) {
        this.environment = Map.of("RESERVOIR_URL", url, "RESERVOIR_TOKEN", token);
        this.screen = screen;
    }

    /** Types the command, shows its answer, and expects it to succeed. */
    void type(String... words) {
        screen.command("reservoir " + List.of(words).stream().map(Shell::quoted).collect(Collectors.joining(" ")));
        var answer = run(List.of(words));
        answer.out().lines().forEach(screen::tell);
        if (answer.exit() != 0) {
            throw new Demo.Failed("reservoir %s: %s".formatted(words[0], answer.err().strip()));
        }
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:=,%+@-]+") ? word : "'" + word + "'";
    }

    /** The answer as JSON, without showing anything. */
    JsonNode ask(String... words) {
        var asked = new ArrayList<>(List.of(words));
        asked.addAll(List.of("-o", "json"));
        var answer = run(asked);
        if (answer.exit() != 0) {
            throw new Demo.Failed("reservoir %s: %s".formatted(String.join(" ", words), answer.err().strip()));
        }
        try {
            return JSON.readTree(answer.out());
        } catch (IOException e) {
            throw new UncheckedIOException(answer.out(), e);
        }
    }

    /** What a guest's own shell answers to a command that is typed at its console; over when it has been silent for so many seconds. */
    String inGuest(String vee, String command, int silence) {
        return run(List.of("vee", "console", vee, "--silence", silence + "s"), new ByteArrayInputStream((command + "\n").getBytes(StandardCharsets.UTF_8))).out();
    }

    /** Whether it succeeded; for cleaning up, where a thing that is gone already is no failure. */
    boolean attempt(String... words) {
        return run(List.of(words)).exit() == 0;
    }

    private Answer run(List<String> words) {
        return run(words, InputStream.nullInputStream());
    }

    private Answer run(List<String> words, InputStream in) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        try (var outPrint = new PrintStream(out, true, StandardCharsets.UTF_8); var errPrint = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            var exit = Reservoir.run(words, environment, in, outPrint, errPrint);
            return new Answer(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        }
    }

    private record Answer(int exit, String out, String err) {}
}
