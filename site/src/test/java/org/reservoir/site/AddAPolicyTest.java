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

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.cli.Reservoir;
import org.reservoir.gateways.rest.RestOptions;
import org.reservoir.placement.Policy;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veeh.simulated.SimulatedHosts;

/** Does what docs/how-to-add/a-policy.md says, with the JDK's own tools, and compares what the site answers. {@code -Dgolden=write} writes it anew. */
@Tag("long")
class AddAPolicyTest {
    private static final Path PAGE = Path.of("../docs/how-to-add/a-policy.md");
    @TempDir
    private Path data;
    @TempDir
    private Path desk;
    private Site site;

    @Test
    void whoeverDoesWhatThePageSaysHasAPolicyOfTheirOwn() throws Exception {
        var told = Files.readString(PAGE);
        Files.writeString(desk.resolve("Coolest.java"), told.substring(told.indexOf("```java\n") + 8, told.indexOf("```\n", told.indexOf("```java\n") + 8)));
        site = Site.open(new Settings("plugged", data, TestDatabase.settings("db/store"), RestOptions.LOCAL, List.of(), Policy.STRIPING, false, "test"),
                List.of(new SimulatedHosts()), InstantSource.system());
        try {
            var played = play(told);
            if ("write".equals(System.getProperty("golden"))) {
                Files.writeString(PAGE, played);
            }
            assertThat(settled(played)).isEqualTo(settled(Files.readString(PAGE)));
        } finally {
            site.close();
        }
    }

    private String play(String told) throws Exception {
        var played = new ArrayList<String>();
        var inBox = false;
        for (var line : told.lines().toList()) {
            if (!inBox || line.startsWith("```")) {
                inBox = line.equals("```console");
                played.add(line);
            } else if (line.startsWith("$ ")) {
                played.add(line);
                played.addAll(line.startsWith("$ bin/reservoir ") ? reservoir(line.substring(16)) : shell(line.substring(2)));
            }
        }
        return String.join("\n", played) + "\n";
    }

    /** Without what is never the same twice. */
    private static String settled(String text) {
        return text.replaceAll("\\b[0-9a-f]{64}\\b", "SIGNER").replaceAll("\\b\\d+[smh]\\b", "AGE").replaceAll(" +", " ");
    }

    private List<String> reservoir(String words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var environment = Map.of("RESERVOIR_URL", site.uri().toString(), "RESERVOIR_TOKEN", Site.adminToken(data).orElseThrow());
        var args = List.of(words.replace("coolest.jar", desk.resolve("coolest.jar").toString()).split(" "));
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
        var command = line.replace("placement/target", here + "/placement/target").replace("kernel/target", here + "/kernel/target").replace("/srv/reservoir", data.toString());
        var builder = new ProcessBuilder("sh", "-ec", command).directory(desk.toFile()).redirectErrorStream(true);
        builder.environment().merge("PATH", Path.of(System.getProperty("java.home"), "bin").toString(), (path, tools) -> tools + ":" + path);
        var process = builder.start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(line).isTrue();
        assertThat(process.exitValue()).as(line + "\n" + said).isZero();
        return List.of();
    }
}
