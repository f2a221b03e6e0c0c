package org.reservoir.testbed.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reservoir.site.Main;
import org.reservoir.testbed.GuestImage;
import org.reservoir.testbed.TestHost;

/** A demo that is interrupted while its site is still starting leaves no process and no file, whatever has begun by then. */
@Tag("real")
class InterruptedDemoTest {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private Path folder;
    private Path data;

    /** PostgreSQL's own user must pass through. */
    @BeforeEach
    void prepare() throws IOException {
        folder = Files.createTempDirectory("reservoir-interrupted-");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        data = folder.resolve("demo");
        var site = Files.writeString(folder.resolve("site"), "#!/bin/sh\nexec '%s' --enable-native-access=ALL-UNNAMED -cp '%s' %s \"$@\"\n"
                .formatted(java(), System.getProperty("java.class.path"), Main.class.getName()));
        Files.setPosixFilePermissions(site, PosixFilePermissions.fromString("rwx------"));
    }

    @AfterEach
    void clearUp() {
        ours().forEach(ProcessHandle::destroyForcibly);
        TestHost.onThisMachine("rm", "-rf", folder.toString());
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** By the first file of its that is there: its server's process, its database's, its first word to people. */
    @ParameterizedTest
    @ValueSource(strings = {"site.log", "database/cluster", "database/cluster/postmaster.pid", "admin.token"})
    void nothingIsLeftOfADemoThatIsInterruptedAsSoonAsThereIs(String file) throws Exception {
        var demo = new ProcessBuilder("setsid", java(), "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), Demo.class.getName(),
                "--data", data.toString(), "--site-program", folder.resolve("site").toString()).redirectErrorStream(true).redirectOutput(folder.resolve("said").toFile());
        demo.environment().put("RESERVOIR_GUEST", GuestImage.build().directory().toString());
        var process = demo.start();
        Pause.until(file + " is there", PATIENCE, () -> Files.exists(data.resolve(file)));
        TestHost.onThisMachine("kill", "-TERM", "--", "-" + process.pid()); // as a terminal does: the demo's whole group
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("it ends").isTrue();
        assertThat(Files.readString(folder.resolve("said"))).contains("Interrupted").doesNotContain("Exception", "could not");
        assertThat(data).doesNotExist();
        Pause.until("no process is left", PATIENCE, () -> ours().isEmpty());
    }

    /** Processes that name the demo's folder. */
    private List<ProcessHandle> ours() {
        return ProcessHandle.allProcesses().filter(process -> commandLine(process).contains(data.toString())).toList();
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
        } catch (IOException gone) {
            return "";
        }
    }
}
