package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.gateways.rest.RestOptions;
import org.reservoir.placement.Policy;
import org.reservoir.store.DatabaseSettings;
import org.reservoir.store.testing.TestDatabase;
import org.reservoir.veeh.simulated.SimulatedHosts;

/** Agents in processes of their own bring what is for accounting to a site over TLS, whatever is killed. */
@Tag("long")
class AgentsOfASiteTest {
    private static final Pattern METERED = Pattern.compile("\"count\" : (\\d+).*?\"sum\" : ([0-9.E]+).*?\"high\" : ([0-9.E]+)", Pattern.DOTALL);

    @TempDir
    private Path data;
    @TempDir
    private Path host;
    private final DatabaseSettings database = TestDatabase.settings("db/store");
    private final List<Process> agents = new ArrayList<>();
    private Site site;
    private Commands commands;

    @AfterEach
    void end() throws InterruptedException {
        for (var agent : agents) {
            agent.destroyForcibly().waitFor(1, TimeUnit.MINUTES);
        }
        site.close();
    }

    private void open(AgentLink.Ends ends) {
        site = Site.open(new Settings("metered", data, database, RestOptions.LOCAL, List.of(), Policy.STRIPING, false, "server-1").measuring(measuring -> measuring.hearing(ends)),
                List.of(new SimulatedHosts()), InstantSource.system());
        commands = Commands.of(site, data);
    }

    private static InetSocketAddress freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }
    }

    /** A certificate of localhost, and the same in PEM for who trusts it. */
    private RestOptions.Tls certificate() throws Exception {
        var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var store = host.resolve("site.p12");
        run(keytool, "-genkeypair", "-alias", "it", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=dns:localhost", "-validity", "2", "-storetype", "PKCS12", "-keystore", store.toString(),
                "-storepass", "changeit");
        run(keytool, "-exportcert", "-rfc", "-alias", "it", "-keystore", store.toString(), "-storepass", "changeit", "-file", host.resolve("site.pem").toString());
        return new RestOptions.Tls(store, Optional.empty(), "changeit");
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor()).isZero();
    }

    private Process agent(Path key, int port) throws IOException {
        var agent = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), "org.reservoir.agent.Main",
                "--host", "host-3", "--site", "localhost:" + port, "--over", "tls", "--trust", host.resolve("site.pem").toString(), "--key", key.toString(), "--spool", host.resolve("spool").toString(),
                "--listen", "127.0.0.1:0").redirectErrorStream(true).redirectOutput(host.resolve("agent.log").toFile()).start();
        agents.add(agent);
        return agent;
    }

    private record Metered(long count, double sum, double high) {}

    /** The count of a test signal, over the hours that the test touches. */
    private Metered metered() {
        var found = METERED.matcher(commands.done("statement metered --metric test.count -o json"));
        long count = 0;
        double sum = 0;
        double high = 0;
        while (found.find()) {
            count += Long.parseLong(found.group(1));
            sum += Double.parseDouble(found.group(2));
            high = Math.max(high, Double.parseDouble(found.group(3)));
        }
        return new Metered(count, sum, high);
    }

    private Metered meteredAtLeast(long count) throws IOException, InterruptedException {
        var now = metered();
        for (long end = System.nanoTime() + 120_000_000_000L; now.count() < count; now = metered()) {
            assertThat(System.nanoTime()).as("%s of %s; the agent says: %s", commands.say("statement metered -o json"), commands.say("probe show meter -o json"), Files.readString(host.resolve("agent.log"))).isLessThan(end);
            Thread.sleep(100);
        }
        return now;
    }

    @Test
    void whatIsForAccountingCountsOnceThoughTheSiteIsGoneForAWhileAndTheAgentIsKilled() throws Exception {
        var ends = new AgentLink.Ends(freePort(), data.resolve("agent.secret"), Optional.of(certificate()));
        open(ends);
        var key = Files.createFile(host.resolve("key"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(key, commands.done("agent add host-3"));
        var first = agent(key, ends.listen().getPort());
        commands.until("source list", "agent-host-3");
        commands.done("probe add meter test.signal --every 20ms --accounting --source agent-host-3 --subject host-3");
        long before = meteredAtLeast(50).count();
        site.close();
        Thread.sleep(500); // meanwhile it goes on measuring
        first.destroyForcibly().waitFor();

        open(ends);
        agent(key, ends.listen().getPort());
        var all = meteredAtLeast(before + 10);
        commands.until("source list", answer -> answer.lines().filter(line -> line.contains("agent-host-3")).count() > 0);
        for (var again = metered(); again.count() > all.count(); again = metered()) { // until no more comes
            all = again;
            Thread.sleep(500);
        }
        assertThat(all.count()).as("each of 1, 2, 3 … up to the last: %s", all).isEqualTo((long) all.high());
        assertThat(all.sum()).isEqualTo(all.high() * (all.high() + 1) / 2);
        assertThat(commands.say("agent remove host-3")).doesNotContain("error");
        agents.getLast().waitFor(1, TimeUnit.SECONDS); // it lives on, unheard
        commands.until("source list", "LOST");
    }
}
