package org.reservoir.testbed.killed;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.VeeAction;
import org.reservoir.interfaces.vmi.VeeState;
import org.reservoir.kernel.testing.Seeded;
import org.reservoir.testbed.LibvirtHosts;

/** {@code kill -9} of a site server that creates, moves, saves, changes and ends real guests on two libvirt hosts; again and again, at any moment. */
@Tag("real")
class KilledSiteTest {
    private static final int KILLS = Integer.getInteger("kills", 200);
    private static final int LONGEST_LIFE_MS = 1000;
    private static final Duration CONVERGENCE = Duration.ofMinutes(5);

    private final Path data = SmallSite.folder();
    private final LibvirtHosts hosts = LibvirtHosts.up(2);
    private final String site = "k" + hosts.run();
    private final HostAudit audit = new HostAudit(hosts.hosts(), site);

    @AfterEach
    void clearUp() throws IOException {
        hosts.close();
        endDatabase();
        try (var files = Files.walk(data)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** It outlives killed servers, and so a failed test. */
    private void endDatabase() throws IOException {
        var noted = data.resolve("database/cluster/postmaster.pid");
        if (Files.exists(noted)) {
            ProcessHandle.of(Long.parseLong(Files.readAllLines(noted).getFirst().strip())).ifPresent(postgres -> {
                postgres.destroyForcibly();
                postgres.onExit().join();
            });
        }
    }

    @Test
    void aSiteKilledAtAnyMomentConvergesAndLosesDoublesAndLeaksNothing() throws Exception {
        try (var small = SmallSite.open(data, site)) {
            small.furnish(hosts.hosts());
        }
        archiveClasses();
        var random = Seeded.random(Long.getLong("seed", 1));
        for (int kill = 1; kill <= KILLS; kill++) {
            liveAndDie(random, kill);
            audit.noneRunsTwice();
            if (kill % Math.max(1, KILLS / 4) == 0) {
                converge(kill);
            }
        }
        end();
        System.out.printf("The site was killed %d times and lost, doubled and leaked nothing.%n", KILLS);
    }

    private void liveAndDie(RandomGenerator random, int kill) throws Exception {
        var server = server(Integer.toString(kill));
        try (var said = new BufferedReader(new InputStreamReader(server.getInputStream()))) {
            if (!"open".equals(said.readLine())) {
                throw new AssertionError("server %d did not open: it ended with %d".formatted(kill, server.waitFor()));
            }
            Wait.of(random.nextInt(LONGEST_LIFE_MS));
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    /** A server that is left in peace brings everything to rest. */
    private void converge(int kill) {
        try (var small = SmallSite.open(data, site)) {
            comeToRest(small, "after kill " + kill);
            audit.agreesWith(small);
            System.out.printf("%d kills: all is where it should be%n", kill);
        }
    }

    private static void comeToRest(SmallSite small, String when) {
        for (int i = 0; i < 2; i++) {
            small.veem.reconcile();
            Wait.until("all is at rest " + when, CONVERGENCE, small::rests);
        }
    }

    private void end() {
        try (var small = SmallSite.open(data, site)) {
            Wait.until("all is at rest at the end", CONVERGENCE, small::rests);
            small.vees().forEach(vee -> small.veem.vees().act(SmallSite.ADMIN, vee.id(), new VeeAction.Terminate(true)));
            Wait.until("all has ended", CONVERGENCE, () -> small.rests() && small.vees().stream().allMatch(vee -> vee.state() == VeeState.TERMINATED));
            comeToRest(small, "and hosts are empty");
            audit.agreesWith(small);
            audit.isEmpty();
        }
    }

    /** One start that ends in peace, for a class archive that makes the others faster. */
    private void archiveClasses() throws Exception {
        server("0", "once").waitFor();
    }

    private Process server(String seed, String... more) throws IOException {
        var archive = data.resolve("classes.jsa");
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m",
                "-Xlog:cds=off", "-Xlog:cds+dynamic=off", more.length > 0 ? "-XX:ArchiveClassesAtExit=" + archive : "-XX:SharedArchiveFile=" + archive, "-cp",
                System.getProperty("java.class.path"), DoomedServer.class.getName(), data.toString(), site, seed));
        command.addAll(List.of(more));
        return new ProcessBuilder(command).redirectError(data.resolve("server.log").toFile()).start();
    }
}
