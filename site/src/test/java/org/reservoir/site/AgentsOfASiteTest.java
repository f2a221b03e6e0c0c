package org.reservoir.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.gateways.rest.RestOptions;

/** Agents in processes of their own bring what is for accounting to a site over TLS, and know their orders again, whatever is killed. */
@Tag("long")
class AgentsOfASiteTest {
    @TempDir
    private Path data;
    @TempDir
    private Path host;
    private final List<AgentProcess> agents = new ArrayList<>();
    private MeteredSite site;

    @AfterEach
    void end() throws InterruptedException {
        for (var agent : agents) {
            agent.close();
        }
        site.close();
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

    private AgentProcess agent(Path key, int port) throws IOException {
        var agent = AgentProcess.start(host, "--host", "host-3", "--site", "localhost:" + port, "--over", "tls", "--trust", host.resolve("site.pem").toString(), "--key", key.toString());
        agents.add(agent);
        return agent;
    }

    private long spooled() throws IOException {
        try (var files = Files.list(host.resolve("spool"))) {
            return files.mapToLong(AgentsOfASiteTest::size).sum();
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatIsForAccountingCountsOnceThoughTheSiteIsGoneForAWhileAndTheAgentIsKilled() throws Exception {
        var ends = new AgentLink.Ends(MeteredSite.freePort(), data.resolve("agent.secret"), Optional.of(certificate()));
        site = new MeteredSite("metered", data, measuring -> measuring.hearing(ends));
        var key = MeteredSite.secret(host.resolve("key"), site.done("agent add host-3"));
        var first = agent(key, ends.listen().getPort());
        site.until("source list", "agent-host-3");
        site.done("probe add meter test.signal --every 20ms --accounting --source agent-host-3 --subject host-3");
        site.done("probe rate hosts.host-3.memory --every 400ms --source agent-host-3");
        site.done("source budget agent-host-3 --share 0.25");
        long before = site.meteredMoreThan("host-3", 50).count();
        site.close();
        long waiting = spooled();
        for (long end = System.nanoTime() + 120_000_000_000L; spooled() < waiting + 500; Thread.sleep(20)) { // meanwhile it goes on measuring
            assertThat(System.nanoTime()).as(first.said()).isLessThan(end);
        }
        first.kill();

        site.open();
        var second = agent(key, ends.listen().getPort());
        site.until("source list", list -> list.lines().anyMatch(line -> line.contains("agent-host-3") && line.contains("ALIVE")));
        site.until("probe list --source agent-host-3 -o json", probes -> probes.contains("\"meter\"") && probes.contains("PT0.4S"));
        site.meteredMoreThan("host-3", before + 50);
        site.done("probe remove meter --source agent-host-3");
        site.meteredWhen("host-3", "each of 1, 2, 3 … of both starts counts once", MeteredSite.Metered::isWhole);
        site.done("agent remove host-3");
        site.until("source list", "LOST");
        assertThat(second.lives()).as("it lives on, unheard").isTrue();
    }
}
