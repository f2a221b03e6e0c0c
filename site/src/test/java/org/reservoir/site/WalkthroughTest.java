package org.reservoir.site;

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
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reservoir.cli.Reservoir;
import org.reservoir.gateways.rest.RestOptions;
import org.reservoir.kernel.VeeId;
import org.reservoir.placement.Policy;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veeh.simulated.SimulatedHosts;
import org.reservoir.veeh.simulated.SimulatedWorld;

/**
 * Plays the command lines of the walkthroughs on a whole site with simulated hosts, whose guests behave as those of the walkthrough do: they say that they are
 * ready, and how much load they have. What is printed must be what the walkthrough shows, but for times and amounts. {@code -Dgolden=write} writes it anew.
 */
@Tag("long")
class WalkthroughTest {
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
    private static final Pattern ORDER = Pattern.compile("http://([0-9.]+)/load\\?level=(\\d+)");
    private static final Map<String, String> STAND_INS = Map.of("qemu:///system", "sim://local", "qemu+tcp://10.77.0.11/system", "sim://one", "qemu+tcp://10.77.0.12/system", "sim://two",
            "examples/two-tier.ovf", "../examples/two-tier.ovf", "shell=local", "label.shell=local"); // a simulated host needs no shell

    @TempDir
    Path data;

    private final SimulatedWorld world = new SimulatedWorld(InstantSource.system()).keepingSeeds();
    private Site site;
    private SpeakingGuests guests;

    @BeforeEach
    void open() throws IOException {
        var imports = Files.createDirectories(data.resolve("import"));
        Files.write(imports.resolve("reservoir-guest.img"), new byte[1 << 20]);
        site = Site.open(new Settings("walk", data, TestDatabase.settings("db/store"), RestOptions.LOCAL, List.of(imports), Policy.STRIPING, false, "test"),
                List.of(new SimulatedHosts(world)), InstantSource.system());
        guests = new SpeakingGuests(world);
    }

    @AfterEach
    void close() {
        guests.close();
        site.close();
    }

    @Test
    void aFirstServiceIsWhatItsWalkthroughShows() throws IOException {
        play("first-service.md");
    }

    @Test
    void twoHostsDoWhatTheirWalkthroughShows() throws IOException {
        play("two-hosts.md");
    }

    private void play(String name) throws IOException {
        var file = Path.of("../docs/walkthroughs", name);
        var told = Files.readString(file);
        var played = new ArrayList<String>();
        var inBox = false;
        for (var line : told.lines().toList()) {
            if (!inBox || line.startsWith("```")) {
                inBox = line.equals("```console");
                played.add(line);
            } else if (line.startsWith("$ ")) {
                played.add(line);
                played.addAll(line.startsWith("$ curl ") ? turn(line) : run(line.substring(2)));
            }
        }
        var text = String.join("\n", played) + "\n";
        if ("write".equals(System.getProperty("golden"))) {
            Files.writeString(file, text);
        }
        assertThat(settled(text)).isEqualTo(settled(Files.readString(file)));
    }

    /** Without what is never the same twice: times, amounts, and the width of columns with them. */
    private static String settled(String text) {
        return text.replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME").replaceAll("\\b\\d+[smh]\\b", "AGE").replaceAll("\\b\\d+\\.\\d+\\b", "N").replaceAll(" +", " ");
    }

    private List<String> run(String line) {
        var words = new ArrayList<String>();
        for (var match = WORD.matcher(line); match.find();) {
            words.add(match.group(1) != null ? match.group(1) : stoodIn(match.group(2)));
        }
        assertThat(words.removeFirst()).isEqualTo("bin/reservoir");
        var input = words.contains("<<<") ? words.get(words.indexOf("<<<") + 1) : "";
        var args = words.contains("<<<") ? words.subList(0, words.indexOf("<<<")) : words;
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var environment = Map.of("RESERVOIR_URL", site.uri().toString(), "RESERVOIR_TOKEN", Site.adminToken(data).orElseThrow());
        var exit = Reservoir.run(args, environment, new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), stream(out), stream(err));
        assertThat(exit).as(line + "\n" + err).isZero();
        return putBack(out.toString(StandardCharsets.UTF_8)).lines().map(String::stripTrailing).toList();
    }

    private static PrintStream stream(ByteArrayOutputStream out) {
        return new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    private String stoodIn(String word) {
        return STAND_INS.getOrDefault(word, word.replace("/srv/reservoir", data.toString()));
    }

    private String putBack(String text) {
        var put = text.replace(data.toString(), "/srv/reservoir");
        for (var each : STAND_INS.entrySet()) {
            put = put.replace(each.getValue(), each.getKey());
        }
        return put;
    }

    /** What is asked of the guest's web server; then the rule is waited for. */
    private List<String> turn(String line) {
        var order = ORDER.matcher(line);
        assertThat(order.find()).as(line).isTrue();
        var row = run("bin/reservoir vee list").stream().filter(each -> each.contains(" " + order.group(1) + " ")).findFirst().orElseThrow();
        guests.load(VeeId.parse(row.split(" ")[0]), Integer.parseInt(order.group(2)));
        var wanted = order.group(2).equals("0") ? 1 : 3;
        until(() -> {
            var web = run("bin/reservoir vee list --service shop --tag component=web");
            return web.size() == 1 + wanted && web.stream().skip(1).allMatch(each -> each.matches(".* RUNNING .* yes .*"));
        });
        return List.of();
    }

    private static void until(BooleanSupplier condition) {
        var end = System.nanoTime() + Duration.ofMinutes(3).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
        }
    }
}
