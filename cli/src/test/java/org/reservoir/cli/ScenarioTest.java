package org.reservoir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reservoir.gateways.FakeVmi;
import org.reservoir.gateways.rest.TestSite;
import org.reservoir.kernel.VeeId;

/**
 * Plays scripts of command lines against a real gateway and compares what is printed with what stands below each line: the standard
 * output as it is, the standard error behind {@code ! }, an exit code other than 0 in brackets. What the gateway answered must be what its OpenAPI document says. {@code -Dgolden=write} writes them anew.
 */
class ScenarioTest {
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

    @TempDir
    private Path home;
    private int users;
    private Tap tap;

    @ParameterizedTest
    @ValueSource(strings = {"vees", "store", "hosts", "leases", "licences", "placement", "plugins", "probes", "access", "services", "money", "site", "completion", "errors", "usage", "measurements"})
    void aScriptOfCommandsPrintsWhatItsFileSays(String name) throws IOException, InterruptedException {
        var file = Path.of("src/test/resources/scenarios", name + ".txt");
        var script = Files.readString(file);
        try (var site = new TestSite(); var tapped = new Tap(site.uri())) {
            tap = tapped;
            site.vmi.looksUntilRunning = name.equals("vees") ? 2 : 0;
            var played = new StringBuilder();
            script.lines().filter(line -> line.startsWith("$ ") || line.startsWith("#")).forEach(line -> played.append(play(site, line)));
            if ("write".equals(System.getProperty("golden"))) {
                Files.writeString(file, played);
            }
            assertThat(played.toString()).isEqualTo(script);
            var judge = site.judge();
            assertThat(tapped.heard()).allSatisfy(each -> assertThat(judge.wrong(each.method(), each.target(), each.status(), each.mediaType(), each.body())).isEmpty());
        }
    }

    private String play(TestSite site, String line) {
        if (line.startsWith("#")) {
            return line + "\n";
        }
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var environment = new java.util.HashMap<>(Map.of("RESERVOIR_URL", tap.uri().toString(), "RESERVOIR_TOKEN", site.token));
        var words = words(line.substring(2), environment, site);
        var input = words.contains("<") ? words.get(words.indexOf("<") + 1) : "";
        var args = words.contains("<") ? words.subList(0, words.indexOf("<")) : words;
        var looks = new int[1];
        var terminal = new Terminal(stream(out), stream(err), new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), false, environment, home,
                InstantSource.fixed(FakeVmi.NOW.plus(Duration.ofHours(3))), _ -> looks[0]++ < 3);
        var exit = new Reservoir(terminal).run(args);
        return line + "\n" + told(out, "") + told(err, "! ") + (exit == 0 ? "" : "[%d]\n".formatted(exit));
    }

    /** Words before the command set its environment, as in a shell; {@code EVE} stands for an ordinary user's token. {@code KPI} and {@code EVENT} happen first. */
    private List<String> words(String line, Map<String, String> environment, TestSite site) {
        var words = new ArrayList<String>();
        for (var match = WORD.matcher(line); match.find();) {
            words.add(match.group(1) != null ? match.group(1) : match.group(2));
        }
        while (!words.getFirst().equals("reservoir")) {
            var pair = words.removeFirst().split("=", 2);
            switch (pair[0]) {
                case "KPI" -> site.site.report(new VeeId(1), FakeVmi.secretOf(new VeeId(1)), Map.of(pair[1].split(":")[0], Double.valueOf(pair[1].split(":")[1])));
                case "EVENT" -> site.site.happens("vee", pair[1], "{\"name\":\"web\",\"from\":\"PENDING\",\"to\":\"RUNNING\",\"host\":\"host-1\",\"why\":\"deploy done\"}");
                default -> environment.put(pair[0], pair[1].equals("EVE") ? site.tokenOf("eve" + users++) : pair[1]);
            }
        }
        words.removeFirst();
        words.replaceAll(word -> word.equals("URL") ? tap.uri().toString() : word.equals("TOKEN") ? site.token : word);
        return words;
    }

    private static PrintStream stream(ByteArrayOutputStream out) {
        return new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    private String told(ByteArrayOutputStream out, String lead) {
        var text = out.toString(StandardCharsets.UTF_8).replaceAll("rsv_[A-Za-z0-9_-]{43}", "rsv_…").replace(tap.uri().toString(), "URL")
                .replaceAll("incident:[0-9a-f]+", "incident:…");
        return text.lines().map(line -> (lead + line).stripTrailing() + "\n").reduce("", String::concat);
    }
}
