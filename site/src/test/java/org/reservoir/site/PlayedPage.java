package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import org.reservoir.cli.Reservoir;
import org.reservoir.gateways.rest.RestOptions;
import org.reservoir.placement.Policy;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veeh.simulated.SimulatedHosts;

/**
 * A page of docs/how-to-add that is played line by line: its Java is written down, its commands are run with the JDK's own tools and against a
 * site of its own, and what that answers is compared. {@code -Dgolden=write} writes it anew.
 */
final class PlayedPage {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);
    private final Path page;
    private final Path data;
    private final Path desk;
    private Site site;

    /** @param data of the site @param desk where the reader works */
    PlayedPage(Path page, Path data, Path desk) {
        this.page = page;
        this.data = data;
        this.desk = desk;
    }

    /** @param settled leaves out what is never the same twice */
    void play(String source, UnaryOperator<String> settled) throws Exception {
        var told = Files.readString(page);
        Files.writeString(desk.resolve(source), told.substring(told.indexOf("```java\n") + 8, told.indexOf("```\n", told.indexOf("```java\n") + 8)));
        site = Site.open(new Settings("plugged", data, TestDatabase.settings("db/store"), RestOptions.LOCAL, List.of(), Policy.STRIPING, false, "test"),
                List.of(new SimulatedHosts()), InstantSource.system());
        try {
            var played = play(told);
            if ("write".equals(System.getProperty("golden"))) {
                Files.writeString(page, played);
            }
            assertThat(settled(played, settled)).isEqualTo(settled(Files.readString(page), settled));
        } finally {
            site.close();
        }
    }

    private static String settled(String text, UnaryOperator<String> settled) {
        return settled.apply(text.replaceAll("\\b[0-9a-f]{64}\\b", "SIGNER").replaceAll("\\b\\d+[smh]\\b", "AGE")).replaceAll(" +", " ");
    }

    private String play(String told) throws Exception {
        var played = new ArrayList<String>();
        var inBox = false;
        var lines = told.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i);
            if (!inBox || line.startsWith("```")) {
                inBox = line.equals("```console");
                played.add(line);
            } else if (line.startsWith("$ ")) {
                played.add(line);
                played.addAll(line.startsWith("$ bin/reservoir ") ? reservoir(line.substring(16), answered(lines, i + 1)) : shell(line.substring(2)));
            }
        }
        return String.join("\n", played) + "\n";
    }

    /** How many lines the page says that it answers. */
    private static int answered(List<String> lines, int from) {
        int to = from;
        while (!lines.get(to).startsWith("$ ") && !lines.get(to).startsWith("```")) {
            to++;
        }
        return to - from;
    }

    /** What is asked for again until there is as much of it as the page says: what was put into force is so a moment later. */
    private List<String> reservoir(String words, int lines) {
        var deadline = System.nanoTime() + PATIENCE;
        var answer = reservoir(words);
        while (words.matches("\\w+ (list|kinds)\\b.*") && answer.size() != lines && System.nanoTime() < deadline) {
            java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
            answer = reservoir(words);
        }
        return answer;
    }

    private List<String> reservoir(String words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var environment = Map.of("RESERVOIR_URL", site.uri().toString(), "RESERVOIR_TOKEN", Site.adminToken(data).orElseThrow());
        var args = List.of(words.replaceAll("[a-z-]+\\.jar", desk.toString() + "/$0").split(" "));
        var exit = Reservoir.run(args, environment, new ByteArrayInputStream(new byte[0]), stream(out), stream(err));
        assertThat(exit).as(words + "\n" + err).isZero();
        return out.toString(StandardCharsets.UTF_8).lines().map(String::stripTrailing).toList();
    }

    private static PrintStream stream(ByteArrayOutputStream out) {
        return new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    /** What the tools print is theirs. */
    private List<String> shell(String line) throws IOException, InterruptedException {
        var here = Path.of("..").toAbsolutePath().normalize();
        var command = line.replaceAll("\\b([a-z-]+/target/classes)", here + "/$1").replace("/srv/reservoir", data.toString());
        var builder = new ProcessBuilder("sh", "-ec", command).directory(desk.toFile()).redirectErrorStream(true);
        builder.environment().merge("PATH", Path.of(System.getProperty("java.home"), "bin").toString(), (path, tools) -> tools + ":" + path);
        var process = builder.start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(line).isTrue();
        assertThat(process.exitValue()).as(line + "\n" + said).isZero();
        return List.of();
    }
}
