package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.gateways.rest.RestOptions;
import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.HostRequest;
import org.reservoir.interfaces.vmi.VeeSpec;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.DataSize;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.UserId;
import org.reservoir.kernel.VeeId;
import org.reservoir.placement.Policy;
import org.reservoir.store.DatabaseSettings;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.telemetry.Server;
import org.reservoir.telemetry.nats.NatsSettings;
import org.reservoir.veeh.simulated.SimulatedHosts;
import org.reservoir.veeh.simulated.SimulatedWorld;

import picocli.CommandLine;

/** Two servers of a site, each with ears of its own, share what they hear over a NATS server that asks for a password and speaks TLS. */
@Tag("long")
class ServersOfASiteTest {
    private static final Caller ADMIN = new Caller(new UserId(1), "admin", new GroupId(1), Set.of(new GroupId(1)), true);
    private static final Pattern LAST = Pattern.compile("last: ([0-9.]+)");

    @TempDir
    private Path folder;
    private final DatabaseSettings database = TestDatabase.settings("db/store");
    private final SimulatedWorld world = new SimulatedWorld(InstantSource.system()).keepingSeeds();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Set<VeeId> ready = new HashSet<>();

    private Site open(String server, NatsSettings nats) {
        return Site.open(new Settings("shared", folder.resolve(server), database, RestOptions.LOCAL, List.of(folder.resolve("import")), Policy.STRIPING, false, server).measuring(measuring -> measuring.sharing(nats)),
                List.of(new SimulatedHosts(world)), InstantSource.system());
    }

    private Path secret(String name, String text) throws IOException {
        return Files.writeString(Files.createFile(folder.resolve(name), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))), text + "\n");
    }

    private Server nats(int port) throws Exception {
        assertThat(new ProcessBuilder("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout", folder.resolve("nats.key").toString(), "-out", folder.resolve("nats.pem").toString()).redirectErrorStream(true).redirectOutput(folder.resolve("openssl.log").toFile()).start()
                .waitFor()).isZero();
        var configuration = Files.writeString(folder.resolve("nats.conf"), """
                listen: "127.0.0.1:%d"
                authorization { user: reservoir, password: "a secret" }
                tls { cert_file: "%s", key_file: "%s" }
                """.formatted(port, folder.resolve("nats.pem"), folder.resolve("nats.key")));
        return new Server(List.of(Server.program("nats-server"), "-c", configuration.toString()), folder, port);
    }

    private NatsSettings options(int port) throws IOException {
        return CommandLine.populateCommand(new NatsShare.Options(), "--nats", "tls://localhost:" + port, "--nats-user", "reservoir", "--nats-password", secret("password", "a secret").toString(),
                "--nats-trust", folder.resolve("nats.pem").toString(), "--nats-key", secret("key", "0123456789abcdef".repeat(4)).toString()).settings().orElseThrow();
    }

    private VeeId running(Site site) throws InterruptedException {
        var spec = VeeSpec.of("one", 1, DataSize.mebibytes(64));
        var id = site.vmi().vees().create(ADMIN, new VeeSpec("one", 1, spec.cpu(), spec.memory(), spec.limits(), spec.boot(), spec.disks(), spec.nics(), spec.context(),
                spec.placement(), false, Optional.empty(), false, true, spec.tags(), spec.notes())).id();
        for (long end = System.nanoTime() + 120_000_000_000L; site.vmi().vees().vee(ADMIN, id).state() != VeeState.RUNNING; Thread.sleep(50)) {
            assertThat(System.nanoTime()).as("it runs in time").isLessThan(end);
        }
        return id;
    }

    private void report(Site to, VeeId vee, int jobs) throws IOException, InterruptedException {
        say(to, vee, "kpis", "{\"queue.jobs\": " + jobs + "}");
    }

    /** What a guest tells one of the servers, and no other. */
    private void say(Site to, VeeId vee, String what, String body) throws IOException, InterruptedException {
        var seed = new String(world.machine("h1").guest(vee).orElseThrow().seed().get("reservoir.env"), StandardCharsets.UTF_8);
        var secret = seed.lines().filter(line -> line.startsWith("VEE_SECRET=")).map(line -> line.replaceAll("VEE_SECRET='|'", "")).findFirst().orElseThrow();
        var request = HttpRequest.newBuilder(URI.create(to.uri() + "/api/monitoring/v1/guests/" + vee + "/" + what)).header("Authorization", "Bearer " + secret).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build();
        assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(204);
    }

    /** Once, as guests do: who says it again and again is refused. */
    private void sayReady(Site to, VeeId vee) throws IOException, InterruptedException {
        if (ready.add(vee)) {
            say(to, vee, "ready", "");
        }
    }

    private static double last(Commands commands, VeeId vee) {
        var found = LAST.matcher(commands.say("measurement show " + vee + " queue.jobs --for 5m"));
        return found.find() ? Double.parseDouble(found.group(1)) : 0;
    }

    /** Reports on and on to one server, until another knows one of these reports; gives the next number back. */
    private int until(Site told, Commands asked, VeeId vee, int from) throws IOException, InterruptedException {
        int jobs = from;
        for (long end = System.nanoTime() + 180_000_000_000L; last(asked, vee) < from; Thread.sleep(200)) {
            assertThat(System.nanoTime()).as(asked.say("measurement show " + vee + " queue.jobs")).isLessThan(end);
            report(told, vee, jobs++);
        }
        return jobs;
    }

    @Test
    void whatAGuestTellsOneServerTheOtherKnowsAlsoAfterNatsWasGoneForHalfAMinute() throws Exception {
        int port = Server.freePort();
        try (var nats = nats(port)) {
            var settings = options(port);
            try (var first = open("server-1", settings); var second = open("server-2", settings)) {
                var one = Commands.of(first, folder.resolve("server-1"));
                var two = new Commands(second, one.token());
                first.vmi().hosts().add(ADMIN, HostRequest.of("h1", "sim://h1"));
                var vee = running(first);
                int jobs = until(first, two, vee, 1);
                jobs = until(second, one, vee, jobs + 1000);

                nats.kill();
                for (long end = System.nanoTime() + Duration.ofSeconds(30).toNanos(); System.nanoTime() < end; Thread.sleep(250)) {
                    report(first, vee, ++jobs);
                }
                assertThat(last(two, vee)).as("meanwhile the other server knows nothing of it").isLessThan(jobs);
                assertThat(last(one, vee)).as("and who was told does").isEqualTo(jobs);
                nats.start();
                until(first, two, vee, jobs + 1);
                onlyOnce(one, two);
            }
        }
    }

    /** Either server may be the one that follows the rule: whichever it is knows one replica's load from the other. */
    @Test
    void aRuleIsSteeredByWhatEachServerHearsAPartOf() throws Exception {
        Files.write(Files.createDirectories(folder.resolve("import")).resolve("reservoir-guest.img"), new byte[1 << 20]);
        int port = Server.freePort();
        try (var nats = nats(port)) {
            var settings = options(port);
            try (var first = open("server-1", settings); var second = open("server-2", settings)) {
                var one = Commands.of(first, folder.resolve("server-1"));
                one.done("host add h1 sim://h1");
                one.done("image create reservoir-guest --source file://%s --wait".formatted(folder.resolve("import/reservoir-guest.img")));
                one.done("service submit shop ../examples/two-tier.ovf");
                grown(first, second, one, 2); // by the first replica's load of 90, which is right for two
                grown(first, second, one, 3); // and by the second's of 50 besides
                assertThat(one.done("rule decisions shop")).contains("total of 90", "total of 140");
            }
        }
    }

    /** The first web replica tells the one server, the second the other, until there are so many. */
    private void grown(Site first, Site second, Commands commands, int replicas) throws IOException, InterruptedException {
        for (long end = System.nanoTime() + 240_000_000_000L; running(commands, "web").size() < replicas; Thread.sleep(300)) {
            assertThat(System.nanoTime()).as(commands.say("rule decisions shop") + commands.say("vee list")).isLessThan(end);
            for (var db : running(commands, "db")) {
                sayReady(first, db);
            }
            var webs = running(commands, "web");
            for (int i = 0; i < webs.size(); i++) {
                var to = i == 0 ? first : second;
                sayReady(to, webs.get(i));
                say(to, webs.get(i), "kpis", "{\"load\": %d}".formatted(i == 0 ? 90 : 50));
            }
        }
    }

    private static List<VeeId> running(Commands commands, String component) {
        return commands.say("vee list --service shop --tag component=" + component).lines().skip(1).filter(line -> line.contains("RUNNING")).map(line -> VeeId.parse(line.split(" ")[0])).sorted().toList();
    }

    /** Each server measures the host itself, so what the other tells of it must not count besides. */
    private static void onlyOnce(Commands one, Commands two) {
        for (var server : List.of(one, two)) {
            var count = Pattern.compile("count: (\\d+)").matcher(server.until("measurement show host-1 host.vees --for 30s", "count: "));
            assertThat(count.find()).isTrue();
            assertThat(Integer.parseInt(count.group(1))).as("every five seconds").isLessThanOrEqualTo(9);
        }
    }

    @Test
    void noPasswordLeavesTheMachineInTheClear() throws Exception {
        var options = CommandLine.populateCommand(new NatsShare.Options(), "--nats", "nats://192.0.2.1:4222", "--nats-user", "reservoir", "--nats-password", secret("password", "a secret").toString(),
                "--nats-key", secret("key", "0123456789abcdef".repeat(4)).toString());
        assertThatThrownBy(options::settings).isInstanceOf(Refused.class).hasMessageContaining("in the clear");
        var half = CommandLine.populateCommand(new NatsShare.Options(), "--nats", "nats://127.0.0.1:4222", "--nats-user", "reservoir");
        assertThatThrownBy(half::settings).isInstanceOf(Refused.class).hasMessageContaining("belong together");
    }
}
