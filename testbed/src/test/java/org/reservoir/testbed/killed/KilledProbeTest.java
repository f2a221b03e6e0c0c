package org.reservoir.testbed.killed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.reservoir.testbed.LibvirtHosts;
import org.reservoir.testbed.TestHost;
import org.reservoir.veeh.libvirt.ProbingProcess;

/** A probe guest that never ends takes a whole processor; when its process is killed nobody is left to end it but libvirtd. */
@Tag("real")
class KilledProbeTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private final LibvirtHosts hosts = LibvirtHosts.up(1);
    private final String domain = "reservoir-probing-probe";
    @TempDir
    Path folder;

    @AfterEach
    void close() {
        hosts.close();
    }

    private String virsh(String... words) {
        var command = new java.util.ArrayList<>(java.util.List.of("virsh", "-q", "-c", hosts.host(1).uri()));
        command.addAll(java.util.List.of(words));
        return TestHost.onThisMachine(command.toArray(String[]::new)).strip();
    }

    private boolean runs() {
        return virsh("list", "--name").contains(domain);
    }

    /** Once the process stands still it cannot end its guest itself any more. */
    private boolean runsWhile(Process process) {
        TestHost.onThisMachine("kill", "-STOP", Long.toString(process.pid()));
        if (!runs()) {
            TestHost.onThisMachine("kill", "-CONT", Long.toString(process.pid()));
            return false;
        }
        return true;
    }

    @Test
    void theProbeGuestOfAProcessThatIsKilledIsEndedByLibvirtd() throws Exception {
        var log = folder.resolve("log");
        var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("java.class.path"), ProbingProcess.class.getName(), hosts.host(1).uri(), "probing").redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            Wait.until("the probe guest runs", PATIENCE, () -> {
                assertThat(process.isAlive()).as("the process that probes again and again").isTrue();
                return runs() && runsWhile(process);
            });
        } finally {
            process.destroyForcibly().waitFor();
        }
        Wait.until("libvirtd ends it", PATIENCE, () -> !runs());
        assertThat(hosts.host(1).run("sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' '\\n'").lines()).as("processes of the host").noneMatch(word -> word.contains(domain));
    }
}
